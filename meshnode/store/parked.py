"""Parked changes: well-formed and signed, by an author whom no statement explains yet, or by one who was removed.

Rules of this module:
1. Bounded for each source that sent them; when there are too many its oldest go, and are simply missing again.
2. A parked change leaves in the very transaction that inserts it as admitted: a crash in between loses nothing.
3. Not part of any set: never counted, never fingerprinted, never sent on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from crdt.identifiers import ChangeId, DeviceId, ItemId, Lane, RecordId
from meshnode.store.database import Reader, id_groups

MAX_ITEMS: Final = 1_000
MAX_BYTES: Final = 8 * 1024 * 1024
"""For each source, by FORMATS: what a newcomer may have written before word of them gets round."""


@dataclass(frozen=True, slots=True)
class ParkedChange:
    """A change that waits, and the device it came from (empty: a file, or this device)."""

    id: ChangeId
    author: DeviceId
    source: bytes
    lane: Lane
    record: RecordId
    envelope: bytes


def park(connection: sqlite3.Connection, parked: Sequence[ParkedChange]) -> None:
    """Add to the parked changes, then keep the bounds of their sources."""
    fresh = {change.id: change for change in parked}
    for table in ("changes", "parked"):
        for places, group in id_groups(list(fresh)):
            for (known,) in connection.execute(f"SELECT id FROM {table} WHERE id IN {places}", group):
                fresh.pop(known, None)
    connection.executemany(
        "INSERT INTO parked (id, author, source, lane, record, size, envelope) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (new.id, new.author, new.source, int(new.lane), new.record, len(new.envelope), new.envelope)
            for new in fresh.values()
        ],
    )
    for source in {new.source for new in fresh.values()}:
        _keep_bounds(connection, source)


def unpark(connection: sqlite3.Connection, ids: Sequence[bytes]) -> None:
    """These were admitted."""
    if connection.execute("SELECT 1 FROM parked LIMIT 1").fetchone() is None:
        return
    for places, group in id_groups(ids):
        connection.execute(f"DELETE FROM parked WHERE id IN {places}", group)


def _keep_bounds(connection: sqlite3.Connection, source: bytes) -> None:
    size = 0
    newest_first = connection.execute("SELECT row, size FROM parked WHERE source = ? ORDER BY row DESC", (source,))
    for count, (row, each) in enumerate(newest_first.fetchall(), 1):
        size += each
        if count > MAX_ITEMS or size > MAX_BYTES:
            connection.execute("DELETE FROM parked WHERE source = ? AND row <= ?", (source, row))
            return


class Parked:
    """Reads of the parked changes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def authors(self) -> list[DeviceId]:
        """Whose changes wait."""
        return [DeviceId(author) for (author,) in self._reader.all("SELECT DISTINCT author FROM parked")]

    def of_author(self, author: DeviceId) -> list[bytes]:
        """The envelopes of one author that wait, in the order in which they came."""
        rows = self._reader.all("SELECT envelope FROM parked WHERE author = ? ORDER BY row", (author,))
        return [envelope for (envelope,) in rows]

    def of_record(self, record: RecordId) -> list[bytes]:
        """The envelopes that wait to join one record, in the order in which they came."""
        rows = self._reader.all("SELECT envelope FROM parked WHERE record = ? ORDER BY row", (record,))
        return [envelope for (envelope,) in rows]

    def records_of(self, authors: Collection[DeviceId]) -> set[RecordId]:
        """The records that changes of these authors wait to join."""
        rows = self._reader.all("SELECT DISTINCT record, author FROM parked")
        return {RecordId(record) for record, author in rows if author in authors}

    def waiting_in(self, records: Sequence[RecordId], authors: Collection[DeviceId]) -> set[RecordId]:
        """Those of some records that changes of these authors wait to join."""
        rows = self._reader.of_ids("SELECT DISTINCT record, author FROM parked WHERE record IN {ids}", records)
        return {RecordId(record) for record, author in rows if author in authors}

    def held(self, ids: Sequence[ItemId]) -> set[ItemId]:
        """Those of `ids` that are parked."""
        return {ItemId(id_) for (id_,) in self._reader.of_ids("SELECT id FROM parked WHERE id IN {ids}", ids)}
