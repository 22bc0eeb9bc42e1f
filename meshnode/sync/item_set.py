"""ItemSet and LocalSets: what the session asks of whoever keeps the sets.

Rules of this module:
1. Only shapes; the packed set of this room and the store's index both fit, and one acceptance test holds them to it
   (tests/sync/item_set_acceptance.py).
2. A key is 40 bytes: time, then id. A place in the order is any byte string compared with the keys byte by byte, so a
   key's beginning stands before the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crdt.identifiers import ItemId, ItemKey, Lane

AFTER_ALL = b"\xff" * 41
"""A place behind every key."""


class ItemSet(Protocol):
    """One lane's keys in order."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def key_at(self, index: int) -> ItemKey:
        """The key at a place from 0 to len - 1."""
        ...

    def lower_bound(self, key: bytes) -> int:
        """How many keys are smaller than `key`."""
        ...

    def fingerprint(self, begin: int, end: int) -> bytes:
        """The 16-byte fingerprint of the keys from `begin` up to before `end`."""
        ...

    def keys(self, begin: int, end: int) -> Sequence[ItemKey]:
        """The keys from `begin` up to before `end`."""
        ...


class LocalSets(Protocol):
    """This node's three sets, with the items' bytes."""

    def lane(self, lane: Lane) -> ItemSet:
        """The keys of one lane."""
        ...

    def missing(self, lane: Lane, ids: Sequence[ItemId]) -> list[ItemId]:
        """Those of `ids` worth asking for: not held, not parked, not known to be bad, not put off."""
        ...

    def takes(self, lane: Lane) -> bool:
        """Whether a lane may be asked for in blocks now."""
        ...

    def items(self, lane: Lane, ids: Sequence[ItemId]) -> list[bytes]:
        """The bytes of those of `ids` that are held."""
        ...

    def range_items(
        self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int
    ) -> tuple[list[tuple[ItemKey, bytes]], bool]:
        """Items in order from `low` to before `high`, at least one, up to `max_bytes`; whether that was all."""
        ...
