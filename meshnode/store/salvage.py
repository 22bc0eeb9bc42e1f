"""Salvage: fills a new database with what is provably whole in a damaged one, and with the spare notes.

Rules of this module:
1. Nothing is believed because of the column it stood in: every item is made again from its own bytes by the
   `ItemReader`, which refuses what was altered.
2. The rest comes from peers: what they are known to hold is forgotten, so that both sides compare anew.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from meshnode.store.batch import Batch
from meshnode.store.change_log import NewChange
from meshnode.store.damaged_file import DamagedFile
from meshnode.store.high_water import Mark
from meshnode.store.notebook import OWN_PREFIX, EpochKey, Notes
from meshnode.store.statement_log import NewStatement
from meshnode.store.transaction import commit_group
from meshnode.store.unapplied import Unapplied

log = logging.getLogger("meshnode.store")

BATCH = 500
MAX_RECEIVED_MS = 2**53
Item = TypeVar("Item")


class ItemReader(Protocol):
    """Makes items from their bytes again; the store itself knows no format. `meta` is the notebook's."""

    def change(self, meta: Mapping[str, str], envelope: bytes, received_ms: int) -> NewChange | None:
        """The change these bytes are; None when they are none of this network's."""

    def statement(self, meta: Mapping[str, str], statement: bytes) -> NewStatement | None:
        """The statement these bytes are; None when they are none of this network's."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How much was saved."""

    changes: int = 0
    statements: int = 0

    @property
    def sentence(self) -> str:
        """For a person."""
        if not self.changes and not self.statements:
            return "Neighbours will send everything again."
        return f"{self.changes} changes and {self.statements} statements were saved; neighbours will send the rest."


def salvage(
    connection: sqlite3.Connection, place: Path | None, reader: ItemReader | None, before: Mark | None, spare: Notes
) -> Salvaged:
    """Fill a new database from a damaged one in `place` (None: there is none) and from the spare notes.

    Raises:
        sqlite3.Error: the new database cannot be written.
    """
    damaged = _opened(place)
    if damaged is None:
        _commit(connection, Batch(meta=spare.meta, epoch_keys=spare.epoch_keys))
        return Salvaged()
    try:
        notes = _notes(damaged, spare)
        _commit(connection, Batch(meta=notes.meta, epoch_keys=notes.epoch_keys))
        _save_addresses(connection, damaged)
        return Salvaged() if reader is None else _save_items(connection, damaged, reader, notes.meta, before)
    finally:
        damaged.close()


def _opened(place: Path | None) -> DamagedFile | None:
    if place is None:
        return None
    try:
        return DamagedFile(place)
    except OSError as error:
        # For example no room for a copy: the file stays in quarantine, the rest comes from peers.
        log.warning("nothing could be saved from %s: %s", place, error)
        return None


def _save_items(
    connection: sqlite3.Connection,
    damaged: DamagedFile,
    reader: ItemReader,
    meta: Mapping[str, str],
    before: Mark | None,
) -> Salvaged:
    statements = changes = 0
    lanes = before.lanes if before is not None else {}
    hint = lanes["statements"].count if "statements" in lanes else 0
    found = (reader.statement(meta, row[0]) for row in damaged.rows("statements", "bytes", hint) if _bytes(row[0]))
    for group in _groups(found):
        statements += _commit(connection, Batch(statements=group))
    rows = damaged.rows("changes", "envelope, received_ms", before.row if before is not None else 0)
    read = (reader.change(meta, row[0], _moment(row[1])) for row in rows if _bytes(row[0]))
    for batch in _groups(read):
        changes += _commit(connection, Batch(changes=batch))
    return Salvaged(changes, statements)


def _commit(connection: sqlite3.Connection, batch: Batch) -> int:
    """Write a batch; how many items were new."""
    (answer,) = commit_group(connection, [batch], [], Unapplied())
    if isinstance(answer, Exception):
        raise answer
    return len(answer.changes) + len(answer.statements)


def _notes(damaged: DamagedFile, spare: Notes) -> Notes:
    """The notebook: the spare one where it has a word, the damaged one for the rest."""
    rows = damaged.small("SELECT name, value FROM meta")
    meta = {name: value for name, value in rows if isinstance(name, str) and isinstance(value, str)}
    notes = Notes({name: value for name, value in (meta | spare.meta).items() if not name.startswith(OWN_PREFIX)})
    for id_, key, created_ms in damaged.small("SELECT id, key, created_ms FROM epoch_keys"):
        if _bytes(id_) and _bytes(key):
            notes.add_keys([EpochKey(id_, key, _moment(created_ms))])
    notes.add_keys(spare.epoch_keys)
    return notes


def _save_addresses(connection: sqlite3.Connection, damaged: DamagedFile) -> None:
    rows = damaged.small("SELECT device, endpoint, proved_ms FROM addresses")
    whole = [row for row in rows if _bytes(row[0]) and isinstance(row[1], str) and isinstance(row[2], int)]
    connection.executemany("INSERT OR IGNORE INTO addresses (device, endpoint, proved_ms) VALUES (?, ?, ?)", whole)


def _groups(items: Iterable[Item | None]) -> Iterator[list[Item]]:
    whole = (item for item in items if item is not None)
    while group := list(islice(whole, BATCH)):
        yield group


def _bytes(value: Any) -> bool:
    return isinstance(value, bytes)


def _moment(value: Any) -> int:
    return min(max(value, 0), MAX_RECEIVED_MS) if isinstance(value, int) else 0
