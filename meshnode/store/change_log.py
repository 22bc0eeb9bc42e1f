"""Change log: reading what was appended.

Rules of this module:
1. Point reads and bounded ranges only: this runs on the event loop's thread.
2. It sees what is committed. What is applied to the indexes may be a moment behind; nobody is told of it before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from crdt.identifiers import (
    HASH_BYTES,
    KEY_BYTES,
    ChangeId,
    DeviceId,
    ItemId,
    ItemKey,
    Lane,
    RecordId,
    StatementId,
    item_key,
)
from meshnode.store.rows import StoredChange

TIME_BYTES = KEY_BYTES - HASH_BYTES
IN_ONE_QUERY = 500
_COLUMNS = "row, id, record, author, at, received, lane, envelope"


class ChangeLog:
    """Reads of one database."""

    def __init__(self, reader: sqlite3.Connection) -> None:
        self._reader = reader

    def changes_of(self, record: RecordId) -> list[StoredChange]:
        """Every change of a record, in the order they came."""
        query = f"SELECT {_COLUMNS} FROM change WHERE record = ? ORDER BY row"
        return [_stored(row) for row in self._reader.execute(query, (record,))]

    def has_record(self, record: RecordId) -> bool:
        """Whether anything was written in this record."""
        found = self._reader.execute("SELECT 1 FROM record_view WHERE record = ?", (record,)).fetchone()
        return found is not None

    def records(self, kind: int | None = None) -> list[RecordId]:
        """The ids of all records, or of one kind's."""
        where, values = ("", ()) if kind is None else (" WHERE kind = ?", (kind,))
        rows = self._reader.execute(f"SELECT record FROM record_view{where} ORDER BY record", values)
        return [RecordId(record) for (record,) in rows]

    def record_count(self) -> int:
        """How many records there are."""
        return int(self._reader.execute("SELECT count(*) FROM record_view").fetchone()[0])

    def newest_row(self) -> int:
        """The row of the change that came last."""
        return int(self._reader.execute("SELECT coalesce(max(row), 0) FROM change").fetchone()[0])

    def newest_row_of(self, author: DeviceId) -> int:
        """The row of an author's change that came last; 0 where there is none."""
        query = "SELECT coalesce(max(row), 0) FROM change WHERE author = ?"
        return int(self._reader.execute(query, (author,)).fetchone()[0])

    def count_since(self, row: int, author: DeviceId | None = None) -> int:
        """How many changes came after a row."""
        where, values = ("", (row,)) if author is None else (" AND author = ?", (row, author))
        return int(self._reader.execute(f"SELECT count(*) FROM change WHERE row > ?{where}", values).fetchone()[0])

    def held(self, lane: Lane, ids: Sequence[ItemId]) -> set[ItemId]:
        """Those of `ids` that are stored or parked."""
        tables = ("statement",) if lane is Lane.STATEMENTS else ("change", "parked")
        return {
            ItemId(item)
            for table in tables
            for part in _parts(ids)
            for (item,) in self._reader.execute(f"SELECT id FROM {table} WHERE id IN ({_marks(part)})", part)
        }

    def items(self, lane: Lane, ids: Sequence[ItemId]) -> list[bytes]:
        """The bytes of those of `ids` that are stored."""
        column, table = ("bytes", "statement") if lane is Lane.STATEMENTS else ("envelope", "change")
        return [
            data
            for part in _parts(ids)
            for (data,) in self._reader.execute(f"SELECT {column} FROM {table} WHERE id IN ({_marks(part)})", part)
        ]

    def range_items(
        self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int
    ) -> tuple[list[tuple[ItemKey, bytes]], bool]:
        """Items in order from `low` on and before `high`, at least one, up to `max_bytes`; whether that was all."""
        found: list[tuple[ItemKey, bytes]] = []
        size = 0
        for key, data in self._in_order(lane, low):
            if high is not None and key >= high:
                break
            if found and size + len(data) > max_bytes:
                return found, False
            found.append((key, data))
            size += len(data)
        return found, True

    def _in_order(self, lane: Lane, low: bytes) -> Iterator[tuple[ItemKey, bytes]]:
        low = low.ljust(KEY_BYTES, b"\0")
        item = low[TIME_BYTES:KEY_BYTES]
        if lane is Lane.STATEMENTS:
            if any(low[:TIME_BYTES]):
                return
            query = "SELECT id, bytes FROM statement WHERE id >= ? ORDER BY id"
            for found, data in self._reader.execute(query, (item,)):
                yield item_key(0, found), data
            return
        at = min(int.from_bytes(low[:TIME_BYTES], "big"), 2**62)
        query = "SELECT at, id, envelope FROM change WHERE lane = ? AND (at, id) >= (?, ?) ORDER BY at, id"
        for at_ms, found, data in self._reader.execute(query, (int(lane), at, item)):
            yield item_key(at_ms, found), data

    def statements(self) -> list[tuple[StatementId, bytes]]:
        """Every statement."""
        rows = self._reader.execute("SELECT id, bytes FROM statement ORDER BY row")
        return [(StatementId(item), data) for item, data in rows]

    def parked_authors(self) -> list[DeviceId]:
        """Whose changes wait for statements."""
        return [DeviceId(author) for (author,) in self._reader.execute("SELECT DISTINCT author FROM parked")]

    def parked_of(self, author: DeviceId) -> list[bytes]:
        """What waits of one author."""
        return [data for (data,) in self._reader.execute("SELECT envelope FROM parked WHERE author = ?", (author,))]


def _stored(row: tuple[int, bytes, bytes, bytes, int, int, int, bytes]) -> StoredChange:
    number, item, record, author, at_ms, received_ms, lane, envelope = row
    return StoredChange(
        number, ChangeId(item), RecordId(record), DeviceId(author), at_ms, received_ms, Lane(lane), envelope
    )


def _parts(ids: Sequence[ItemId]) -> Iterable[Sequence[ItemId]]:
    return (ids[start : start + IN_ONE_QUERY] for start in range(0, len(ids), IN_ONE_QUERY))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
