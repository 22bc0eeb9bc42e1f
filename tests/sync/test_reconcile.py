"""Symmetric reconciliation by itself: exact lists whatever the sizes, within every bound."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from crdt.identifiers import ItemId, ItemKey
from meshnode.sync.item_set import AFTER_ALL
from meshnode.sync.negentropy import FingerprintRange, read_ranges
from meshnode.sync.packed_set import PackedSet
from meshnode.sync.reconcile import Bounds, Role, first_message, geometric_message, reconcile
from tests.sync.item_set_acceptance import SHAPES, some_keys


def ids(keys: set[ItemKey]) -> set[ItemId]:
    return {ItemId(key[8:]) for key in keys}


def compare(ours: set[ItemKey], theirs: set[ItemKey], opening: bytes, limit: int) -> tuple[list[set[ItemId]], int]:
    """Both sides' have and need lists, and how many messages it took; our side has sent `opening`."""
    sides = [PackedSet(ours), PackedSet(theirs)]
    found: list[set[ItemId]] = [set(), set(), set(), set()]
    message, turns = opening, 1
    while len(message) > 1:
        side = turns % 2
        answer = reconcile(sides[side], message, Role.SYMMETRIC, Bounds(message_bytes=limit))
        assert len(answer.message) <= limit
        found[2 * side] |= set(answer.have)
        found[2 * side + 1] |= set(answer.need)
        message, turns = answer.message, turns + 1
        assert turns < 400
    return found, turns


@pytest.mark.parametrize("limit", [4096, 60_000])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", [(0, 300), (5, 5), (2000, 3), (3000, 300), (1500, 1500)])
def test_both_sides_find_every_difference(sizes: tuple[int, int], shape: str, limit: int) -> None:
    chance = random.Random(f"{sizes} {shape} {limit}")
    shared, different = sizes
    keys = some_keys(chance, shared + different, shape)
    ours = set(keys[:shared]) | set(keys[shared::2])
    theirs = set(keys[:shared]) | set(keys[shared + 1 :: 2])
    for opening in (geometric_message(PackedSet(ours)), first_message(PackedSet(ours))):
        (our_have, our_need, their_have, their_need), _ = compare(ours, theirs, opening, limit)
        assert our_have | their_need == ids(ours - theirs)
        assert our_need | their_have == ids(theirs - ours)


def test_a_cut_message_says_exactly_what_is_left() -> None:
    chance = random.Random(8)
    keys = sorted(some_keys(chance, 6000, "spread"))
    ours, theirs = PackedSet(keys[::2]), PackedSet(keys)
    answer = reconcile(theirs, geometric_message(ours), Role.SYMMETRIC, Bounds(message_bytes=4096))
    ranges = read_ranges(answer.message, 1000)
    assert len(answer.message) > 3000
    last, before = ranges[-1], ranges[-2]
    assert isinstance(last, FingerprintRange)
    assert last.upper == AFTER_ALL
    begin = theirs.lower_bound(before.upper)
    assert last.fingerprint == theirs.fingerprint(begin, len(theirs))


def test_lists_are_bounded() -> None:
    keys = some_keys(random.Random(9), 5000, "spread")
    empty, full = PackedSet(), PackedSet(keys)
    bounds = Bounds(have_ids=100, need_ids=10)
    given = reconcile(full, first_message(empty), Role.SYMMETRIC, bounds)
    assert given.overfull
    assert len(given.have) == 100
    assert given.finished
    few = PackedSet(keys[:20])
    wanted = reconcile(empty, first_message(few), Role.SYMMETRIC, bounds)
    assert wanted.overfull
    assert len(wanted.need) == 10


def test_the_newest_ranges_are_the_smallest() -> None:
    items = PackedSet(some_keys(random.Random(10), 100_000, "spread"))
    message = geometric_message(items)
    places = [0, *(items.lower_bound(each.upper) for each in read_ranges(message, 100))]
    sizes = [end - begin for begin, end in pairwise(places)]
    assert len(sizes) == 32
    assert sizes[-1] <= 10
    assert all(newer <= older + 1 for older, newer in pairwise(sizes[:-1]))
    assert len(message) < 900
