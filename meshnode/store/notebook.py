"""Notebook: this node's own notes about its network: named values, and the epoch keys of the keyring.

Rules of this module:
1. Small, read whole at the start, and always in memory.
2. Values whose names begin with `store.` belong to this room.
3. The file cannot be made again from peers without these: `meshnode.store.spare_notes` keeps a copy beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

OWN_PREFIX = "store."


@dataclass(frozen=True, slots=True)
class EpochKey:
    """A key that current members share, and when this node learnt it."""

    id: bytes
    key: bytes = field(repr=False)
    created_ms: int


@dataclass(slots=True)
class Notes:
    """What the notebook says."""

    meta: dict[str, str] = field(default_factory=dict)
    epoch_keys: list[EpochKey] = field(default_factory=list)

    def add_keys(self, keys: Iterable[EpochKey]) -> None:
        """Add keys, and put all in order, newest first."""
        known = {key.id: key for key in (*self.epoch_keys, *keys)}
        self.epoch_keys = sorted(known.values(), key=lambda key: (-key.created_ms, key.id))


def write_notes(connection: sqlite3.Connection, meta: Mapping[str, str], keys: Iterable[EpochKey]) -> None:
    """Set named values and add keys, inside the writer's transaction."""
    connection.executemany(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        meta.items(),
    )
    connection.executemany(
        "INSERT OR REPLACE INTO epoch_keys (id, key, created_ms) VALUES (?, ?, ?)",
        [(key.id, key.key, key.created_ms) for key in keys],
    )


def read_notes(connection: sqlite3.Connection) -> Notes:
    """Everything in the notebook."""
    notes = Notes(dict(connection.execute("SELECT name, value FROM meta")))
    notes.add_keys(EpochKey(*row) for row in connection.execute("SELECT id, key, created_ms FROM epoch_keys"))
    return notes
