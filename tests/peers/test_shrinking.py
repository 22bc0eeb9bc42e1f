"""Sets that shrink while nodes are linked: removals, endorsements and wiping travel live; nobody hangs up over them."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from pathlib import Path

import pytest

from crdt.identifiers import ItemId, Lane
from meshnode.replica.endorsing import Endorsing
from tests.peers.pair import SECONDS, Linked, Side, two_sides
from tests.support.people import fuzz_count
from tests.support.removals import founders_street, remove
from tests.support.replicas import open_desk

NAMES = ("alice", "bob", "chidi")


def titles(side: Side) -> set[str]:
    return {task["title"] for task in side.desk.tasks()}


async def chain(sides: list[Side]) -> list[Linked]:
    """Alice with Bob, Bob with Chidi."""
    links = [Linked(a, b) for a, b in pairwise(sides)]
    for link in links:
        await link.settled()
    return links


async def all_level(sides: list[Side]) -> None:
    """Wait until all hold the same; whose set moves last tells the others nothing."""
    moved = asyncio.Event()
    ends = [side.desk.events.subscribe(lambda _: moved.set()) for side in sides]
    try:
        async with asyncio.timeout(SECONDS):
            while len({side.desk.digests() for side in sides}) > 1:
                moved.clear()
                await moved.wait()
    except TimeoutError:
        raise AssertionError([[len(side.desk.item_keys(lane)) for lane in Lane] for side in sides]) from None
    finally:
        for end in ends:
            end()
    assert all(side.desk.tasks() == sides[0].desk.tasks() for side in sides)


def still_linked(links: list[Linked]) -> bool:
    return not any(end.done() for link in links for end in link.ends)


@pytest.mark.parametrize("seed", range(fuzz_count(3)))
async def test_a_removal_and_an_endorsement_travel_live(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    street = founders_street()
    async with two_sides(tmp_path, street, NAMES) as sides:
        emre = open_desk(tmp_path, "emre", street)
        records = [await emre.add(f"Emre {number}") for number in range(40)]
        holder = rng.choice(sides)
        await holder.desk.take(*emre.changes())
        emre.close()
        links = await chain(sides)
        await all_level(sides)
        for record in rng.sample(records, 10):
            await rng.choice(sides).desk.act("task.claim", record)
        removal = remove(street, "emre")
        first, second = rng.sample(sides, 2)
        # Part of the votes here, part there: only together do they remove anybody.
        await first.desk.hear_of(*removal.statements[:2])
        await second.desk.hear_of(*removal.statements[2:])
        await rng.choice(sides).desk.add("Meanwhile")
        await all_level(sides)
        assert len(titles(first)) == 11
        await Endorsing(rng.choice(sides).desk.replica, rng.random).endorse()
        await all_level(sides)
        assert len(titles(first)) == 41
        assert still_linked(links)


async def test_wiping_travels_live_reaches_who_was_away_and_skips_who_comes_later(tmp_path: Path) -> None:
    street = founders_street()
    async with two_sides(tmp_path, street, (*NAMES, "dana")) as sides:
        alice, bob, chidi, dana = sides
        links = [Linked(alice, bob)]
        away = Linked(bob, chidi)
        await links[0].settled()
        record = await alice.desk.add("Key box", details="The code is 4711.")
        await alice.desk.add("Rake leaves")
        await all_level([alice, bob, chidi])
        await bob.desk.act("task.comment", record, text="4711")
        await all_level([alice, bob, chidi])
        wiped = [ItemId(change.id) for change in alice.desk.store.changes_of(record)]
        await chidi.links.stop()
        await away.reports()
        await chidi.desk.act("task.claim", record)
        await alice.desk.replica.forget(record)
        await all_level([alice, bob])
        assert (titles(alice), titles(bob)) == ({"Rake leaves"}, {"Rake leaves"})
        assert len(chidi.desk.tasks()) == 2
        links.append(Linked(alice, dana))
        await links[-1].settled()
        assert dana.desk.digests() == alice.desk.digests()
        assert dana.desk.store.held(Lane.ORDINARY, wiped) == set(), "it never got there"
        # Chidi is back, with what he wrote in it alone.
        links.append(Linked(chidi, bob))
        await links[-1].settled()
        await all_level(sides)
        assert titles(chidi) == {"Rake leaves"}
        assert chidi.desk.store.forgotten_authors(record) >= {chidi.device}
        assert still_linked(links)
