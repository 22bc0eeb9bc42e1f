"""Appending: what the writer does with a batch inside its transaction.

Rules of this module:
1. What is there already is left as it is; only what was new is reported.
2. A record's view goes stale in the transaction of its change.
3. Parked items are bounded per peer; what does not fit is simply not there, and will be offered again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from meshnode.store.rows import Batch, Committed, NewChange, NewStatement, ParkedChange, StoredChange

PARKED_ITEMS = 1_000
PARKED_BYTES = 8 * 1024 * 1024


def append(database: sqlite3.Connection, batch: Batch) -> Committed:
    """Insert a batch; what was new."""
    changes = tuple(_changes(database, batch.changes))
    statements = tuple(_statements(database, batch.statements))
    if batch.parked:
        _park(database, batch.parked)
    if changes:
        # Parked copies of what has been admitted are not needed any more.
        database.executemany("DELETE FROM parked WHERE id = ?", [(change.id,) for change in changes])
        database.executemany(
            "INSERT INTO record_view (record, kind, view, stale, newest) VALUES (?, ?, NULL, 1, ?) "
            "ON CONFLICT (record) DO UPDATE SET stale = 1, newest = excluded.newest",
            [(record, record[0], row) for record, row in {change.record: change.row for change in changes}.items()],
        )
    (newest,) = database.execute("SELECT coalesce(max(row), 0) FROM change").fetchone()
    (newest_statement,) = database.execute("SELECT coalesce(max(row), 0) FROM statement").fetchone()
    return Committed(changes, statements, newest, newest_statement)


def _changes(database: sqlite3.Connection, changes: Iterable[NewChange]) -> Iterable[StoredChange]:
    insert = (
        "INSERT OR IGNORE INTO change (id, lane, at, record, author, received, envelope) VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    for new in changes:
        values = (new.id, int(new.lane), new.at_ms, new.record, new.author, new.received_ms, new.envelope)
        done = database.execute(insert, values)
        if done.rowcount == 1 and done.lastrowid is not None:
            yield StoredChange(
                done.lastrowid, new.id, new.record, new.author, new.at_ms, new.received_ms, new.lane, new.envelope
            )


def _statements(database: sqlite3.Connection, statements: Iterable[NewStatement]) -> Iterable[NewStatement]:
    for new in statements:
        done = database.execute("INSERT OR IGNORE INTO statement (id, bytes) VALUES (?, ?)", (new.id, new.data))
        if done.rowcount == 1:
            yield new


def _park(database: sqlite3.Connection, parked: Iterable[ParkedChange]) -> None:
    for item in parked:
        count, size = database.execute(
            "SELECT count(*), coalesce(sum(length(envelope)), 0) FROM parked WHERE source = ?", (item.source,)
        ).fetchone()
        if count < PARKED_ITEMS and size + len(item.envelope) <= PARKED_BYTES:
            database.execute(
                "INSERT OR IGNORE INTO parked (id, author, source, lane, envelope) VALUES (?, ?, ?, ?, ?)",
                (item.id, item.author, item.source, int(item.lane), item.envelope),
            )
