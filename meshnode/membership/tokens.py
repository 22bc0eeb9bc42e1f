"""Tokens: invites as text that people paste, scan or type.

Full token: version 1 | network 32 | epoch key 32 | inviter's device 32 | secret 16 | expires 2 | uses 1 | the INVITE
statement's signature 64 | check 3. Short code: version 1 | network's tag 12 | secret 16 | expires 2 | check 2.

Rules of this module:
1. As text they wear `armour`, which says what may be typed wrongly.
2. A full token holds all that the INVITE statement says, so its bearer can show that statement to any member's device.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from crdt.identifiers import DeviceId, NetworkId
from meshnode.errors import DamagedCode
from meshnode.membership.armour import armour, checked, unarmour
from meshnode.membership.authoring import invite_fields
from meshnode.membership.frame import Kind, open_frame
from meshnode.membership.network_keys import InviteSecrets, invite_secrets
from meshnode.membership.statements import Invite, parse_statement

TAG_BYTES = 12
_VERSION = 1
_VERSIONS = frozenset({_VERSION})
_FULL = struct.Struct(">B32s32s32s16sHB64s")
_FULL_CHECK_BYTES = 3
_SHORT = struct.Struct(f">B{TAG_BYTES}s16sH")
_SHORT_CHECK_BYTES = 2


def network_tag(network: NetworkId) -> bytes:
    """What a short code tells of its network's id."""
    return network[:TAG_BYTES]


@dataclass(frozen=True, slots=True)
class Token:
    """A full token. Whoever holds it can ask any member's device to be let in."""

    network: NetworkId
    epoch_key: bytes = field(repr=False)
    inviter: DeviceId
    secret: bytes = field(repr=False)
    expires_day: int
    uses: int
    signature: bytes = field(repr=False)

    @classmethod
    def from_invite(cls, network: NetworkId, epoch_key: bytes, secret: bytes, statement: bytes) -> Token:
        """The token for an INVITE statement that was signed with this secret.

        Raises:
            ValueError: the statement says something else.
        """
        invite = parse_statement(network, statement)
        if not isinstance(invite, Invite):
            raise ValueError("only an invite can be made into a token")
        signature = open_frame(statement).signature
        token = cls(network, epoch_key, invite.signer, secret, invite.expires_day, invite.uses, signature)
        if token.invite_statement() != statement:
            raise ValueError("this is not the secret of this invite")
        return token

    @property
    def secrets(self) -> InviteSecrets:
        """The keys in its secret."""
        return invite_secrets(self.secret)

    def invite_statement(self) -> bytes:
        """The whole INVITE statement, rebuilt; `check_statement` tells whether it is genuine."""
        fields = invite_fields(self.secrets, self.expires_day, self.uses)
        return self.signature + bytes([Kind.INVITE]) + self.inviter + fields

    def text(self) -> str:
        """299 characters for pasting."""
        packed = _FULL.pack(
            _VERSION,
            self.network,
            self.epoch_key,
            self.inviter,
            self.secret,
            self.expires_day,
            self.uses,
            self.signature,
        )
        return armour(packed, _FULL_CHECK_BYTES)


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A short code. A device that holds its INVITE statement can let the bearer in."""

    tag: bytes
    secret: bytes = field(repr=False)
    expires_day: int

    @classmethod
    def for_network(cls, network: NetworkId, secret: bytes, expires_day: int) -> ShortCode:
        """The short code for an invite of this network."""
        return cls(network_tag(network), secret, expires_day)

    @property
    def secrets(self) -> InviteSecrets:
        """The keys in its secret."""
        return invite_secrets(self.secret)

    def is_for(self, network: NetworkId) -> bool:
        """Whether the code can be for this network."""
        return network_tag(network) == self.tag

    def text(self) -> str:
        """59 characters for a QR code or a poster."""
        return armour(_SHORT.pack(_VERSION, self.tag, self.secret, self.expires_day), _SHORT_CHECK_BYTES)


def code_at(code: str, endpoint: str) -> str:
    """A code with an `ip:port` where somebody answers, for people to read."""
    return f"{code}@{endpoint}"


def qr_code_at(code: str, endpoint: str) -> str:
    """The same in the QR code's compact alphabet; an IPv6 address loses its brackets."""
    return f"{code}/{endpoint.translate({ord('['): None, ord(']'): None})}".upper()


def read_code(text: str) -> Token | ShortCode:
    """Read a code as people typed, pasted or scanned it; an address after it is left to `read_address`.

    Raises:
        DamagedCode: and nothing else, whatever the text.
    """
    packed = unarmour(text)
    if len(packed) == _FULL.size + _FULL_CHECK_BYTES:
        content = checked(packed, _FULL_CHECK_BYTES, _VERSIONS)
        _, network, epoch_key, inviter, secret, expires, uses, signature = _FULL.unpack(content)
        return Token(NetworkId(network), epoch_key, DeviceId(inviter), secret, expires, uses, signature)
    if len(packed) == _SHORT.size + _SHORT_CHECK_BYTES:
        _, tag, secret, expires = _SHORT.unpack(checked(packed, _SHORT_CHECK_BYTES, _VERSIONS))
        return ShortCode(tag, secret, expires)
    raise DamagedCode()
