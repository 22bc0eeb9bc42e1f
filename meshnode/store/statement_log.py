"""Statement log: the signed facts of who belongs, in the order in which they came to this node.

Rules of this module:
1. Bytes are kept as they came; what they mean is the membership room's matter.
2. Appending runs inside the writer's transaction; reading uses the event loop's connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crdt.identifiers import KEY_BYTES, ItemId, ItemKey, StatementId
from meshnode.store.change_log import items_within
from meshnode.store.database import Reader, id_groups

_AT_BYTES = 8
_NO_TIME = bytes(_AT_BYTES)
"""In sync keys statements have the time 0."""
_LAST = b"\xff" * (KEY_BYTES - _AT_BYTES + 1)
"""Above every id."""


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A checked statement."""

    id: StatementId
    data: bytes


def append_statements(connection: sqlite3.Connection, statements: Sequence[NewStatement]) -> list[NewStatement]:
    """Insert those that are not held; they."""
    fresh = {statement.id: statement for statement in statements}
    for places, group in id_groups(list(fresh)):
        for (known,) in connection.execute(f"SELECT id FROM statements WHERE id IN {places}", group):
            fresh.pop(known, None)
    connection.executemany(
        "INSERT INTO statements (id, bytes) VALUES (?, ?)", [(new.id, new.data) for new in fresh.values()]
    )
    return list(fresh.values())


def statement_keys_query(low: bytes, high: bytes | None) -> tuple[str, tuple[object, ...]]:
    """The query for `0, id` of the statements whose keys are from `low` up to below `high`, in order."""
    query = "SELECT 0 AS at_ms, id FROM statements WHERE id >= ? AND id < ? ORDER BY id"
    return query, (_id_bound(low), _LAST if high is None else _id_bound(high))


def _id_bound(key: bytes) -> bytes:
    if key[:_AT_BYTES] > _NO_TIME:
        return _LAST
    return key[_AT_BYTES:]


class StatementLog:
    """Reads of the statements."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def all(self) -> list[tuple[StatementId, bytes]]:
        """Every statement, in the order in which they came."""
        return [
            (StatementId(id_), found)
            for id_, found in self._reader.all("SELECT id, bytes FROM statements ORDER BY row")
        ]

    def statement(self, statement: StatementId) -> bytes | None:
        """One statement's bytes."""
        row = self._reader.one("SELECT bytes FROM statements WHERE id = ?", (statement,))
        return None if row is None else row[0]

    def by_id(self, ids: Iterable[bytes]) -> list[bytes]:
        """The bytes of those of `ids` that are held, in the order asked for."""
        asked = list(ids)
        found: dict[bytes, bytes] = dict(
            self._reader.of_ids("SELECT id, bytes FROM statements WHERE id IN {ids}", asked)
        )
        return [found[id_] for id_ in asked if id_ in found]

    def held(self, ids: Sequence[ItemId]) -> set[ItemId]:
        """Those of `ids` that are on the disk."""
        return {ItemId(id_) for (id_,) in self._reader.of_ids("SELECT id FROM statements WHERE id IN {ids}", ids)}

    def range_items(self, low: bytes, high: bytes | None, max_bytes: int) -> tuple[list[tuple[ItemKey, bytes]], bool]:
        """Items in the order of their keys, at least one, up to `max_bytes`; whether the range ends there."""
        query, arguments = statement_keys_query(low, high)
        return items_within(self._reader, query.replace("id FROM", "id, bytes FROM"), arguments, max_bytes)
