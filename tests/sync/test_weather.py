"""Sets become equal whatever the weather: random splits, orders, cuts, writing in between, lines and rings."""

from __future__ import annotations

import os
import random
from itertools import pairwise

import pytest

from crdt.identifiers import ItemKey, Lane
from tests.support.sets import Item, made_item
from tests.sync.talk import Clock, Node, Wire, pass_time, run_randomly

SEEDS = range(int(os.environ.get("MESHNODE_FUZZ", "1")) * 8)
TODAY = 1_764_000_000_000


def made_statement(number: int) -> Item:
    key, payload = made_item(number, 0)
    return ItemKey(bytes(8) + key[8:]), payload


class Weather:
    """Random choices from one seed, and items that no other choice makes."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._made = 0

    def items(self, lane: Lane, count: int) -> list[Item]:
        made: list[Item] = []
        for _ in range(count):
            self._made += 1
            at_ms = TODAY + self.chance.randrange(-(10**9), 10**6)
            size = self.chance.choice([20, 350, 350, 350, 3000])
            made.append(made_statement(self._made) if lane is Lane.STATEMENTS else made_item(self._made, at_ms, size))
        return made

    def write(self, node: Node) -> None:
        lane = self.chance.choice([Lane.STATEMENTS, Lane.URGENT, Lane.ORDINARY, Lane.ORDINARY])
        node.put(lane, self.items(lane, self.chance.randrange(1, 6)))

    def fill(self, nodes: list[Node]) -> None:
        """Give every item to a random part of the nodes."""
        for lane, most in ((Lane.STATEMENTS, 40), (Lane.URGENT, 30), (Lane.ORDINARY, 1500)):
            shared = self.chance.random()
            spread: dict[int, list[Item]] = {index: [] for index in range(len(nodes))}
            for item in self.items(lane, self.chance.randrange(most)):
                for index in range(len(nodes)):
                    if self.chance.random() < shared:
                        spread[index].append(item)
            for index, node in enumerate(nodes):
                node.put(lane, spread[index])


def settle(wires: list[Wire], clock: Clock, seed: int) -> None:
    """Run until quiet, letting time pass as long as anything waits for it."""
    for _ in range(40):
        assert run_randomly(wires, random.Random(seed)), f"seed {seed}: it never ends"
        if all(wire.settled() for wire in wires):
            return
        pass_time(wires, clock, 2.0)
    raise AssertionError(f"seed {seed}: not settled: {[wire.settled() for wire in wires]}")


@pytest.mark.parametrize("seed", SEEDS)
def test_two_nodes_with_random_sets_become_equal(seed: int) -> None:
    weather, clock = Weather(seed), Clock()
    alice, bob = Node("alice", clock), Node("bob", clock)
    weather.fill([alice, bob])
    wire = Wire(alice, bob)
    settle([wire], clock, seed)
    assert alice.level_with(bob)
    assert wire.a.session.they_lack() == wire.b.session.they_lack() == 0
    assert wire.a.session.i_lack() == wire.b.session.i_lack() == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_writing_while_sets_are_compared_loses_nothing(seed: int) -> None:
    weather, clock = Weather(seed), Clock()
    alice, bob = Node("alice", clock), Node("bob", clock)
    weather.fill([alice, bob])
    wire = Wire(alice, bob)
    for _ in range(60):
        run_randomly([wire], weather.chance, steps=weather.chance.randrange(4))
        weather.write(weather.chance.choice([alice, bob]))
    settle([wire], clock, seed)
    assert alice.level_with(bob)


@pytest.mark.parametrize("seed", SEEDS)
def test_cut_links_heal_with_the_next_greeting(seed: int) -> None:
    weather, clock = Weather(seed), Clock()
    alice, bob = Node("alice", clock), Node("bob", clock)
    weather.fill([alice, bob])
    for _ in range(8):
        wire = Wire(*weather.chance.sample([alice, bob], 2))
        run_randomly([wire], weather.chance, steps=weather.chance.randrange(60))
        weather.write(weather.chance.choice([alice, bob]))
        wire.cut()
    wire = Wire(bob, alice)
    settle([wire], clock, seed)
    assert alice.level_with(bob)


@pytest.mark.parametrize("ring", [False, True], ids=["line", "ring"])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_one_node_hears_it_passes_on(seed: int, ring: bool) -> None:
    weather, clock = Weather(seed), Clock()
    nodes = [Node(name, clock) for name in ("alice", "bob", "charlie", "dora")]
    weather.fill(nodes)
    wires = [Wire(first, second) for first, second in pairwise(nodes)]
    if ring:
        wires.append(Wire(nodes[-1], nodes[0]))
    for _ in range(30):
        run_randomly(wires, weather.chance, steps=weather.chance.randrange(20))
        weather.write(weather.chance.choice(nodes))
    settle(wires, clock, seed)
    assert all(nodes[0].level_with(node) for node in nodes)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_flood_of_writing_is_made_good_by_comparing(seed: int) -> None:
    weather, clock = Weather(seed), Clock()
    alice, bob = Node("alice", clock), Node("bob", clock)
    wire = Wire(alice, bob)
    settle([wire], clock, seed)
    alice.put(Lane.ORDINARY, weather.items(Lane.ORDINARY, 1500))
    bob.put(Lane.ORDINARY, weather.items(Lane.ORDINARY, 1200))
    assert wire.a.session.they_lack() == 1500
    settle([wire], clock, seed)
    assert alice.level_with(bob)
