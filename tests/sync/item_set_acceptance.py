"""What every ItemSet promises: derive a test class from ItemSetAcceptance, say how to make and grow a set, and run it.

Rules of this module:
1. The plain sorted list (tests/support/sets.py) is the measure: every answer has to equal its answer.
2. `make` and `grow` may be called several times in one test. Keys are distinct, in any order.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable

import pytest

from crdt.identifiers import ItemKey, item_key
from meshnode.sync.fingerprint import EMPTY_DIGEST
from meshnode.sync.item_set import AFTER_ALL, ItemSet
from meshnode.sync.reconcile import Bounds, Role, geometric_message, reconcile
from tests.support.sets import SortedSet

TODAY = 1_764_000_000_000
SHAPES = ["spread", "one moment", "few moments", "no time"]


def some_keys(chance: random.Random, count: int, shape: str) -> list[ItemKey]:
    """Distinct keys in random order."""
    width = {"spread": 10**9, "one moment": 1, "few moments": 3, "no time": 1}[shape]
    first = 0 if shape == "no time" else TODAY
    return [
        item_key(first + chance.randrange(width), hashlib.sha256(chance.randbytes(16)).digest()) for _ in range(count)
    ]


class ItemSetAcceptance:
    """Derive, override `make` and `grow`, and name the class Test...."""

    def make(self, keys: Iterable[ItemKey]) -> ItemSet:
        """A set with these keys."""
        raise NotImplementedError

    def grow(self, items: ItemSet, keys: Iterable[ItemKey]) -> ItemSet:
        """The same set with more keys."""
        raise NotImplementedError

    def test_an_empty_set_answers(self) -> None:
        items = self.make([])
        assert len(items) == 0
        assert items.lower_bound(b"") == 0
        assert items.lower_bound(AFTER_ALL) == 0
        assert items.fingerprint(0, 0) == EMPTY_DIGEST
        assert list(items.keys(0, 0)) == []

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("count", [1, 2, 31, 511, 512, 513, 2000])
    def test_it_answers_as_a_sorted_list_does(self, count: int, shape: str) -> None:
        chance = random.Random(f"{count} {shape}")
        keys = some_keys(chance, count, shape)
        self.compare(self.make(keys), SortedSet(keys), chance)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_it_grows_as_a_sorted_list_does(self, shape: str) -> None:
        chance = random.Random(shape)
        keys = some_keys(chance, 1600, shape)
        items, plain = self.make(keys[:700]), SortedSet(keys[:700])
        for start in range(700, 1600, 100):
            size = chance.choice([1, 10, 100])
            items = self.grow(items, keys[start : start + size])
            for key in keys[start : start + size]:
                plain.add(key)
            self.compare(items, plain, chance, samples=20)

    def test_keys_that_are_there_already_change_nothing(self) -> None:
        keys = some_keys(random.Random(1), 600, "spread")
        items = self.make(keys)
        before = items.fingerprint(0, 600)
        items = self.grow(items, keys[100:200])
        assert len(items) == 600
        assert items.fingerprint(0, 600) == before

    def test_beginnings_of_keys_are_places(self) -> None:
        chance = random.Random(2)
        keys = some_keys(chance, 800, "few moments")
        items, plain = self.make(keys), SortedSet(keys)
        for key in chance.sample(keys, 100):
            for length in (0, 1, 7, 8, 9, 12, 39, 40):
                assert items.lower_bound(key[:length]) == plain.lower_bound(key[:length])
            assert items.lower_bound(key + b"\0") == plain.lower_bound(key) + 1

    def test_it_says_the_same_to_a_peer(self) -> None:
        chance = random.Random(3)
        keys = some_keys(chance, 1500, "spread")
        items, plain, other = self.make(keys), SortedSet(keys), SortedSet(chance.sample(keys, 1400))
        message = geometric_message(other)
        ours = reconcile(items, message, Role.SYMMETRIC, Bounds(message_bytes=60_000))
        theirs = reconcile(plain, message, Role.SYMMETRIC, Bounds(message_bytes=60_000))
        assert ours == theirs
        assert geometric_message(items) == geometric_message(plain)

    def compare(self, items: ItemSet, plain: SortedSet, chance: random.Random, samples: int = 60) -> None:
        """Every kind of question, at random places and at the ends."""
        count = len(plain)
        assert len(items) == count
        assert list(items.keys(0, count)) == list(plain.keys(0, count))
        places = [(0, count), (0, 0), (count, count), (0, 1), (count - 1, count)]
        for _ in range(samples):
            begin, end = sorted((chance.randrange(count + 1), chance.randrange(count + 1)))
            places.append((begin, end))
        for begin, end in places:
            assert items.fingerprint(begin, end) == plain.fingerprint(begin, end)
            assert list(items.keys(begin, end)) == list(plain.keys(begin, end))
        for index in chance.sample(range(count), min(count, samples)):
            key = plain.key_at(index)
            assert items.key_at(index) == key
            assert items.lower_bound(key) == index
            assert items.lower_bound(key + b"\0") == index + 1
