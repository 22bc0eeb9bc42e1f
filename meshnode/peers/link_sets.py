"""LinkSets: the replica's sets as one link may ask for them: without what is put off."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crdt.identifiers import DeviceId, ItemId, ItemKey, Lane
from meshnode.peers.gate import Gate
from meshnode.replica.local_sets import ReplicaSets
from meshnode.store.set_index import SetIndex


class LinkSets:
    """What `meshnode.sync.session.LocalSets` asks for, for one link; `whose` says who is at its other end."""

    def __init__(self, sets: ReplicaSets, gate: Gate) -> None:
        self._sets = sets
        self._gate = gate
        self.whose: Callable[[], DeviceId | None] = lambda: None

    def lane(self, lane: Lane) -> SetIndex:
        """The set of one lane."""
        return self._sets.lane(lane)

    def missing(self, lane: Lane, ids: Sequence[ItemId]) -> list[ItemId]:
        """Those of `ids` that are worth asking for now."""
        if not ids or not self._gate.asks(self.whose(), lane):
            return []
        return self._gate.wanted_now(self.whose(), self._sets.missing(lane, ids))

    def takes(self, lane: Lane) -> bool:
        """Whether a lane may be asked for in blocks now."""
        return self._gate.asks(self.whose(), lane)

    def items(self, lane: Lane, ids: Sequence[ItemId]) -> list[bytes]:
        """The bytes of those of `ids` that are held."""
        return self._sets.items(lane, ids)

    def range_items(
        self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int
    ) -> tuple[list[tuple[ItemKey, bytes]], bool]:
        """Items from `low` on, up to `max_bytes`; whether that was all of them."""
        return self._sets.range_items(lane, low, high, max_bytes)
