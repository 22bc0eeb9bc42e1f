"""Record views: which records there are, and what people see of them, kept so that a screen opens without documents.

Rules of this module:
1. A cache: every row can be dropped and computed again from the changes.
2. A view tells which revision of the set it has read. What happens to a record (a change comes, is withheld, comes
   back) raises its revision in the same transaction, so a stale view can never look fresh, whichever is written first.
3. A record of which nothing is in the set is none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crdt.identifiers import RECORD_ID_BYTES, RecordId
from meshnode.store.database import Reader
from meshnode.store.later import LaterWrites

_VIEW = (
    "SELECT records.record, views.text, records.view_revision, records.revision"
    " FROM records LEFT JOIN views ON views.record = records.record"
)
_KEEP_TEXT = (
    "INSERT INTO views (record, text) SELECT record, ? FROM records WHERE record = ?"
    " ON CONFLICT (record) DO UPDATE SET text = excluded.text"
)
_KEEP_REVISION = "UPDATE records SET view_revision = ? WHERE record = ?"


@dataclass(frozen=True, slots=True)
class RecordView:
    """What people see of a record, as JSON; empty when it was never computed, stale when something happened since."""

    record: RecordId
    text: str
    stale: bool


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A view that is not on the disk yet, and the revision that it has read."""

    text: str
    revision: int


def last_revision(connection: sqlite3.Connection) -> int:
    """How many things happened to the set so far."""
    (last,) = connection.execute("SELECT last FROM revisions").fetchone()
    return int(last)


def touch_records(connection: sqlite3.Connection, grown: Sequence[RecordId], moved: Collection[RecordId]) -> int:
    """Note in the transaction that moved their changes what became of these records; the revision after that.

    `grown` have new changes, the newest last; of `moved` something left or came back.
    """
    if not grown and not moved:
        return 0
    touched = list(dict.fromkeys((*moved, *reversed(grown))))
    left = [record for record in touched if record not in moved or _has_changes(connection, record)]
    gone = [(record,) for record in set(moved).difference(left)]
    last = last_revision(connection) + len(touched)
    connection.execute("UPDATE revisions SET last = ?", (last,))
    connection.executemany(
        "INSERT INTO records (record, revision, view_revision) VALUES (?, ?, 0)"
        " ON CONFLICT (record) DO UPDATE SET revision = excluded.revision",
        [(record, last - place) for place, record in enumerate(left)],
    )
    for table in ("records", "views"):
        connection.executemany(f"DELETE FROM {table} WHERE record = ?", gone)
    return last


def _has_changes(connection: sqlite3.Connection, record: RecordId) -> bool:
    query = "SELECT 1 FROM changes WHERE record = ? AND state = 0 LIMIT 1"
    return connection.execute(query, (record,)).fetchone() is not None


class RecordViews:
    """Reads and writes of the views on the event loop's thread; writes reach the disk a moment later."""

    def __init__(self, reader: Reader, later: LaterWrites) -> None:
        self._reader = reader
        self._later = later
        self._record_count: int | None = None

    def has(self, record: RecordId) -> bool:
        """Whether anything was written in this record."""
        return self._reader.one("SELECT 1 FROM records WHERE record = ?", (record,)) is not None

    def records(self, kind: int | None) -> list[RecordId]:
        """Every record of a kind, or of all, in the order of their ids."""
        low, high = _bounds(kind)
        rows = self._reader.all(
            "SELECT record FROM records WHERE record >= ? AND record < ? ORDER BY record", (low, high)
        )
        return [RecordId(record) for (record,) in rows]

    def count(self) -> int:
        """How many records there are."""
        if self._record_count is None:
            row = self._reader.one("SELECT count(*) FROM records")
            self._record_count = int(row[0]) if row else 0
        return self._record_count

    def forget_count(self) -> None:
        """Records came or went: count again when asked."""
        self._record_count = None

    def view(self, record: RecordId) -> RecordView | None:
        """What is known of a record; None when nothing was written in it."""
        # Looked at first: what is written meanwhile is then found on the disk.
        waiting = self._later.peek(_Waiting, record)
        row = self._reader.one(f"{_VIEW} WHERE records.record = ?", (record,))
        return None if row is None else _latest(waiting, *row)

    def views_of(self, kind: int | None, after: RecordId | None, limit: int) -> list[RecordView]:
        """The next views of a kind (or of all) behind a record, in the order of their ids."""
        low, high = _bounds(kind)
        waiting = self._later.waiting(_Waiting)
        rows = self._reader.all(
            f"{_VIEW} WHERE records.record >= ? AND records.record > ? AND records.record < ?"
            " ORDER BY records.record LIMIT ?",
            (low, after or b"", high, limit),
        )
        return [_latest(waiting.get(row[0]), *row) for row in rows]

    def stale(self, limit: int) -> list[RecordId]:
        """Up to `limit` records whose view is not up to date, those that changed last first."""
        waiting = self._later.waiting(_Waiting)
        rows = self._reader.all(
            "SELECT record, revision FROM records WHERE view_revision < revision ORDER BY revision DESC LIMIT ?",
            (limit + len(waiting),),
        )
        stale = [record for record, newest in rows if record not in waiting or waiting[record].revision < newest]
        return [RecordId(record) for record in stale[:limit]]

    def keep(self, record: RecordId, text: str, revision: int) -> None:
        """Keep a view that has read everything up to `revision`."""
        kept = ((_KEEP_TEXT, (text, record)), (_KEEP_REVISION, (revision, record)))
        self._later.put(record, _Waiting(text, revision), kept)


def _latest(waiting: _Waiting | None, record: bytes, text: str | None, read: int, revision: int) -> RecordView:
    if waiting is not None:
        text, read = waiting.text, waiting.revision
    return RecordView(RecordId(record), text or "", read < revision)


def _bounds(kind: int | None) -> tuple[bytes, bytes]:
    if kind is None:
        return b"", b"\xff" * (RECORD_ID_BYTES + 1)
    return bytes([kind]), bytes([kind]) + b"\xff" * RECORD_ID_BYTES
