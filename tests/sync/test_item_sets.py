"""Both sets of this room against the acceptance test, and what only the packed one promises."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterable

import pytest

from crdt.identifiers import ItemKey
from meshnode.sync.item_set import ItemSet
from meshnode.sync.packed_set import PackedSet
from tests.support.sets import SortedSet
from tests.sync.item_set_acceptance import ItemSetAcceptance, some_keys


class TestSortedSet(ItemSetAcceptance):
    def make(self, keys: Iterable[ItemKey]) -> ItemSet:
        return SortedSet(keys)

    def grow(self, items: ItemSet, keys: Iterable[ItemKey]) -> ItemSet:
        assert isinstance(items, SortedSet)
        for key in keys:
            items.add(key)
        return items


class TestPackedSet(ItemSetAcceptance):
    def make(self, keys: Iterable[ItemKey]) -> ItemSet:
        return PackedSet(keys)

    def grow(self, items: ItemSet, keys: Iterable[ItemKey]) -> ItemSet:
        assert isinstance(items, PackedSet)
        items.update(keys)
        return items


class TestPackedSetOneByOne(TestPackedSet):
    def make(self, keys: Iterable[ItemKey]) -> ItemSet:
        return self.grow(PackedSet(), keys)

    def grow(self, items: ItemSet, keys: Iterable[ItemKey]) -> ItemSet:
        assert isinstance(items, PackedSet)
        for key in keys:
            items.add(key)
        return items


def test_keys_can_be_taken_out() -> None:
    chance = random.Random(4)
    keys = some_keys(chance, 1500, "spread")
    items = PackedSet(keys)
    for key in keys[:1400]:
        assert key in items
        assert items.discard(key)
        assert not items.discard(key)
        assert key not in items
    TestPackedSet().compare(items, SortedSet(keys[1400:]), chance)
    for key in keys[1400:]:
        items.discard(key)
    assert len(items) == 0
    assert keys[0] not in items
    assert not items.discard(keys[0])


def test_a_place_that_is_not_there_has_no_key() -> None:
    items = PackedSet(some_keys(random.Random(5), 3, "spread"))
    for index in (-1, 3):
        with pytest.raises(IndexError):
            items.key_at(index)


def test_an_item_takes_less_than_45_bytes() -> None:
    keys = some_keys(random.Random(6), 60_000, "spread")
    tracemalloc.start()
    try:
        items = PackedSet(keys)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held / len(items) < 45
