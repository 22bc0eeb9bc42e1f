"""Batch: what goes to the disk in one piece, and what came of it.

Rules of this module:
1. A batch is on the disk whole or not at all.
2. What is held already is no error: `Committed` names only what was new.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crdt.identifiers import ItemKey, Lane, RecordId, item_key
from meshnode.store.change_log import NewChange, StoredChange, append_changes
from meshnode.store.notebook import EpochKey, write_notes
from meshnode.store.parked import ParkedChange, park, unpark
from meshnode.store.record_views import touch_records
from meshnode.store.statement_log import NewStatement, append_statements


@dataclass(frozen=True, slots=True)
class Batch:
    """Things to be written together."""

    changes: Sequence[NewChange] = ()
    statements: Sequence[NewStatement] = ()
    parked: Sequence[ParkedChange] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    epoch_keys: Sequence[EpochKey] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What of a batch was new, now on the disk. `keys` are those of the new items by lane, for the set indexes."""

    changes: tuple[StoredChange, ...] = ()
    statements: tuple[NewStatement, ...] = ()
    keys: Mapping[Lane, Sequence[ItemKey]] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)
    epoch_keys: tuple[EpochKey, ...] = ()


def write_batch(connection: sqlite3.Connection, batch: Batch) -> Committed:
    """Everything of a batch but the buckets, inside the writer's transaction."""
    keys: dict[Lane, list[ItemKey]] = {}
    changes = append_changes(connection, batch.changes)
    if changes:
        newest: dict[RecordId, int] = {}
        for lane, change in changes:
            newest[change.record] = change.row
            keys.setdefault(lane, []).append(item_key(change.at_ms, change.id))
        touch_records(connection, newest)
        unpark(connection, [change.id for _, change in changes])
    statements = append_statements(connection, batch.statements)
    if statements:
        keys[Lane.STATEMENTS] = [item_key(0, statement.id) for statement in statements]
    if batch.parked:
        park(connection, batch.parked)
    if batch.meta or batch.epoch_keys:
        write_notes(connection, batch.meta, batch.epoch_keys)
    return Committed(
        changes=tuple(change for _, change in changes),
        statements=tuple(statements),
        keys=keys,
        meta=batch.meta,
        epoch_keys=tuple(batch.epoch_keys),
    )
