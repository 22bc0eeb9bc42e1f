"""Change state: takes changes out of the set, puts them back, and wipes them, inside the writer's transaction.

Rules of this module:
1. A row is never deleted: its number and its id stay, so that nothing is fetched again.
2. Every step says what it found to do; what is in that state already is passed over.
3. Forgetting is final, and nothing of the text stays in a column, a view or among the parked changes.
"""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crdt.identifiers import ChangeId, ItemKey, Lane, RecordId, item_key
from meshnode.store.change_log import STORED, StoredChange
from meshnode.store.database import id_groups


class ChangeState(enum.IntEnum):
    """Where a change stands."""

    IN_SET = 0
    WITHHELD = 1
    FORGOTTEN = 2


@dataclass(frozen=True, slots=True)
class MovedChange:
    """A change that changed its state, and its lane."""

    lane: Lane
    change: StoredChange

    @property
    def key(self) -> ItemKey:
        """Where it stands in its lane."""
        return item_key(self.change.at_ms, self.change.id)


def withhold_changes(connection: sqlite3.Connection, changes: Sequence[ChangeId]) -> list[MovedChange]:
    """Take these out of the set; those that were in it."""
    return _turn(connection, changes, ChangeState.IN_SET, ChangeState.WITHHELD)


def restore_changes(connection: sqlite3.Connection, changes: Sequence[ChangeId]) -> list[MovedChange]:
    """Put these back into the set; those that were withheld."""
    return _turn(connection, changes, ChangeState.WITHHELD, ChangeState.IN_SET)


def _turn(
    connection: sqlite3.Connection, changes: Sequence[ChangeId], before: ChangeState, after: ChangeState
) -> list[MovedChange]:
    found: list[MovedChange] = []
    for places, group in id_groups(list(dict.fromkeys(changes))):
        rows = connection.execute(f"{_WITH_LANE} WHERE id IN {places} AND state = ?", (*group, int(before))).fetchall()
        found += [MovedChange(Lane(lane), StoredChange(*stored)) for lane, *stored in rows]
    connection.executemany(
        "UPDATE changes SET state = ? WHERE row = ?", [(int(after), moved.change.row) for moved in found]
    )
    return found


def forget_records(connection: sqlite3.Connection, records: Sequence[RecordId]) -> tuple[list[MovedChange], bool]:
    """Wipe everything of these records; what was in the set until now, and whether anything at all was wiped."""
    in_set: list[MovedChange] = []
    wiped = False
    for record in records:
        for state, moved in _to_wipe(connection, record):
            wiped = True
            if state == ChangeState.IN_SET:
                in_set.append(moved)
        connection.execute(
            "UPDATE changes SET state = ?, hash = x'', envelope = x'' WHERE record = ? AND state <> ?",
            (int(ChangeState.FORGOTTEN), record, int(ChangeState.FORGOTTEN)),
        )
        for table in ("records", "views", "parked"):
            wiped |= connection.execute(f"DELETE FROM {table} WHERE record = ?", (record,)).rowcount > 0
    return in_set, wiped


def _to_wipe(connection: sqlite3.Connection, record: RecordId) -> Iterator[tuple[int, MovedChange]]:
    rows = connection.execute(
        "SELECT state, lane, row, id, record, author, at_ms, received_ms, x'' FROM changes"
        " WHERE record = ? AND state <> ?",
        (record, int(ChangeState.FORGOTTEN)),
    ).fetchall()
    for state, lane, *stored in rows:
        yield state, MovedChange(Lane(lane), StoredChange(*stored))


_WITH_LANE = STORED.replace("SELECT", "SELECT lane,")
