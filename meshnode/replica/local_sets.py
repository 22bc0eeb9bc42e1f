"""LocalSets: the replica's sets as the sync session sees them, so that neither knows the other's room."""

from __future__ import annotations

from collections.abc import Sequence

from crdt.identifiers import ItemId, ItemKey, Lane
from meshnode.replica.replica import Replica
from meshnode.store.set_index import SetIndex


class ReplicaSets:
    """What `meshnode.sync.session.LocalSets` asks for."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._store = replica.store

    def lane(self, lane: Lane) -> SetIndex:
        """The set of one lane."""
        return self._store.index(lane)

    def missing(self, lane: Lane, ids: Sequence[ItemId]) -> list[ItemId]:
        """Those of `ids` that are worth fetching: not held, not parked, not known to be bad."""
        held = self._store.held(lane, ids)
        bad = self._replica.bad.ids
        return [item for item in ids if item not in held and item not in bad]

    def takes(self, lane: Lane) -> bool:
        """Whether a lane may be asked for in blocks: always, as far as the replica is concerned."""
        return True

    def items(self, lane: Lane, ids: Sequence[ItemId]) -> list[bytes]:
        """The bytes of those of `ids` that are held."""
        return self._store.items(lane, ids)

    def range_items(
        self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int
    ) -> tuple[list[tuple[ItemKey, bytes]], bool]:
        """Items from `low` on, up to `max_bytes`; whether that was all of them."""
        return self._store.range_items(lane, low, high, max_bytes)
