"""Authors nobody has heard of yet: what they wrote waits, and joins the set when word of them comes, in any order."""

from __future__ import annotations

import asyncio
import random

import pytest

from crdt.identifiers import Lane
from meshnode.events import Event, ItemsCommitted, MembershipChanged, RecordsChanged
from meshnode.store.store import Batch, NewStatement
from tests.replica.conftest import Desks
from tests.support.chunks import Draft, put
from tests.support.people import Neighbourhood, maple_street
from tests.support.replicas import Desk, ids, served_elsewhere


async def some_tasks(desk: Desk, count: int = 3) -> list[bytes]:
    for number in range(count):
        await desk.add(f"{desk.directory.name} {number}")
    return desk.changes()


def word_of(street: Neighbourhood, before: Neighbourhood) -> list[bytes]:
    """The statements that the smaller street lacks."""
    return [each for each in street.statements if each not in before.statements]


async def test_an_unknown_author_waits_outside_the_set(desk: Desks) -> None:
    few, street = maple_street(2), maple_street(3)
    bob, chidi = desk("bob", few), desk("chidi", street)
    changes = await some_tasks(chidi)
    accepted = await bob.take(*changes)
    assert (bob.parked(), bob.item_keys(), bob.tasks(), bob.heard) == (3, [], [], [])
    assert (accepted.new, accepted.refused, accepted.strikes) == ((), (), 0), "not knowing somebody is no offence"
    assert set(accepted.done) == set(ids(chidi.item_keys())), "they need not be sent again"


@pytest.mark.parametrize("seed", range(6))
async def test_word_of_the_author_in_any_order_lets_the_changes_in(desk: Desks, seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    few, street = maple_street(1), maple_street(4)
    alice = desk("alice", few)
    writers = [desk(name, street) for name in ("bob", "chidi", "dana")]
    deliveries: list[tuple[Lane, bytes]] = [(Lane.STATEMENTS, each) for each in word_of(street, few)]
    for writer in writers:
        deliveries += [(Lane.ORDINARY, change) for change in await some_tasks(writer)]
    rng.shuffle(deliveries)
    for lane, item in deliveries:
        await alice.replica.accept(lane, (item,), rng.randbytes(32))
    assert alice.parked() == 0
    assert len(alice.item_keys()) == 9
    assert sorted(alice.changes()) == sorted(change for writer in writers for change in writer.changes())
    told = {key[8:] for event in alice.told(ItemsCommitted) for key, _ in event.items}  # type: ignore[union-attr]
    assert set(ids(alice.item_keys())) <= told, "what was let in late is passed on like anything else"


async def test_those_who_left_stay_authors(desk: Desks) -> None:
    """Past authors are admitted: what they wrote before, and what they write after, as everybody does the same."""
    street = maple_street(3)
    bob, chidi = desk("bob", street), desk("chidi", street)
    before = await some_tasks(chidi, 2)
    leave = street.leave("chidi")
    await bob.hear_of(leave)
    await chidi.hear_of(leave)
    after = await some_tasks(chidi, 3)
    accepted = await bob.take(*before, *after)
    assert len(accepted.new) == 5
    assert accepted.refused == ()
    assert bob.parked() == 0
    assert bob.digests() == chidi.digests()


async def test_statements_that_arrive_while_changes_are_being_checked(desk: Desks) -> None:
    """The author was unknown when a backlog's check began and is known when it is written down."""
    few, street = maple_street(2), maple_street(3)
    bob, chidi = desk("bob", few), desk("chidi", street)
    backlog = [chidi.begun(Draft([put("title", f"n{n}")])) for n in range(600)]
    news: list[str] = []
    bob.events.subscribe(lambda event: news.append(type(event).__name__))
    taking = asyncio.ensure_future(bob.take(*backlog))
    await asyncio.gather(taking, bob.hear_of(*word_of(street, few)))
    assert news[:2] == ["ItemsCommitted", "MembershipChanged"], "the word came first"
    assert bob.parked() == 0
    assert len(bob.item_keys()) == 600


async def test_a_power_cut_between_the_word_and_the_change(desk: Desks) -> None:
    """The statements are on disk, the parked changes are not judged again yet: the next start does it."""
    few, street = maple_street(2), maple_street(3)
    bob, chidi = desk("bob", few), desk("chidi", street)
    await bob.take(*(await some_tasks(chidi)))
    batch = Batch(statements=[NewStatement(street.id(each), each) for each in word_of(street, few)])
    bob.store.submit(batch).result(30)
    bob.reopen()
    assert bob.parked() == 3
    await bob.replica.judge_again()
    assert (bob.parked(), len(bob.item_keys())) == (0, 3)


async def test_they_leave_the_waiting_room_in_the_same_commit(desk: Desks) -> None:
    few, street = maple_street(2), maple_street(3)
    bob, chidi = desk("bob", few), desk("chidi", street)
    await bob.take(*(await some_tasks(chidi)))
    order: list[str] = []

    def look(event: Event) -> None:
        order.append(type(event).__name__)
        if isinstance(event, RecordsChanged):
            assert all(served_elsewhere(bob.directory, change) for change in event.changes)
            assert bob.parked() == 0

    bob.events.subscribe(look)
    await bob.hear_of(*word_of(street, few))
    assert order == ["ItemsCommitted", "MembershipChanged", "ItemsCommitted", "RecordsChanged"]
    assert bob.told(MembershipChanged)


async def test_the_waiting_room_is_bounded_and_what_it_lost_is_simply_missing(desk: Desks) -> None:
    few, street = maple_street(2), maple_street(3)
    bob, chidi = desk("bob", few), desk("chidi", street)
    flood = [chidi.begun(Draft([put("title", f"n{n}")])) for n in range(1_100)]
    await bob.take(*flood, source=b"f" * 32)
    assert bob.parked() == 1_000
    await bob.take(*flood[:50], source=b"g" * 32)
    assert bob.parked() == 1_050, "another source has its own room"
    await bob.hear_of(*word_of(street, few))
    assert len(bob.item_keys()) == 1_050
    accepted = await bob.take(*flood)
    assert len(accepted.new) == 50
    assert len(bob.item_keys()) == 1_100
