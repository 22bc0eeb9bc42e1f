"""Sets for tests: the plainest ItemSet there is, and a node's three lanes in memory."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence

from crdt.identifiers import ItemId, ItemKey, Lane, item_key
from meshnode.sync.fingerprint import fingerprint_of_keys
from meshnode.sync.packed_set import PackedSet

Item = tuple[ItemKey, bytes]


class SortedSet:
    """A sorted list: what every other ItemSet is compared with."""

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self._keys = sorted({ItemKey(key) for key in keys})

    def add(self, key: bytes) -> bool:
        """Put one key in; False if it is there already."""
        if key in self._keys:
            return False
        insort(self._keys, ItemKey(key))
        return True

    def __len__(self) -> int:
        return len(self._keys)

    def key_at(self, index: int) -> ItemKey:
        """The key at a place."""
        return self._keys[index]

    def lower_bound(self, key: bytes) -> int:
        """How many keys are smaller."""
        return bisect_left(self._keys, key)

    def fingerprint(self, begin: int, end: int) -> bytes:
        """Straight from the definition."""
        return fingerprint_of_keys(self._keys[begin:end])

    def keys(self, begin: int, end: int) -> Sequence[ItemKey]:
        """The keys of a range of places."""
        return self._keys[begin:end]


def made_item(number: int, at_ms: int, size: int = 350) -> Item:
    """An item whose id follows from its bytes, as with real ones."""
    start = number.to_bytes(8, "big") + at_ms.to_bytes(8, "big")
    payload = start + hashlib.shake_128(start).digest(max(0, size - len(start)))
    return item_key(at_ms, hashlib.sha256(payload).digest()), payload


def key_of(lane: Lane, payload: bytes) -> ItemKey:
    """The key of an item made by `made_item`; statements have no time."""
    at_ms = 0 if lane is Lane.STATEMENTS else int.from_bytes(payload[8:16], "big")
    return item_key(at_ms, hashlib.sha256(payload).digest())


class MemorySets:
    """A node's three lanes in memory: what the session asks of the replica."""

    def __init__(self) -> None:
        self._lanes = {lane: PackedSet() for lane in Lane}
        self._payloads: dict[Lane, dict[ItemId, bytes]] = {lane: {} for lane in Lane}
        self.refused: set[ItemId] = set()
        """Ids parked or known to be bad: never in the set, never worth asking for."""
        self.put_off: set[ItemId] = set()
        """Ids that are not taken now: not worth asking for until they are taken out of here."""
        self.not_now: set[Lane] = set()
        """Lanes of which no blocks are asked for."""

    def put(self, lane: Lane, items: Iterable[Item]) -> list[Item]:
        """Add items; those that were new."""
        payloads = self._payloads[lane]
        fresh = {key: payload for key, payload in items if ItemId(key[8:]) not in payloads}
        payloads.update({ItemId(key[8:]): payload for key, payload in fresh.items()})
        self._lanes[lane].update(fresh)
        return list(fresh.items())

    def withdraw(self, lane: Lane, keys: Iterable[ItemKey]) -> None:
        """Take items out of the set; they are not fetched again."""
        for key in keys:
            self.refused.add(ItemId(key[8:]))
            if self._payloads[lane].pop(ItemId(key[8:]), None) is not None:
                self._lanes[lane].discard(key)

    def lane(self, lane: Lane) -> PackedSet:
        """The set of one lane."""
        return self._lanes[lane]

    def missing(self, lane: Lane, ids: Sequence[ItemId]) -> list[ItemId]:
        """Those worth asking for."""
        held, not_wanted = self._payloads[lane], self.refused | self.put_off
        return [item for item in ids if item not in held and item not in not_wanted]

    def takes(self, lane: Lane) -> bool:
        """Whether blocks may be asked for."""
        return lane not in self.not_now

    def items(self, lane: Lane, ids: Sequence[ItemId]) -> list[bytes]:
        """The bytes of those that are held."""
        held = self._payloads[lane]
        return [held[item] for item in ids if item in held]

    def range_items(self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int) -> tuple[list[Item], bool]:
        """Items in order from `low` to before `high`, up to `max_bytes`; whether that was all."""
        index = self._lanes[lane]
        begin = index.lower_bound(low)
        end = len(index) if high is None else index.lower_bound(high)
        found: list[Item] = []
        size = 0
        for key in index.keys(begin, end):
            payload = self._payloads[lane][ItemId(key[8:])]
            size += len(payload)
            if found and size > max_bytes:
                return found, False
            found.append((key, payload))
        return found, True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MemorySets) and self._payloads == other._payloads

    __hash__ = None  # type: ignore[assignment]
