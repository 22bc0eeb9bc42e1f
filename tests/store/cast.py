"""What the store's tests write: seeded items in a format of their own, and the plainest set to compare with."""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence

from crdt.identifiers import (
    ChangeHash,
    ChangeId,
    DeviceId,
    ItemKey,
    Lane,
    RecordId,
    StatementId,
    item_key,
    lane_of,
)
from meshnode.store.store import Batch, Committed, NewChange, NewStatement, ParkedChange, Store

NETWORK = {"network": "a test"}


def digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=32).digest()


class Author:
    """Makes changes: an envelope is author 32 | record 16 | at 8 | text, and the id its BLAKE2b."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.device = DeviceId(self.random.randbytes(32))

    def record(self, kind: int = 0x20) -> RecordId:
        return RecordId(bytes([kind]) + self.random.randbytes(15))

    def change(self, record: RecordId | None = None, at_ms: int | None = None, size: int = 300) -> NewChange:
        at = self.random.randrange(1_000_000) if at_ms is None else at_ms
        where = record or self.record(self.random.choice((0x01, 0x20, 0x20, 0x21)))
        return read_change(self.device + where + at.to_bytes(8, "big") + self.random.randbytes(size), 7)

    def changes(self, count: int) -> list[NewChange]:
        return [self.change() for _ in range(count)]

    def statement(self) -> NewStatement:
        return read_statement(b"stmt" + self.random.randbytes(150))


def read_change(envelope: bytes, received_ms: int) -> NewChange:
    record = RecordId(envelope[32:48])
    at_ms = int.from_bytes(envelope[48:56], "big")
    checksum = ChangeHash(hashlib.sha256(envelope).digest())
    author = DeviceId(envelope[:32])
    return NewChange(
        ChangeId(digest(envelope)), record, author, at_ms, received_ms, checksum, lane_of(record), envelope
    )


def read_statement(data: bytes) -> NewStatement:
    return NewStatement(StatementId(digest(data)), data)


def parked(change: NewChange, source: bytes) -> ParkedChange:
    return ParkedChange(change.id, change.author, source, change.lane, change.record, change.envelope)


class Genuine:
    """An `ItemReader` that knows what was really written, as a signature would."""

    def __init__(self, changes: Iterable[NewChange], statements: Iterable[NewStatement] = ()) -> None:
        self._ids = {change.id for change in changes} | {statement.id for statement in statements}
        self.meta: Mapping[str, str] = {}

    def change(self, meta: Mapping[str, str], envelope: bytes, received_ms: int) -> NewChange | None:
        self.meta = dict(meta)
        found = read_change(envelope, received_ms) if len(envelope) >= 56 else None
        return found if found is not None and found.id in self._ids else None

    def statement(self, meta: Mapping[str, str], statement: bytes) -> NewStatement | None:
        found = read_statement(statement)
        return found if found.id in self._ids else None


def write(store: Store, batch: Batch) -> Committed:
    committed = store.submit(batch).result(30)
    store.applied(committed)
    return committed


def write_changes(store: Store, changes: Sequence[NewChange], at_once: int = 500) -> None:
    for begin in range(0, len(changes), at_once):
        write(store, Batch(changes=changes[begin : begin + at_once]))


def keys_of(changes: Iterable[NewChange], lane: Lane) -> list[ItemKey]:
    return sorted(item_key(change.at_ms, change.id) for change in changes if change.lane is lane)


def plain_fingerprint(keys: Sequence[bytes]) -> bytes:
    """negentropy's definition, written out."""
    total = 0
    for key in keys:
        total = (total + int.from_bytes(key[8:], "little")) % 2**256
    count, varint = len(keys), b""
    while True:
        varint = bytes([count % 128 | (0x80 if varint else 0)]) + varint
        count //= 128
        if not count:
            break
    return hashlib.sha256(total.to_bytes(32, "little") + varint).digest()[:16]


class PlainSet:
    """A sorted list."""

    def __init__(self) -> None:
        self.keys: list[ItemKey] = []

    def add(self, keys: Iterable[ItemKey]) -> None:
        for key in keys:
            insort(self.keys, key)

    def lower_bound(self, key: bytes) -> int:
        return bisect_left(self.keys, key)
