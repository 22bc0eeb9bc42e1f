"""Batch: what goes to the disk in one piece, and what came of it.

Rules of this module:
1. A batch is on the disk whole or not at all.
2. What is held already is no error: `Committed` names only what was new, and what really moved.
3. In this order: changes come, are put back, are withheld, are forgotten. The last word counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crdt.identifiers import ChangeId, ItemKey, Lane, RecordId, item_key
from meshnode.store.change_log import NewChange, StoredChange, append_changes
from meshnode.store.change_state import MovedChange, forget_records, restore_changes, withhold_changes
from meshnode.store.notebook import EpochKey, write_notes
from meshnode.store.parked import ParkedChange, park, unpark
from meshnode.store.record_views import touch_records
from meshnode.store.set_moves import SetMoves, without_empty
from meshnode.store.statement_log import NewStatement, append_statements


@dataclass(frozen=True, slots=True)
class Batch:
    """Things to be written together.

    `withhold` and `restore` name changes that leave the set and come back, `forget` records to be wiped for good.
    """

    changes: Sequence[NewChange] = ()
    statements: Sequence[NewStatement] = ()
    parked: Sequence[ParkedChange] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    epoch_keys: Sequence[EpochKey] = ()
    withhold: Sequence[ChangeId] = ()
    restore: Sequence[ChangeId] = ()
    forget: Sequence[RecordId] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What of a batch was new, now on the disk.

    `keys` are those that came into the set, by lane, `removed` those that left it: for the set indexes. `restored` are
    the changes that came back, `moved` the records of everything that came back, left or was wiped. `revision` counts
    what happened to the set; 0 when nothing did. `wiped` says that text has to be gone from the disk.
    """

    changes: tuple[StoredChange, ...] = ()
    statements: tuple[NewStatement, ...] = ()
    keys: Mapping[Lane, Sequence[ItemKey]] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)
    epoch_keys: tuple[EpochKey, ...] = ()
    removed: Mapping[Lane, Sequence[ItemKey]] = field(default_factory=dict)
    restored: tuple[StoredChange, ...] = ()
    moved: frozenset[RecordId] = frozenset()
    revision: int = 0
    wiped: bool = False


def write_batch(connection: sqlite3.Connection, batch: Batch) -> Committed:
    """Everything of a batch but the buckets, inside the writer's transaction."""
    moves = SetMoves()
    changes = append_changes(connection, batch.changes)
    if changes:
        for lane, change in changes:
            moves.add(lane, [item_key(change.at_ms, change.id)])
        unpark(connection, [change.id for _, change in changes])
    restored = restore_changes(connection, batch.restore)
    withheld = withhold_changes(connection, batch.withhold)
    forgotten, wiped = forget_records(connection, batch.forget) if batch.forget else ([], False)
    for each in restored:
        moves.add(each.lane, [each.key])
    for each in (*withheld, *forgotten):
        moves.remove(each.lane, [each.key])
    moved = _records((*restored, *withheld, *forgotten)) | (frozenset(batch.forget) if wiped else frozenset())
    revision = touch_records(connection, [change.record for _, change in changes], moved)
    statements = append_statements(connection, batch.statements)
    if statements:
        moves.add(Lane.STATEMENTS, [item_key(0, statement.id) for statement in statements])
    if batch.parked:
        park(connection, batch.parked)
    if batch.meta or batch.epoch_keys:
        write_notes(connection, batch.meta, batch.epoch_keys)
    return Committed(
        changes=tuple(change for _, change in changes),
        statements=tuple(statements),
        keys=without_empty(moves.added),
        meta=batch.meta,
        epoch_keys=tuple(batch.epoch_keys),
        removed=without_empty(moves.removed),
        restored=tuple(each.change for each in restored),
        moved=moved,
        revision=revision,
        wiped=wiped,
    )


def _records(moved: Iterable[MovedChange]) -> frozenset[RecordId]:
    return frozenset(each.change.record for each in moved)
