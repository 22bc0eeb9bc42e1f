"""What passes between real replicas when somebody brings too much, asks for too much, or the disk is nearly full."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from crdt.identifiers import ItemId, Lane
from meshnode.membership.statements import sign_device
from meshnode.peers.limits import DAY_SECONDS, DEFAULT_LIMITS, PeerLimits
from meshnode.sync.messages import Block, Bye, Pull, Push
from tests.peers.pair import Linked, Side, ordinary, played_by_hand, two_sides
from tests.support.chunks import Draft, put
from tests.support.people import maple_street, seeded_device, seeded_identity
from tests.support.replicas import Desk, open_desk

LITTLE = PeerLimits(
    changes_a_day=40,
    newcomer_share=1,
    first_day_times=1,
    statements_a_member=40,
    put_off_ids=100,
    full_share=1.0,
    scarce_free_bytes=0,
    last_free_bytes=0,
)
"""Little enough that a small flood is one; the disk of the machine that tests is none of their business."""
URGENT_KIND = 0x01
FLOOD = 300
BOB = seeded_identity("bob").person


async def write_many(desk: Desk, count: int) -> list[bytes]:
    """Valid tiny changes, each in a record of its own."""
    items = [desk.begun(Draft([put("title", "x")])) for _ in range(count)]
    await desk.take(*items, source=b"")
    return items


def held_of(side: Side, items: Iterable[bytes]) -> int:
    return len(set(side.desk.changes()) & set(items))


def level(one: Side, other: Side) -> bool:
    return one.desk.digests() == other.desk.digests()


def has(side: Side, item: bytes) -> bool:
    return held_of(side, [item]) == 1


class Time:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_a_flood_is_bounded_and_everything_else_passes(tmp_path: Path) -> None:
    """Neither other people's changes nor an alarm, not even the flooding member's own, are kept from passing."""
    async with two_sides(tmp_path, maple_street(3), ("alice", "bob", "chidi"), LITTLE) as (alice, bob, chidi):
        flood = await write_many(bob.desk, FLOOD)
        for other in (bob, chidi):
            await Linked(other, alice).settled()
        assert held_of(alice, flood) == held_of(chidi, flood) == 40
        (sentence,) = alice.links.trouble()
        assert sentence.startswith("More came from Bob than your node takes from one person in a day.")
        soup = await chidi.desk.add("Soup")
        own = await alice.desk.add("My own")
        alarm = bob.desk.begun(Draft([put("status", "help")]), kind=URGENT_KIND)
        await bob.desk.replica.accept(Lane.URGENT, [alarm], b"")
        for side in (alice, chidi):
            await side.until("the alarm is here", partial(has, side, alarm))
            shown = {task["id"] for task in side.desk.tasks()}
            assert {soup.hex(), own.hex()} <= shown
        await bob.until("others' changes reach even him", lambda: bob.desk.replica.records.exists(soup))


async def test_what_is_put_off_comes_in_the_end(tmp_path: Path) -> None:
    """Law (i): a quota decides when, never whether. After enough days both hold the same."""
    time = Time()
    async with two_sides(tmp_path, maple_street(2), limits=LITTLE, monotonic=time) as (alice, bob):
        flood = await write_many(bob.desk, FLOOD)
        link = Linked(bob, alice)
        await link.settled()
        assert held_of(alice, flood) == 40
        held = [40]
        while not level(alice, bob) and len(held) < 120:
            # A jump of hours in the middle of an exchange would make the other side look stuck.
            await link.settled()
            time.now += LITTLE.put_off_seconds + 1
            count = len(alice.desk.item_keys())
            # It wakes the links, and may be put off itself.
            await bob.desk.add("A sign of life")
            await alice.until(
                "more came",
                lambda count=count: len(alice.desk.item_keys()) > count or level(alice, bob),  # type: ignore[misc]
            )
            held.append(held_of(alice, flood))
        assert held_of(alice, flood) == FLOOD, held
        assert max(after - before for before, after in itertools.pairwise(held)) <= 40
        assert alice.links.trouble() == [] or time.now - 1_000 < DAY_SECONDS * 9


async def test_backlog_that_others_bring_is_not_counted(tmp_path: Path) -> None:
    """Or whoever was away for a year would wait for days, and a liar could use up somebody else's share."""
    async with two_sides(tmp_path, maple_street(3), ("alice", "bob", "chidi"), LITTLE) as (alice, bob, chidi):
        written = await write_many(bob.desk, FLOOD)
        await chidi.desk.take(*written)
        await Linked(alice, chidi).settled()
        assert held_of(alice, written) == FLOOD
        assert alice.links.trouble() == []
        await Linked(alice, bob).settled()
        await bob.desk.add("Live")
        await alice.until_level(bob)


async def test_my_own_other_device_brings_what_it_wants(tmp_path: Path) -> None:
    street = maple_street(1)
    phone = seeded_device("alice", "phone")
    street.certify(phone, "alice")
    async with two_sides(tmp_path, street, ("alice",), LITTLE) as (alice,):
        other = open_desk(tmp_path, "phone", street)
        other.close()
        other = Desk(other.directory, phone, street, alice.desk.now_ms)
        side = Side(other, limits=LITTLE)
        written = await write_many(other, FLOOD)
        await Linked(side, alice).settled()
        assert held_of(alice, written) == FLOOD
        await side.links.stop()
        other.close()


async def test_a_restart_does_not_give_a_new_share(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2), limits=LITTLE) as (alice, bob):
        flood = await write_many(bob.desk, FLOOD)
        await Linked(bob, alice).settled()
        await alice.links.stop()
        alice.desk.reopen()
        again = Side(alice.desk, limits=LITTLE)
        await Linked(bob, again).settled()
        assert held_of(again, flood) == 40
        await again.links.stop()


async def test_a_member_who_signs_without_end_does_not_keep_two_neighbours_apart(tmp_path: Path) -> None:
    """Each took another part of a flood of statements, and takes no more: their changes are compared all the same."""
    street = maple_street(3)
    common = list(street.statements)
    flood = [street.invite("bob").statement for _ in range(120)]
    alice, chidi = (
        Side(open_desk(tmp_path, name, street, [*common, *some]), limits=LITTLE)
        for name, some in (("alice", flood[:60]), ("chidi", flood[60:]))
    )
    soup, bread = await alice.desk.add("Soup"), await chidi.desk.add("Bread")
    await Linked(alice, chidi).settled()
    assert {task["id"] for task in alice.desk.tasks()} == {soup.hex(), bread.hex()}
    assert alice.desk.tasks() == chidi.desk.tasks()
    assert len(alice.desk.item_keys(Lane.STATEMENTS)) == len(common) + 60, "nothing beyond the quota"
    leave = street.leave("bob")
    await chidi.desk.hear_of(leave)
    await alice.until("news of others pass", lambda: alice.desk.replica.membership.members[BOB].left)
    for side in (alice, chidi):
        await side.links.stop()
        side.desk.close()


async def test_devices_that_nobody_knows_share_one_account_of_statements(tmp_path: Path) -> None:
    """Whoever holds the network's key can make a new device every second, and go before the last word is looked at."""
    street = maple_street(2)
    common, flood = len(street.statements), [street.invite("bob").statement for _ in range(90)]
    del street.statements[common:]
    little = PeerLimits(statements_a_day=30, newcomer_share=1)
    async with two_sides(tmp_path, street, ("alice",), little) as (alice,):
        for number in range(3):
            stranger = seeded_identity(f"stranger {number}")
            shown = sign_device(stranger, street.network, "", "")
            async with played_by_hand(alice, street, f"stranger {number}", shown) as (peer, report):
                await peer.greet()
                part = tuple(flood[30 * number : 30 * number + 30])
                await peer.say(*(Push(Lane.STATEMENTS, False, (each,)) for each in part), Bye("closed"))
                await report
        assert 0 < len(alice.desk.item_keys(Lane.STATEMENTS)) - common <= 30


async def test_nobody_keeps_a_neighbours_word_away_by_bringing_it_too(tmp_path: Path) -> None:
    """Who has used up their share brings a farewell of somebody else's: it is put off, and asked of others at once."""
    street = maple_street(3)
    common, flood = len(street.statements), [street.invite("bob").statement for _ in range(60)]
    del street.statements[common:]
    little = PeerLimits(statements_a_day=20, newcomer_share=1)
    async with two_sides(tmp_path, street, ("alice", "chidi"), little) as (alice, chidi):
        leave = street.leave("chidi", ())
        street.statements.remove(leave)
        async with played_by_hand(alice, street, "bob") as (bob, _):
            await bob.enter()
            await bob.push(*flood, leave, lane=Lane.STATEMENTS)
            gate, id_ = alice.links.gate, ItemId(street.id(leave))
            assert len(alice.desk.item_keys(Lane.STATEMENTS)) == common + 20
            assert gate.wanted_now(chidi.device, [id_]) == [id_]
            assert gate.wanted_now(seeded_identity("bob").device, [id_]) == []
            own = ItemId(street.id(flood[-1]))
            assert gate.wanted_now(chidi.device, [own]) == [], "his own flood is asked of nobody"


# -- who asks for everything ------------------------------------------------------------------------------------------


async def test_who_asks_for_everything_again_and_again_waits_alone(tmp_path: Path) -> None:
    street = maple_street(3)
    slow = PeerLimits(bytes_a_minute=100_000)
    async with two_sides(tmp_path, street, ("alice", "chidi"), slow) as (alice, chidi):
        await write_many(alice.desk, FLOOD)
        async with played_by_hand(alice, street, "bob") as (bob, _):
            await bob.enter()
            taken = 0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    while True:
                        await bob.say(Pull(Lane.ORDINARY, b""))
                        while not (block := await bob.until(Block)).eof:
                            taken += len(block.stream)
                        taken += len(block.stream)
            assert 50_000 < taken < 300_000, "a first burst, and then a trickle"
            await Linked(chidi, alice).settled()
            assert ordinary(chidi) == FLOOD


async def test_who_gives_in_a_hurry_is_slowed_down_by_its_credit(tmp_path: Path) -> None:
    slow = PeerLimits(bytes_a_minute=30_000)
    async with two_sides(tmp_path, maple_street(3), ("alice", "bob", "chidi"), slow) as (alice, bob, chidi):
        await chidi.desk.take(*await write_many(bob.desk, FLOOD))
        Linked(chidi, alice)
        await alice.until("she lets him wait", lambda: alice.links.gate.took(chidi.device, 0) > 1.0)
        await Linked(bob, alice).up()
        task = await bob.desk.add("Of somebody who is in no hurry")
        await alice.until("it is here", lambda: alice.desk.replica.records.exists(task))


# -- the disk ---------------------------------------------------------------------------------------------------------


async def test_a_nearly_full_disk_takes_what_is_mine_and_what_is_urgent(tmp_path: Path) -> None:
    disk = SimpleNamespace(total=32 * 10**9, free=10**9)
    time = Time()
    async with two_sides(tmp_path, maple_street(2), monotonic=time) as (alice, bob):
        alice.links.gate._room._measure = lambda _: disk
        backlog = await write_many(bob.desk, FLOOD)
        await Linked(bob, alice).up()
        live = await bob.desk.add("Live")
        alarm = bob.desk.begun(Draft([put("status", "help")]), kind=URGENT_KIND)
        await bob.desk.replica.accept(Lane.URGENT, [alarm], b"")
        await alice.until("the alarm is here", lambda: held_of(alice, [alarm]) == 1)
        own = await alice.desk.add("My own")
        await bob.until("mine goes out", lambda: bob.desk.replica.records.exists(own))
        assert held_of(alice, backlog) == 0
        assert not alice.desk.replica.records.exists(live)
        (sentence,) = alice.links.trouble()
        assert sentence.startswith("The disk is nearly full (1000 MB free).")
        disk.free = 10 * 10**9
        assert alice.links.trouble() == []
        time.now += DEFAULT_LIMITS.disk_seconds + 1
        await alice.desk.add("A moment that wakes the links")
        await alice.until_level(bob)
        disk.free = 10**6
        second = bob.desk.begun(Draft([put("status", "safe")]), kind=URGENT_KIND)
        await bob.desk.replica.accept(Lane.URGENT, [second], b"")
        await bob.until("it is dropped there", lambda: alice.links.gate.due_at(bob.device) is not None)
        await alice.desk.add("Also mine, at the last megabyte")
        assert held_of(alice, [second]) == 0
