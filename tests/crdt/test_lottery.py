"""The public shuffle: the same for everybody, for ever, and fair to every place.

The vectors below are part of the format: an implementation in another language must give the same bytes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from crdt import lottery
from crdt.lottery import shuffle
from tests.support.people import fuzz_count, seeded

VECTORS = (
    (b"", "616263", "636162"),
    (b"elm street", bytes(range(20)).hex(), "00010a040d080b0f0e0302110605131210070c09"),
    (bytes(32), bytes(range(8)).hex(), "0405030701020600"),
)
"""Seed, items (one byte each), their order."""


@pytest.mark.parametrize(("seed", "items", "order"), VECTORS)
def test_the_vectors_hold(seed: bytes, items: str, order: str) -> None:
    assert b"".join(shuffle(seed, [bytes([item]) for item in bytes.fromhex(items)])).hex() == order


def test_the_order_of_the_list_and_doubles_make_no_difference() -> None:
    for number in range(fuzz_count(50)):
        dice = random.Random(number)
        items = [dice.randbytes(32) for _ in range(dice.randrange(40))]
        given = [*items, *dice.choices(items, k=3)] if items else []
        dice.shuffle(given)
        drawn = shuffle(str(number).encode(), given)
        assert drawn == shuffle(str(number).encode(), items), f"seed {number}"
        assert sorted(drawn) == sorted(items), f"seed {number}"


def test_every_item_comes_to_every_place_about_equally_often() -> None:
    items = [bytes([n]) for n in range(6)]
    at_place: Counter[tuple[int, bytes]] = Counter()
    draws = 6000
    fresh = seeded("fair shuffle")
    for _ in range(draws):
        at_place.update(enumerate(shuffle(fresh(16), items)))
    assert len(at_place) == 36
    # 1,000 expected in each of 36 cells, standard deviation 29: five of them never happen by chance.
    assert all(abs(count - draws / 6) < 150 for count in at_place.values()), at_place


def test_numbers_that_would_make_some_likelier_are_passed_over() -> None:
    def numbers() -> Iterator[int]:
        yield from (2**64 - 1, 2**64 - 2, 5)

    # 2**64 is one more than a multiple of 3: the largest number is unfair among three, the next one is not.
    assert lottery._below(3, numbers()) == (2**64 - 2) % 3
    assert lottery._below(2, iter([2**64 - 1])) == 1
