"""One device's keys on two machines: told from a plain restart, said to everybody, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from meshnode.peers.limits import DEFAULT_LIMITS, PeerLimits
from meshnode.peers.twins import COPIED_KEYS
from meshnode.sync.messages import Notice
from tests.peers.pair import Linked, Side, played_by_hand, two_sides
from tests.support.chunks import Draft, put
from tests.support.people import Neighbourhood, maple_street, seeded_identity
from tests.support.replicas import Desk, first_change, open_desk


def is_troubled(side: Side) -> bool:
    return bool(side.links.trouble())


def has_all(side: Side) -> bool:
    return len(side.desk.tasks()) == 4


@contextlib.asynccontextmanager
async def copied_card(
    place: Path, street: Neighbourhood, limits: PeerLimits = DEFAULT_LIMITS
) -> AsyncIterator[tuple[Side, Side, Side]]:
    """Alice's node, Bob's, and a second one of Bob's that was copied with all its files."""
    async with two_sides(place, street, limits=limits) as (alice, bob):
        await bob.desk.add("Before the copy")
        bob.desk.close()
        shutil.copytree(bob.desk.directory, place / "copy")
        bob.desk.open()
        again = Side(bob.desk, boot="bob's first machine")
        copy = Side(Desk(place / "copy", seeded_identity("bob"), street, bob.desk.now_ms), boot="bob's second machine")
        try:
            yield alice, again, copy
        finally:
            for side in (again, copy):
                await side.links.stop()
            copy.desk.close()


async def test_a_copy_is_noticed_by_everybody_and_both_converge(tmp_path: Path) -> None:
    async with copied_card(tmp_path, maple_street(2)) as (alice, bob, copy):
        await Linked(bob, alice).settled()
        assert alice.links.trouble() == []
        await Linked(copy, alice).up()
        for side in (alice, bob, copy):
            await side.until("it is said", partial(is_troubled, side))
        (told,) = alice.links.trouble()
        assert told.startswith("The keys of Bob (Bob's pi) are in use on two machines at once.")
        for side in (bob, copy):
            (told,) = side.links.trouble()
            assert told.startswith(
                "This device's keys are in use on a second machine, as Alice (alice's laptop) sees it."
            )
        await bob.desk.add("From the first machine")
        await copy.desk.add("From the second machine")
        await alice.desk.add("From Alice")
        for side in (alice, bob, copy):
            await side.until("all is here", partial(has_all, side))
        await bob.until_level(alice)
        await copy.until_level(alice)
        assert bob.desk.tasks() == copy.desk.tasks() == alice.desk.tasks()
        assert [peer["linked"] for peer in alice.board.peers()] == [True], "one device, shown once"


async def test_when_one_of_two_goes_the_other_is_still_linked(tmp_path: Path) -> None:
    async with copied_card(tmp_path, maple_street(2)) as (alice, bob, copy):
        await Linked(bob, alice).settled()
        second = Linked(copy, alice)
        await alice.until("it is said", lambda: bool(alice.links.trouble()))
        await copy.links.stop()
        await second.reports()
        assert list(alice.links.by_device) == [bob.device]
        assert alice.unlinked == []
        await bob.desk.add("Still here")
        await alice.until_level(bob)


async def test_a_plain_restart_is_no_copy(tmp_path: Path) -> None:
    """Bob's machine lost its power: the old link is dead and does not know it yet."""
    async with copied_card(tmp_path, maple_street(2), PeerLimits(probe_seconds=0.05)) as (alice, bob, again):
        dead = Linked(bob, alice)
        await dead.settled()
        dead.wire.pause()
        await Linked(again, alice).settled()
        assert (await asyncio.wait_for(dead.ends[1], 10)).end.code == "double"
        assert alice.links.trouble() == again.links.trouble() == []
        await again.desk.add("After the restart")
        await alice.until_level(again)


async def test_an_end_before_the_new_link_leaves_no_question(tmp_path: Path) -> None:
    async with copied_card(tmp_path, maple_street(2)) as (alice, bob, again):
        first = Linked(bob, alice)
        await first.settled()
        first.wire.cut()
        await first.reports()
        await Linked(again, alice).settled()
        assert alice.links.trouble() == []


async def test_a_third_machine_takes_the_place_of_the_oldest(tmp_path: Path) -> None:
    """However many links one key opens, two of them stay."""
    async with copied_card(tmp_path, maple_street(2)) as (alice, bob, copy):
        first = Linked(bob, alice)
        await first.settled()
        await Linked(copy, alice).up()
        await alice.until("it is said", lambda: bool(alice.links.trouble()))
        street = alice.desk.street
        async with played_by_hand(alice, street, "bob") as (third, _):
            await third.enter()
            await first.reports()
            assert len(alice.links) == 2
            assert (await third.until(Notice)).code == COPIED_KEYS


async def test_what_a_peer_remarks_otherwise_is_ignored(tmp_path: Path) -> None:
    street = maple_street(2)
    alice = Side(open_desk(tmp_path, "alice", street))
    async with played_by_hand(alice, street, "bob") as (bob, report):
        await bob.enter()
        await bob.say(Notice("something new"))
        await bob.push(first_change(seeded_identity("bob"), street.network, Draft([put("title", "Soup")])))
        assert not report.done()
        assert len(alice.desk.tasks()) == 1
    assert alice.links.trouble() == []
    alice.desk.close()
