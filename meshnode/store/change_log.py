"""Change log: the signed changes, in the order in which they came to this node.

Rules of this module:
1. Bytes are kept as they came; this room knows no format. What has to be searched for is handed in beside them.
2. Appending runs inside the writer's transaction; reading uses the event loop's connection.
3. What is read here is in the set, unless the name says otherwise: withheld and forgotten changes (`change_state`) keep
   their rows and are in no answer but `held`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from crdt.identifiers import ChangeHash, ChangeId, DeviceId, ItemId, ItemKey, Lane, RecordId, item_key
from meshnode.store.database import Reader, Row, id_groups

MAX_SQL_INTEGER = 2**63 - 1
_AT_BYTES = 8
STORED = "SELECT row, id, record, author, at_ms, received_ms, envelope FROM changes"
"""The columns of a `StoredChange`; what follows says which."""
_IN_SET = "state = 0"
"""As the partial indexes have it: a bound number would not find them."""


@dataclass(frozen=True, slots=True)
class NewChange:
    """An admitted change on its way to the disk."""

    id: ChangeId
    record: RecordId
    author: DeviceId
    at_ms: int
    received_ms: int
    hash: ChangeHash
    lane: Lane
    envelope: bytes


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change that is on the disk; `row` says when it came, counted from 1."""

    row: int
    id: ChangeId
    record: RecordId
    author: DeviceId
    at_ms: int
    received_ms: int
    envelope: bytes


def append_changes(connection: sqlite3.Connection, changes: Sequence[NewChange]) -> list[tuple[Lane, StoredChange]]:
    """Insert those that are not held; they and their lanes, in the order of their rows."""
    fresh = {change.id: change for change in changes}
    for places, group in id_groups(list(fresh)):
        for (known,) in connection.execute(f"SELECT id FROM changes WHERE id IN {places}", group):
            fresh.pop(known, None)
    if not fresh:
        return []
    first = newest_row(connection) + 1
    connection.executemany(
        "INSERT INTO changes (row, id, record, author, at_ms, received_ms, hash, lane, envelope)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (row, new.id, new.record, new.author, new.at_ms, new.received_ms, new.hash, int(new.lane), new.envelope)
            for row, new in enumerate(fresh.values(), first)
        ],
    )
    return [
        (new.lane, StoredChange(row, new.id, new.record, new.author, new.at_ms, new.received_ms, new.envelope))
        for row, new in enumerate(fresh.values(), first)
    ]


def newest_row(connection: sqlite3.Connection) -> int:
    """The row of the change that came last; 0 when there is none."""
    (newest,) = connection.execute("SELECT max(row) FROM changes").fetchone()
    return newest or 0


def key_bound(key: bytes) -> tuple[int, bytes]:
    """A key, or the beginning of one, as the two columns it is kept in."""
    return min(int.from_bytes(key[:_AT_BYTES].ljust(_AT_BYTES, b"\0"), "big"), MAX_SQL_INTEGER), key[_AT_BYTES:]


def change_keys_query(lane: Lane, low: bytes, high: bytes | None) -> tuple[str, tuple[object, ...]]:
    """The query for `at_ms, id` of one lane's keys from `low` up to below `high`, in order."""
    below, bound = (" AND (at_ms, id) < (?, ?)", key_bound(high)) if high is not None else ("", ())
    query = (
        f"SELECT at_ms, id FROM changes WHERE lane = ? AND {_IN_SET} AND (at_ms, id) >= (?, ?){below}"
        " ORDER BY at_ms, id"
    )
    return query, (int(lane), *key_bound(low), *bound)


class ChangeLog:
    """Reads of the changes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def change(self, change: ChangeId) -> StoredChange | None:
        """One change by its id."""
        row = self._reader.one(f"{STORED} WHERE id = ? AND {_IN_SET}", (change,))
        return None if row is None else StoredChange(*row)

    def of_record(self, record: RecordId) -> list[StoredChange]:
        """Everything written in one record, in the order in which it came."""
        return self._stored(f"WHERE record = ? AND {_IN_SET} ORDER BY row", (record,))

    def withheld_of(self, record: RecordId) -> list[StoredChange]:
        """What is withheld of one record, in the order in which it came."""
        return self._stored("WHERE record = ? AND state = 1 ORDER BY row", (record,))

    def after(self, row: int, limit: int) -> list[StoredChange]:
        """The next changes that came after a row."""
        return self._stored(f"WHERE row > ? AND {_IN_SET} ORDER BY row LIMIT ?", (row, limit))

    def _stored(self, which: str, arguments: tuple[object, ...]) -> list[StoredChange]:
        return [StoredChange(*row) for row in self._reader.all(f"{STORED} {which}", arguments)]

    def held(self, ids: Sequence[ItemId]) -> set[ItemId]:
        """Those of `ids` that are on the disk, in the set or outside: they need not be fetched."""
        return {ItemId(id_) for (id_,) in self._reader.of_ids("SELECT id FROM changes WHERE id IN {ids}", ids)}

    def items(self, ids: Sequence[ItemId]) -> list[bytes]:
        """The bytes of those of `ids` that are in the set, in the order asked for."""
        query = "SELECT id, envelope FROM changes WHERE id IN {ids}" + f" AND {_IN_SET}"
        found: dict[bytes, bytes] = dict(self._reader.of_ids(query, ids))
        return [found[id_] for id_ in ids if id_ in found]

    def range_items(
        self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int
    ) -> tuple[list[tuple[ItemKey, bytes]], bool]:
        """Items in the order of their keys, at least one, up to `max_bytes`; whether the range ends there."""
        query, arguments = change_keys_query(lane, low, high)
        return items_within(
            self._reader, query.replace("at_ms, id FROM", "at_ms, id, envelope FROM"), arguments, max_bytes
        )

    def authors(self) -> list[DeviceId]:
        """Everybody who wrote something; one look into the index for each of them."""
        rows = self._reader.all(
            f"WITH RECURSIVE each (author) AS (SELECT min(author) FROM changes WHERE {_IN_SET} UNION ALL"
            f" SELECT (SELECT min(author) FROM changes WHERE author > each.author AND {_IN_SET}) FROM each"
            " WHERE author IS NOT NULL) SELECT author FROM each WHERE author IS NOT NULL",
            (),
        )
        return [DeviceId(author) for (author,) in rows]

    def records_of(self, author: DeviceId, after_row: int, limit: int) -> list[tuple[int, RecordId]]:
        """The rows and records of the next changes of one author behind a row."""
        rows = self._reader.all(
            f"SELECT row, record FROM changes WHERE author = ? AND {_IN_SET} AND row > ? ORDER BY row LIMIT ?",
            (author, after_row, limit),
        )
        return [(row, RecordId(record)) for row, record in rows]

    def records_withheld(self) -> list[tuple[RecordId, DeviceId]]:
        """In which records something of whom is withheld."""
        rows = self._reader.all("SELECT DISTINCT record, author FROM changes WHERE state = 1")
        return [(RecordId(record), DeviceId(author)) for record, author in rows]

    def withheld_in(self, records: Sequence[RecordId]) -> set[RecordId]:
        """Those of some records of which something is withheld."""
        query = "SELECT DISTINCT record FROM changes WHERE state = 1 AND record IN {ids}"
        return {RecordId(record) for (record,) in self._reader.of_ids(query, records)}

    def count_of(self, author: DeviceId, after_row: int) -> int:
        """How many changes of one author came after a row."""
        query = f"SELECT count(*) FROM changes WHERE author = ? AND {_IN_SET} AND row > ?"
        row = self._reader.one(query, (author, after_row))
        return int(row[0]) if row else 0

    def count_outside(self, after_row: int) -> int:
        """How many of the changes that came after a row are withheld or forgotten."""
        # By its own choice SQLite would read every row behind that one.
        query = "SELECT count(*) FROM changes INDEXED BY changes_outside WHERE state <> 0 AND row > ?"
        row = self._reader.one(query, (after_row,))
        return int(row[0]) if row else 0

    def holds_of(self, record: RecordId) -> bool:
        """Whether anything of a record is here that was not forgotten."""
        return self._reader.one("SELECT 1 FROM changes WHERE record = ? AND state < 2 LIMIT 1", (record,)) is not None

    def forgotten_authors(self, record: RecordId) -> set[DeviceId]:
        """Who had written in a record that is forgotten."""
        rows = self._reader.all("SELECT DISTINCT author FROM changes WHERE record = ? AND state = 2", (record,))
        return {DeviceId(author) for (author,) in rows}

    def forgotten_of(self, authors: Sequence[DeviceId]) -> set[RecordId]:
        """The forgotten records in which one of these had written."""
        rows = self._reader.of_ids("SELECT DISTINCT record FROM changes WHERE author IN {ids} AND state = 2", authors)
        return {RecordId(record) for (record,) in rows}

    def newest_row_of(self, author: DeviceId) -> int:
        """The row of the newest change of one author; 0 when there is none."""
        row = self._reader.one(f"SELECT max(row) FROM changes WHERE author = ? AND {_IN_SET}", (author,))
        return int(row[0] or 0) if row else 0


def items_within(
    reader: Reader, query: str, arguments: tuple[object, ...], max_bytes: int
) -> tuple[list[tuple[ItemKey, bytes]], bool]:
    """Rows of `at_ms, id, bytes` as items, up to `max_bytes` but at least one; whether there are no more."""
    size = count = 0

    def enough(row: Row) -> bool:
        nonlocal size, count
        size += len(row[2])
        count += 1
        return size > max_bytes and count > 1

    rows = reader.some(query, arguments, enough)
    more = size > max_bytes and count > 1
    kept = rows[:-1] if more else rows
    return [(item_key(at_ms, id_), found) for at_ms, id_, found in kept], not more
