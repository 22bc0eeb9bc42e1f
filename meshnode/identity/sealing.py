"""Sealing: a text that only chosen people's own devices can open, bound to its place and its author.

The layout of a sealed value is in `crdt.sealed`; this is what its boxes hold:

    key box    a random key of 32 bytes, in a sealed box to one device's seal key
    check      BLAKE2b-192(key | place), which is the nonce of the text box, too
    text box   XChaCha20-Poly1305 of UTF-8 | 0x80 | zeros up to a multiple of 64, which vouches for place and head
    place      "meshnode sealed 1\\0" | network 32 | record 16 | author device 32 | length of field 2 | field

One short text for three people with a device each is 358 bytes, and 97 to name the people.

Rules of this module:
1. Randomness is an argument. Each value has a key of its own, so that no nonce is ever used twice.
2. The check commits to the key: no author can show one recipient another text than the next.
3. Hubs are never recipients: a stolen one holds nothing that it could open.
4. Opening is total: a text, or the reason why there is none.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from crdt.edits import Scalar
from crdt.identifiers import DeviceId, MemberId, NetworkId, RecordId
from crdt.sealed import HINT_BYTES, PAD_BYTES, SealedValue, is_newer, read_sealed
from meshnode.errors import LocalProtocolError
from meshnode.identity.keys import DeviceKeys, Random
from meshnode.identity.sealed_box import SECRET_BYTES, open_box, seal_box

_DOMAIN = b"meshnode sealed 1\0"
_CHECK_PERSON = b"meshnode-seal-v1"
_NONCE_BYTES = 24
_END = b"\x80"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text stands and who put it there. Anywhere else it does not open."""

    network: NetworkId
    record: RecordId
    field: str
    author: DeviceId

    @property
    def named(self) -> bytes:
        """What check and text box are bound to."""
        name = self.field.encode()
        return _DOMAIN + self.network + self.record + self.author + len(name).to_bytes(2, "big") + name


@dataclass(frozen=True, slots=True)
class Recipient:
    """A device that a text is sealed to; `personal` is False for a hub, which is refused."""

    device: DeviceId
    public: bytes
    personal: bool


class Unopened(enum.Enum):
    """Why a sealed text was not opened."""

    NOT_FOR_THIS_DEVICE = "It is sealed to other devices."
    DAMAGED = "It is damaged, and nobody can open it."
    MOVED = "It was sealed for another place or by somebody else, and has been copied here."
    NEWER = "It was sealed by a newer version of meshnode."


@dataclass(frozen=True, slots=True)
class Opened:
    """A text that this device could open."""

    text: str = field(repr=False)


def seal_text(
    text: str, place: Place, people: Sequence[MemberId], recipients: Iterable[Recipient], random: Random
) -> str:
    """What to store for a text that only `recipients` can open.

    Args:
        text: what they shall read.
        place: where it will stand, and the device that writes it there.
        people: whose devices these are, named in clear.
        recipients: current personal devices with keys that `may_seal_to` accepts; at most 255.
        random: fresh random bytes.

    Raises:
        LocalProtocolError: a hub is among the recipients.
    """
    devices = sorted({each.device: each for each in recipients}.items())
    if not all(each.personal for _, each in devices):
        raise LocalProtocolError("Nothing is ever sealed to a hub.")
    key = random(SECRET_BYTES)
    keys = tuple((device[:HINT_BYTES], seal_box(each.public, key, random)) for device, each in devices)
    check = _check(key, place)
    head = SealedValue(tuple(people), keys, check, b"").head
    box = crypto_aead_xchacha20poly1305_ietf_encrypt(_padded(text.encode()), place.named + head, check, key)
    return SealedValue(tuple(people), keys, check, box).stored


def open_text(raw: Scalar, place: Place, device: DeviceKeys) -> Opened | Unopened:
    """What a stored value says to this device.

    Args:
        raw: what lies under the key, whatever it is.
        place: where it lies, and the device that wrote it there.
        device: the keys to open it with.
    """
    value = read_sealed(raw)
    if value is None:
        return Unopened.NEWER if is_newer(raw) else Unopened.DAMAGED
    mine = [box for hint, box in value.keys if hint == device.id[:HINT_BYTES]]
    if not mine:
        return Unopened.NOT_FOR_THIS_DEVICE
    key = next((key for box in mine if (key := open_box(device.seal, box)) is not None), None)
    if key is None:
        return Unopened.DAMAGED
    if value.check != _check(key, place):
        return Unopened.MOVED
    try:
        padded = crypto_aead_xchacha20poly1305_ietf_decrypt(value.text, place.named + value.head, value.check, key)
    except CryptoError:
        return Unopened.DAMAGED
    return _unpadded(padded)


def _check(key: bytes, place: Place) -> bytes:
    return hashlib.blake2b(key + place.named, digest_size=_NONCE_BYTES, person=_CHECK_PERSON).digest()


def _padded(text: bytes) -> bytes:
    return text + _END + bytes(-(len(text) + 1) % PAD_BYTES)


def _unpadded(padded: bytes) -> Opened | Unopened:
    text, end, _ = padded.rpartition(_END)
    if not end or _padded(text) != padded:
        return Unopened.DAMAGED
    try:
        return Opened(text.decode())
    except UnicodeDecodeError:
        return Unopened.DAMAGED
