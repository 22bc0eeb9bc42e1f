"""Links over a wire in memory, with real replicas at both ends: what they carry, and how they end."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from crdt.identifiers import Lane
from meshnode.errors import PeerError, RemoteProtocolError
from meshnode.events import PeersChanged
from meshnode.peers.link import STRIKES
from meshnode.peers.link_end import LinkEnd
from meshnode.peers.links import Links
from meshnode.sync.codec import encode
from meshnode.sync.limits import HELLO_SECONDS
from meshnode.sync.messages import Bye, Hello, Push
from meshnode.trust.access import Access
from meshnode.trust.keyring import Keyring
from tests.peers.pair import Linked, Side, ordinary, played_by_hand, two_sides
from tests.support.chunks import Draft, put
from tests.support.people import Neighbourhood, maple_street, seeded, seeded_identity
from tests.support.replicas import nobodys_record, open_desk
from tests.support.trust import TrustingStreet
from tests.support.wire import Wire, remote_end


async def test_what_is_written_on_either_side_arrives(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        await a.desk.add("From before")
        link = Linked(a, b)
        await link.settled()
        await a.desk.add("From Alice")
        await b.desk.add("From Bob")
        await b.until_level(a)
        await a.until_level(b)
        assert ordinary(a) == 3
        assert a.desk.tasks() == b.desk.tasks()
        assert (a.linked, b.linked) == ([(b.device, True)], [(a.device, False)])


async def test_they_lack_and_i_lack_tell_the_truth_all_along(tmp_path: Path) -> None:
    """A scripted exchange: nothing is called held before the other side has said that it is on its disk."""
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        assert (a.peer(b)["they_lack"], a.peer(b)["i_lack"]) == (0, 0)
        link.wire.pause()
        await a.desk.add("One")
        await a.desk.add("Two")
        assert a.peer(b)["they_lack"] == 2, "written, not even sent"
        assert a.mine() == {"changes": 2, "held_by_all": False, "on_nodes": 0}
        await a.until("both are on the wire", lambda: len(link.wire.to_right.in_flight) >= 1)
        link.wire.to_right.resume()
        await b.until("both arrived", lambda: ordinary(b) == 2)
        assert b.peer(a)["they_lack"] == 0, "they came from there"
        assert a.peer(b)["they_lack"] == 2, "on Bob's disk, but nobody has told Alice"
        assert a.mine()["on_nodes"] == 0
        link.wire.to_left.resume()
        await a.until("Alice has been told", lambda: a.peer(b)["they_lack"] == 0)
        assert a.mine() == {"changes": 2, "held_by_all": True, "on_nodes": 1}


async def test_i_lack_is_what_the_peer_has_shown(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        for number in range(30):
            await a.desk.add(f"Task {number}")
        link = Linked(a, b)
        lacks: list[int] = []
        b.desk.events.subscribe(lambda _: lacks.extend(each.i_lack for each in b.links.by_device.values()))
        await link.settled()
        assert max(lacks) > 0
        assert b.peer(a)["i_lack"] == 0
        assert ordinary(b) == 30


async def test_a_goodbye_is_a_goodbye(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        before = b.heard(PeersChanged)
        await a.links.stop()
        left, right = await link.reports()
        assert (left.end, right.end) == (LinkEnd("stopping", True), LinkEnd("stopping", True))
        assert (left.device, right.device, left.granted, right.granted) == (b.device, a.device, True, True)
        assert a.links.by_device == b.links.by_device == {}
        assert (a.unlinked, b.unlinked) == ([b.device], [a.device])
        assert b.heard(PeersChanged) > before, "screens are told"


async def test_a_cut_is_a_cut_and_what_arrived_before_it_counts(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        await a.desk.add("Before")
        await b.until_level(a)
        link.wire.to_right.pause()
        await a.desk.add("Lost on the way")
        await a.until("it is on the wire", lambda: bool(link.wire.to_right.in_flight))
        link.wire.cut()
        left, right = await link.reports()
        assert (left.end, right.end) == (LinkEnd("cut-off", False), LinkEnd("cut-off", False))
        assert ordinary(b) == 1
        assert a.peer(b)["they_lack"] == 1, "also without a link"
        again = Linked(a, b)
        await again.settled()
        assert b.desk.digests() == a.desk.digests()


async def test_half_a_message_at_the_cut_is_nothing(tmp_path: Path) -> None:
    """A batch that did not arrive whole is not committed; the next meeting brings it."""
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        link.wire.to_right.pause()
        record = nobodys_record("big")
        items = [a.desk.signed(record, Draft([put(f"k{n}", "x" * 15_000)])) for n in range(7)]
        await a.desk.take(*items, source=b"")
        await a.until("some of it is on the wire", lambda: len(link.wire.to_right.in_flight) >= 2)
        link.wire.to_right.step(1)
        link.wire.cut()
        await link.reports()
        held = ordinary(b)
        assert held < 7
        again = Linked(a, b)
        await again.settled()
        assert ordinary(b) == 7


async def test_a_liar_is_let_go_after_its_strikes(tmp_path: Path) -> None:
    street = maple_street(2)
    async with two_sides(tmp_path, street) as (a, b), played_by_hand(a, street, "bob") as (bob, report):
        await bob.enter()
        bad = [b.desk.begun(Draft([put("t", str(n))], start_op=0)) for n in range(STRIKES + 1)]
        await bob.push(*bad[:STRIKES], b.desk.begun(Draft([put("title", "Honest")])))
        assert ordinary(a) == 1, "what is honest counts all the same"
        with pytest.raises(PeerError):
            await bob.push(bad[STRIKES])
        assert bob.heard[-1] == Bye(RemoteProtocolError.code), "and is told why"
        assert (await report).end == LinkEnd(RemoteProtocolError.code, False)
        assert a.links.by_device == {}


async def test_who_becomes_a_past_member_is_let_go(tmp_path: Path) -> None:
    """Whether they say it themselves or word of it comes from elsewhere; and then the door stays closed."""
    street = maple_street(2)
    async with two_sides(tmp_path, street) as (a, b):
        link = Linked(a, b)
        await link.settled()
        await a.desk.hear_of(street.leave("bob"))
        left, _ = await link.reports()
        assert left.end == LinkEnd("not-a-member", True)
        assert a.links.by_device == {}
        await a.desk.add("After he left")
        for dialler, answerer in ((a, b), (b, a)):
            for report in await Linked(dialler, answerer).reports():
                assert (report.granted, report.end.code) == (report.device == a.device, "not-a-member")
        assert ordinary(b) == 0, "nothing was given"
        assert b.device.hex() not in [peer["device"] for peer in a.board.peers()]


async def test_newcomers_introduce_themselves(tmp_path: Path) -> None:
    """Bob has joined at somebody else's: Alice has never heard of him, his own statements tell her."""
    street, few = maple_street(2), maple_street(1)
    a, b = Side(open_desk(tmp_path, "alice", street, few.statements)), Side(open_desk(tmp_path, "bob", street))
    link = Linked(a, b)
    await link.settled()
    assert a.desk.digests() == b.desk.digests()
    assert a.peer(b)["name"] == "Bob"
    for side in (a, b):
        await side.links.stop()
        side.desk.close()


async def test_who_stays_unknown_is_let_go_in_time(tmp_path: Path) -> None:
    """The links' clock is told that ten seconds passed; nobody was linked and nothing given."""
    street, few = maple_street(2), maple_street(1)
    now = [1_000.0]
    a = Side(open_desk(tmp_path, "alice", few), lambda: now[0])
    await a.desk.add("Private")
    certificate = next(each for each in street.statements if street.id(each) == certificate_of(street, "bob"))
    async with played_by_hand(a, few, "bob", certificate) as (bob, report):
        await bob.greet()
        await bob.until(Hello)
        now[0] += HELLO_SECONDS - 0.1
        await a.desk.add("A moment that wakes the link")
        assert not report.done()
        now[0] += 0.2
        await a.desk.add("Another")
        assert (await report).end == LinkEnd("unknown-device", True)
        await bob.until_closed()
        assert bob.heard[-1] == Bye("unknown-device")
        assert bob.items_heard() == []
    a.desk.close()


def certificate_of(street: Neighbourhood, name: str) -> bytes:
    return street.membership().devices[seeded_identity(name).device].certificate


@pytest.mark.parametrize("code", ["stopping", "no-room"])
async def test_the_reason_of_the_other_side_is_the_reason_here(tmp_path: Path, code: str) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        for frame in encode(Bye(code)):
            await link.wire.right.send(frame)
        left, _ = await link.reports()
        assert left.end == LinkEnd(code, True)


async def test_a_disk_that_fails_ends_the_link_and_is_said_truly(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        b.desk.store._writer.close()
        await a.desk.add("Not taken")
        left, right = await link.reports()
        assert right.end == LinkEnd("storage", False)
        assert left.end == LinkEnd("storage", True)
        assert a.peer(b)["they_lack"] == 1


async def test_nobody_links_with_oneself(tmp_path: Path) -> None:
    street = maple_street(1)
    desk = open_desk(tmp_path, "alice", street)
    ends = remote_end("alice", desk.identity.noise_public)
    wire = Wire(ends, ends)
    access = Access(desk.replica)
    keyring = Keyring(desk.replica, access)
    sides = [Links(desk.replica, access, keyring, seeded(str(n))(16), time.monotonic) for n in range(2)]
    async with asyncio.timeout(10):
        reports = await asyncio.gather(
            sides[0].carry(wire.left, dialled=True), sides[1].carry(wire.right, dialled=False)
        )
    assert [report.granted for report in reports] == [False, False]
    assert {report.device for report in reports} == {desk.identity.device}
    desk.close()


async def test_made_up_friends_of_removed_people_cannot_bring_their_votes_along(tmp_path: Path) -> None:
    """Dana and emre were removed. Their invented friends would outvote everybody, if anybody heard of it from them."""
    street = TrustingStreet(founders=("alice", "bob", "chidi"))
    for name in ("dana", "emre"):
        street.vouch("bob", name)
        street.join(name)
    petition = street.petition("alice", ["dana", "emre"])
    street.vouch("alice", "farah")
    street.join("farah", by="bob")
    street.vote(petition, yes=["alice", "bob", "chidi", "farah"])
    async with two_sides(tmp_path, street, ("alice",)) as (alice,):
        known = len(street.statements)
        invented = [f"friend {number}" for number in range(6)]
        for name in invented:
            street.vouch("emre", name)
            street.join(name, by="dana", witness="emre")
        against = street.petition("dana", ["alice"])
        street.vote(against, yes=["dana", "emre", *invented])
        assert seeded_identity("alice").person in street.membership().removed, "with all statements they would"
        for batch in (street.statements[known:], street.statements[known : known + 30]):
            async with played_by_hand(alice, street, invented[0]) as (friend, report):
                await friend.greet()
                await friend.until(Hello)
                await friend.say(Push(Lane.STATEMENTS, False, tuple(batch)))
                await friend.until_closed()
                assert not (await report).granted
        membership = alice.desk.replica.membership
        assert membership.removed == {seeded_identity(name).person for name in ("dana", "emre")}
        assert membership.members[seeded_identity("alice").person].current
