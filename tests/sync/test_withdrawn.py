"""Items that leave a set while peers speak of it: nothing of them goes out any more, and every answer still ends."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from crdt.identifiers import ItemId, ItemKey, Lane
from meshnode.sync.blocks import BlockCutter, BlockTaker
from meshnode.sync.item_set import ItemSet
from meshnode.sync.messages import Push
from meshnode.sync.outgoing import Outgoing
from tests.support.people import fuzz_count
from tests.support.sets import Item, MemorySets, made_item
from tests.sync.talk import Clock, Node, Wire, run_randomly

LANE = Lane.ORDINARY


def some_items(count: int, first: int = 0, size: int = 350) -> list[Item]:
    return [made_item(number, 1_000 + number, size) for number in range(first, first + count)]


def ids(items: list[Item]) -> list[ItemId]:
    return [ItemId(key[8:]) for key, _ in items]


def all_pushes(outgoing: Outgoing) -> list[Push]:
    pushes = []
    while (push := outgoing.next_push()) is not None:
        pushes.append(push)
    return pushes


@pytest.mark.parametrize("how", ["live", "lacking", "asked"])
@pytest.mark.parametrize("after", [0, 1])
def test_queued_items_that_left_the_set_are_not_sent(how: str, after: int) -> None:
    """Also those that were read already, of an answer that is half given."""
    sets, items = MemorySets(), some_items(60, size=3_000)
    sets.put(LANE, items)
    outgoing = Outgoing(LANE, sets)
    match how:
        case "live":
            for key, payload in items:
                outgoing.publish(ItemId(key[8:]), payload, 0.0)
        case "lacking":
            outgoing.lacks(ids(items), 0.0)
        case _:
            outgoing.answer(ids(items), 0)
    begun = [push for push in (outgoing.next_push() for _ in range(after)) if push is not None]
    given = {payload for push in begun for payload in push.items}
    gone = [item for number, item in enumerate(items) if number % 3 == 0 and item[1] not in given]
    sets.withdraw(LANE, [key for key, _ in gone])
    outgoing.withdraw(ids(gone))
    left = all_pushes(outgoing)
    sent = [payload for push in (*begun, *left) for payload in push.items]
    assert sorted(sent) == sorted(payload for _, payload in items if payload not in {each for _, each in gone})
    assert (len(outgoing), outgoing.is_idle) == (0, True)
    assert [push.ends_want for push in left][-1:] == [how == "asked"]
    assert [push.ends_giving for push in left][-1:] == [how == "lacking"]


@pytest.mark.parametrize("how", ["lacking", "asked"])
def test_an_answer_of_which_nothing_is_left_still_ends(how: str) -> None:
    sets, items = MemorySets(), some_items(5)
    sets.put(LANE, items)
    outgoing = Outgoing(LANE, sets)
    if how == "lacking":
        outgoing.lacks(ids(items), 0.0)
    else:
        outgoing.answer(ids(items), 0)
    sets.withdraw(LANE, [key for key, _ in items])
    outgoing.withdraw(ids(items))
    (push,) = all_pushes(outgoing)
    assert (push.items, push.ends_want, push.ends_giving) == ((), how == "asked", how == "lacking")


def test_what_came_back_may_be_given_again() -> None:
    sets, items = MemorySets(), some_items(3)
    sets.put(LANE, items)
    outgoing = Outgoing(LANE, sets)
    assert outgoing.lacks(ids(items), 0.0) == 3
    all_pushes(outgoing)
    assert outgoing.lacks(ids(items), 1.0) == 0
    outgoing.withdraw(ids(items[:1]))
    assert outgoing.lacks(ids(items), 2.0) == 1


@pytest.mark.parametrize("seed", range(fuzz_count(25)))
def test_sets_that_shrink_while_they_are_compared_become_equal(seed: int) -> None:
    """As with a removal: both take the same items out, each at its own time; neither ends the link over it."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    clock = Clock()
    common = [made_item(number, 1) for number in range(3)]
    nodes = [Node(name, clock, common) for name in ("alice", "bob")]
    items = some_items(chance.choice((30, 400, 1_500)))
    for node in nodes:
        part = chance.choice((0.02, 0.5, 0.95))
        node.put(LANE, [item for item in items if chance.random() < part])
    leaving = [key for key, _ in items if chance.random() < 0.4]
    wire = Wire(*nodes)
    for node in chance.sample(nodes, 2):
        run_randomly([wire], chance, steps=chance.randrange(200))
        withdraw(node, leaving)
    new = some_items(5, first=9_000)
    chance.choice(nodes).put(LANE, new)
    assert run_randomly([wire], chance)
    assert wire.settled()
    assert nodes[0].level_with(nodes[1])
    assert not set(leaving) & set(keys(nodes[0].sets.lane(LANE)))


def withdraw(node: Node, leaving: list[ItemKey]) -> None:
    node.sets.withdraw(LANE, leaving)
    for end in node.ends:
        end.session.withdraw(LANE, leaving)


def keys(items: ItemSet) -> list[ItemKey]:
    return list(items.keys(0, len(items)))


class AheadSets(MemorySets):
    """The disk is a commit ahead of the keys, as between a commit and its being applied."""

    def __init__(self, ahead: Callable[[Item], bool]) -> None:
        super().__init__()
        self._ahead = ahead
        self.new: list[Item] = []

    def range_items(self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int) -> tuple[list[Item], bool]:
        items, whole = super().range_items(lane, low, high, max_bytes)
        more = [item for item in self.new if item[0] >= low and (high is None or item[0] < high)]
        return sorted([*(item for item in items if self._ahead(item)), *more]), whole


@pytest.mark.parametrize("left_out", ["none", "some", "a whole block", "all"])
def test_blocks_are_what_the_disk_holds_when_it_is_ahead_of_the_keys(left_out: str) -> None:
    items = some_items(700)
    gone = {"none": set(), "some": set(items[::3]), "a whole block": set(items[400:]), "all": set(items)}[left_out]
    sets = AheadSets(lambda item: item not in gone)
    sets.put(LANE, items)
    sets.new = [made_item(5_000, 1_300), made_item(5_001, 1_301)] if left_out == "none" else []
    cutter, taker = BlockCutter(LANE, sets, b""), BlockTaker(LANE, b"", 1_000)
    taken: list[bytes] = []
    while True:
        block = cutter.next_block()
        taken += taker.take(block)
        if block.eof:
            break
    assert sorted(taken) == sorted(payload for key, payload in [*items, *sets.new] if (key, payload) not in gone)
