"""What devices say about changes and keys: endorsed and forgotten writing, epoch keys, a fresh start.

Rules of this module:
1. Reading checks form: whether it has an effect is for the fold to judge.
2. Nothing in a box is opened here: a bad box is only ever noticed by whom it is for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crdt.identifiers import (
    HASH_BYTES,
    MAX_AT_MS,
    RECORD_ID_BYTES,
    ChangeId,
    DeviceId,
    MemberId,
    NetworkId,
    RecordId,
    StatementId,
)
from meshnode.membership.fields import FieldReader
from meshnode.membership.frame import StatementRefused
from meshnode.membership.trust_kinds import MOST_LISTED

EPOCH_RANDOM_BYTES = 16
EPOCH_BOX_BYTES = 80
"""A libsodium sealed box of a 32-byte key: its own public key 32, tag 16, and the key."""
MOST_ENDORSED = 80
"""What fits into 4 KiB; whoever has more writes several statements."""
MOST_BOXES = 1000
LONGEST_TOKEN_BOX_BYTES = 600


@dataclass(frozen=True, slots=True)
class Endorse:
    """A device stands by changes, and all they build on, whoever wrote them.

    Fields: count 1 | record 16, change id 32 each.
    """

    id: StatementId
    signer: DeviceId
    endorsed: tuple[tuple[RecordId, ChangeId], ...]

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Forget:
    """Whoever made a record has it wiped everywhere. Fields: record 16 | device that made it 32 | at 8.

    A record's id commits to the device and time of its first change (`made_record_id`), so this proves itself.
    """

    id: StatementId
    signer: DeviceId
    record: RecordId
    maker: DeviceId
    at_ms: int

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Epoch:
    """A new network key for every current device but those of `excluded`.

    Fields: random 16 | hash of the key 32 | excluded members and stolen devices (count 2) | boxes (count 2): device 32,
    sealed key 80.
    """

    id: StatementId
    signer: DeviceId
    key_hash: bytes
    excluded: tuple[MemberId, ...]
    boxes: tuple[tuple[DeviceId, bytes], ...] = field(repr=False)

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()

    def box_for(self, device: DeviceId) -> bytes | None:
        """The sealed key for a device, if it was thought of."""
        return next((box for meant, box in self.boxes if meant == device), None)


@dataclass(frozen=True, slots=True)
class Refound:
    """A member starts anew elsewhere and asks people along.

    Fields: new network's id 32 | its name | reason | boxes (count 2): device 32, length 2, sealed token.
    """

    id: StatementId
    signer: DeviceId
    new_network: NetworkId
    name: str
    reason: str
    boxes: tuple[tuple[DeviceId, bytes], ...] = field(repr=False)

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()

    def box_for(self, device: DeviceId) -> bytes | None:
        """The sealed token for a device, if it was asked along."""
        return next((box for meant, box in self.boxes if meant == device), None)


def read_endorse(identity: StatementId, signer: bytes, fields: FieldReader) -> Endorse:
    """Read an endorsement."""
    count = fields.number(1)
    if not 1 <= count <= MOST_ENDORSED:
        raise StatementRefused("count")
    pairs = tuple((RecordId(fields.take(RECORD_ID_BYTES)), ChangeId(fields.take(HASH_BYTES))) for _ in range(count))
    return Endorse(identity, DeviceId(signer), pairs)


def read_forget(identity: StatementId, signer: bytes, fields: FieldReader) -> Forget:
    """Read the wish that a record be wiped."""
    record, maker, at_ms = RecordId(fields.take(RECORD_ID_BYTES)), DeviceId(fields.key()), fields.number(8)
    if at_ms > MAX_AT_MS:
        raise StatementRefused("at")
    return Forget(identity, DeviceId(signer), record, maker, at_ms)


def _box_count(fields: FieldReader) -> int:
    count = fields.number(2)
    if count > MOST_BOXES:
        raise StatementRefused("too-many")
    return count


def _each_once(boxes: tuple[tuple[DeviceId, bytes], ...]) -> tuple[tuple[DeviceId, bytes], ...]:
    if len({device for device, _ in boxes}) != len(boxes):
        raise StatementRefused("listed-twice")
    return boxes


def read_epoch(identity: StatementId, signer: bytes, fields: FieldReader) -> Epoch:
    """Read a new network key's boxes."""
    fields.take(EPOCH_RANDOM_BYTES)
    key_hash = fields.take(HASH_BYTES)
    excluded = tuple(MemberId(key) for key in fields.keys(MOST_LISTED, count_bytes=2))
    boxes = tuple((DeviceId(fields.key()), fields.take(EPOCH_BOX_BYTES)) for _ in range(_box_count(fields)))
    return Epoch(identity, DeviceId(signer), key_hash, excluded, _each_once(boxes))


def read_refound(identity: StatementId, signer: bytes, fields: FieldReader) -> Refound:
    """Read a fresh start."""
    network, name, reason = NetworkId(fields.key()), fields.text(), fields.long_text()
    boxes = []
    for _ in range(_box_count(fields)):
        device, length = DeviceId(fields.key()), fields.number(2)
        if length > LONGEST_TOKEN_BOX_BYTES:
            raise StatementRefused("box-length")
        boxes.append((device, fields.take(length)))
    return Refound(identity, DeviceId(signer), network, name, reason, _each_once(tuple(boxes)))
