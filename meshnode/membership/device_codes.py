"""Device codes: what one machine shows and another types in, so that it becomes somebody's device, or a hub.

Layout: version 1 | network's tag 12 (zeros where the machine that shows it has no network) | secret 16 | check 2; as
text 56 characters in `armour`. The version says who shows it and what comes of it, see `Purpose`.

Rules of this module:
1. The secret lives in the memory of the machine that shows the code, for some minutes and for one machine.
2. It is no invite: it makes nobody a member, and no statement tells of it.
"""

from __future__ import annotations

import enum
import hashlib
import struct
from dataclasses import dataclass, field

from crdt.identifiers import NetworkId
from meshnode.errors import DamagedCode
from meshnode.membership.armour import armour, checked, unarmour
from meshnode.membership.tokens import TAG_BYTES, network_tag

SECRET_BYTES = 16
_LAYOUT = struct.Struct(f">B{TAG_BYTES}s{SECRET_BYTES}s")
_CHECK_BYTES = 2
_PSK_PERSON = b"meshnode-dev-psk"


class Purpose(enum.IntEnum):
    """What a device code is for; its number is the code's version."""

    DEVICE = 2
    """Shown by a member's device: the machine where it is typed becomes another device of that person."""
    HUB = 3
    """Shown by a member's device: the machine where it is typed becomes a hub, with that person as steward."""
    STEWARD = 4
    """Shown by a hub, or by a machine that is to become one: whoever types it becomes a steward."""


_VERSIONS = frozenset(Purpose)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A device code."""

    purpose: Purpose
    tag: bytes
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls, purpose: Purpose, network: NetworkId | None, secret: bytes) -> DeviceCode:
        """A code to show, by a node of this network or of none."""
        return cls(purpose, network_tag(network) if network else bytes(TAG_BYTES), secret)

    @property
    def psk(self) -> bytes:
        """With which the link between the two machines is opened."""
        return hashlib.blake2b(self.secret, digest_size=32, person=_PSK_PERSON).digest()

    def is_for(self, network: NetworkId) -> bool:
        """Whether the machine that shows it may belong to this network: it does, or it has none yet."""
        return self.tag in (network_tag(network), bytes(TAG_BYTES))

    def text(self) -> str:
        """For people and QR codes."""
        return armour(_LAYOUT.pack(self.purpose, self.tag, self.secret), _CHECK_BYTES)


def read_device_code(text: str) -> DeviceCode | None:
    """Read a device code as people typed, pasted or scanned it; None where it has another code's length.

    Raises:
        DamagedCode: and nothing else, whatever the text.
    """
    packed = unarmour(text)
    if len(packed) != _LAYOUT.size + _CHECK_BYTES:
        return None
    version, tag, secret = _LAYOUT.unpack(checked(packed, _CHECK_BYTES, _VERSIONS))
    return DeviceCode(Purpose(version), tag, secret)


def expect_device_code(text: str) -> DeviceCode:
    """The same, where nothing else can be meant.

    Raises:
        DamagedCode: it is no device code.
    """
    code = read_device_code(text)
    if code is None:
        raise DamagedCode(
            "This is not the code of a device.", next_step="Type the one that the other machine shows now, all of it."
        )
    return code
