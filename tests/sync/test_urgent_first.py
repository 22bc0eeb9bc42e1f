"""The urgent lane goes first: an alarm is there before 10,000 ordinary changes that wait on the same link."""

from __future__ import annotations

import random

import pytest

from crdt.identifiers import Lane
from meshnode.sync.events import UrgentLevel
from meshnode.sync.limits import BURST_BYTES, WINDOW_BYTES
from tests.support.sets import Item, made_item
from tests.sync.talk import Clock, Node, Wire, digest, step

WAITING = 10_000
ITEM_BYTES = 350
ALARM = made_item(1, 1_795_000_000_000)


def two_nodes(common: int) -> tuple[Node, Node, Wire]:
    """One holds 10,000 ordinary changes more than the other."""
    clock = Clock()
    statements: list[Item] = [made_item(number, 0) for number in range(5)]
    full, other = Node("full", clock, statements), Node("other", clock, statements)
    items = [made_item(number, 1_700_000_000_000 + number, ITEM_BYTES) for number in range(common + WAITING)]
    full.put(Lane.ORDINARY, items)
    other.put(Lane.ORDINARY, items[:common])
    return full, other, Wire(other, full)


def ordinary(node: Node) -> int:
    return len(node.sets.lane(Lane.ORDINARY))


def until_alarm(wire: Wire, node: Node, chance: random.Random) -> None:
    while not len(node.sets.lane(Lane.URGENT)):
        assert step(wire, chance), "nothing moves any more"


@pytest.mark.parametrize("common", [0, 8_000], ids=["in blocks", "by comparing"])
def test_what_waits_with_an_alarm_comes_after_it(common: int) -> None:
    full, other, wire = two_nodes(common)
    full.put(Lane.URGENT, [ALARM])
    until_alarm(wire, other, random.Random(1))
    assert ordinary(other) == common, "not one of them was before it"
    wire.run()
    assert full.level_with(other)


@pytest.mark.parametrize("common", [0, 8_000], ids=["in blocks", "by comparing"])
@pytest.mark.parametrize("seed", range(3))
def test_an_alarm_raised_in_the_middle_waits_for_no_more_than_is_on_its_way(common: int, seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    full, other, wire = two_nodes(common)
    while ordinary(other) < common + 500:
        assert step(wire, chance)
    before = ordinary(other)
    full.put(Lane.URGENT, [ALARM])
    until_alarm(wire, other, chance)
    overtaken = ordinary(other) - before
    assert overtaken <= (WINDOW_BYTES + BURST_BYTES) // ITEM_BYTES, "what was sent before it, and no more"
    assert ordinary(other) < common + WAITING
    wire.run()
    assert full.level_with(other)


def test_what_moved_in_the_urgent_lane_is_followed_by_a_round_that_both_sides_learn_from() -> None:
    full, other, wire = two_nodes(0)
    wire.run()
    for end, _ in wire.ends:
        end.events.clear()
    other.put(Lane.URGENT, [ALARM])
    wire.run()
    for end, _ in wire.ends:
        levels = [event.digest for event in end.events if isinstance(event, UrgentLevel)]
        assert levels == [digest(full, Lane.URGENT)] == [digest(other, Lane.URGENT)]


def test_what_was_put_off_is_not_called_level_and_asked_for_no_further_round() -> None:
    full, other, wire = two_nodes(0)
    wire.run()
    other.sets.put_off.add(ALARM[0][8:])  # type: ignore[arg-type]  # an item key's last bytes are its id
    full.put(Lane.URGENT, [ALARM])
    wire.run()
    assert not len(other.sets.lane(Lane.URGENT))
    levels = [event for end, _ in wire.ends for event in end.events if isinstance(event, UrgentLevel)]
    assert levels == []
    assert wire.run() == 0, "and it is quiet"
