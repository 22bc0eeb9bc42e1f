"""All links of a node: one a device, room for so many, and the truth about those that are away."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from crdt.identifiers import DeviceId
from meshnode.identity.words import device_words
from meshnode.peers.double_dial import DOUBLE_DIAL_SECONDS, Opened, second_stays
from meshnode.peers.link_end import LinkEnd
from meshnode.peers.schedule import ACCEPT
from tests.peers.pair import Linked, Side, ordinary, played_by_hand, two_sides
from tests.support.people import Neighbourhood, maple_street, seeded_hub, seeded_identity
from tests.support.replicas import Desk, open_desk


def test_which_of_two_links_stays_is_the_same_on_both_sides() -> None:
    low, high = DeviceId(b"\x01" * 32), DeviceId(b"\x02" * 32)
    for first, second in ((low, high), (high, low)):
        stays = second_stays(Opened(first, 10.0), Opened(second, 10.2))
        # The other side may have seen them in the other order: the link that `low` opened stays on both.
        other = second_stays(Opened(second, 10.0), Opened(first, 10.2))
        assert (second if stays else first) == (first if other else second) == low
    assert second_stays(Opened(low, 10.0), Opened(low, 10.1)), "who dials again has lost the first"
    late = 10.1 + DOUBLE_DIAL_SECONDS
    assert second_stays(Opened(low, 10.0), Opened(high, late)), "a later one replaces a dead one"


async def test_two_that_dial_each_other_at_once_keep_one_link(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        links = [Linked(a, b), Linked(b, a)]
        loser = links[0] if b.device < a.device else links[1]
        ends = [report.end.code for report in await loser.reports()]
        assert set(ends) == {"double"}, ends
        winner = links[1 - links.index(loser)]
        await winner.settled()
        assert len(a.links.by_device) == len(b.links.by_device) == 1
        assert (a.unlinked, b.unlinked) == ([], []), "nobody was away for a moment"
        await a.desk.add("Over the one that stayed")
        await b.until_level(a)
        assert (a.peer(b)["linked"], b.peer(a)["linked"]) == (True, True)
        assert not any(end.done() for end in winner.ends)


async def test_who_started_anew_takes_the_place_of_the_dead_link(tmp_path: Path) -> None:
    """Bob's plug was pulled; Alice's old link does not know it yet when he dials again."""
    street = maple_street(2)
    async with two_sides(tmp_path, street) as (a, b):
        dead = Linked(b, a)
        await dead.settled()
        dead.wire.pause()
        reborn = Side(b.desk, boot="another start")
        again = Linked(reborn, a)
        await again.settled()
        assert (await dead.ends[1]).end == LinkEnd("double", True)
        assert a.links.by_device[b.device].boot_nonce != b.links._boot_nonce
        assert a.unlinked == []
        await a.desk.add("To the living")
        await reborn.until_level(a)
        dead.wire.cut()
        await reborn.links.stop()


async def test_a_full_house_takes_nobody_more_but_goes_out_itself(tmp_path: Path) -> None:
    names = tuple(f"guest{n}" for n in range(ACCEPT + 1))
    street = crowd(*names)
    async with two_sides(tmp_path, street, ("alice",)) as (a,), contextlib.AsyncExitStack() as stack:
        for name in names[:ACCEPT]:
            peer, _ = await stack.enter_async_context(played_by_hand(a, street, name))
            await peer.enter()
        assert len(a.links.by_device) == ACCEPT
        refused, report = await stack.enter_async_context(played_by_hand(a, street, names[-1]))
        await refused.greet()
        await refused.until_closed()
        assert not (await report).granted
        assert len(a.links.by_device) == ACCEPT
        desk = open_desk(tmp_path, names[-1], street)
        other = Side(desk)
        await Linked(a, other).up()
        await other.links.stop()
        desk.close()


def crowd(*names: str) -> Neighbourhood:
    street = maple_street(1)
    for name in names:
        street.join(name)
    return street


async def test_links_over_an_address_that_is_gone_are_closed_at_once(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        object.__setattr__(link.wire.left.remote, "local_ip", "10.0.0.7")
        a.links.network_changed({"10.0.0.7", "127.0.0.1"})
        await a.desk.add("Still linked")
        await b.until_level(a)
        a.links.network_changed({"192.168.1.4"})
        left, right = await link.reports()
        assert left.end == LinkEnd("address-gone", True)
        assert right.end == LinkEnd("address-gone", True)


async def test_a_node_that_stops_waits_for_nobody(tmp_path: Path) -> None:
    """A peer that reads nothing more cannot hold up the end."""
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        link.wire.pause()
        began = asyncio.get_running_loop().time()
        await a.links.stop()
        assert asyncio.get_running_loop().time() - began < 2.0
        assert a.links.by_device == {}
        link.wire.cut()


async def test_three_in_a_row_pass_things_on(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(3), ("alice", "bob", "chidi")) as (a, b, c):
        await Linked(a, b).settled()
        await Linked(c, b).settled()
        for side in (a, b, c):
            await side.desk.add(f"From {side.desk.directory.name}")
        for side in (a, b, c):
            await side.until("all three are here", lambda side=side: ordinary(side) == 3)  # type: ignore[misc]
        assert a.desk.digests() == b.desk.digests() == c.desk.digests()


# -- what is told of those who are away --------------------------------------------------------------------------------


async def test_of_an_unlinked_peer_only_what_it_acknowledged_is_said(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        never = a.peer(b)
        assert (never["linked"], never["they_lack"], never["i_lack"], never["address"], never["since_ms"]) == (
            False,
            None,
            None,
            None,
            None,
        )
        await a.desk.add("One")
        assert a.mine() == {"changes": 1, "held_by_all": False, "on_nodes": 0}
        link = Linked(a, b)
        await link.settled()
        assert a.mine() == {"changes": 1, "held_by_all": True, "on_nodes": 1}
        assert a.peer(b)["address"] == "wire:bob"
        assert a.peer(b)["since_ms"] is not None
        link.wire.cut()
        await link.reports()
        await a.desk.add("Two")
        await a.desk.add("Three")
        assert a.peer(b)["they_lack"] == 2
        assert a.mine() == {"changes": 3, "held_by_all": False, "on_nodes": 0}
        a.desk.reopen()
        again = Side(a.desk)
        assert again.peer(b)["they_lack"] == 2, "known after another start, too"
        assert again.peer(b)["last_heard_ms"] is None, "when a person's device was last heard is nobody's business"


async def test_news_from_a_peer_is_no_receipt_for_ours(tmp_path: Path) -> None:
    """Bob speaks, and does not say that he has what Alice wrote meanwhile: once he is away, he is not said to."""
    async with two_sides(tmp_path, maple_street(2)) as (a, b):
        link = Linked(a, b)
        await link.settled()
        link.wire.to_right.pause()
        await a.desk.add("One")
        await a.desk.add("Two")
        await b.desk.add("From Bob")
        await a.until("Bob's is here", lambda: ordinary(a) == 3)
        link.wire.cut()
        await link.reports()
        assert a.peer(b)["they_lack"] >= 2
        assert a.mine() == {"changes": 2, "held_by_all": False, "on_nodes": 0}


async def test_what_others_wrote_does_not_count_as_mine(tmp_path: Path) -> None:
    async with two_sides(tmp_path, maple_street(3), ("alice", "bob", "chidi")) as (a, b, c):
        link = Linked(a, b)
        await link.settled()
        await a.desk.add("Mine")
        await a.until("Bob has it", lambda: a.mine()["on_nodes"] == 1)
        assert a.mine()["held_by_all"] is False, "Chidi does not have it"
        await c.desk.add("Chidi's")
        await a.desk.take(*c.desk.changes())
        assert a.mine()["changes"] == 1
        link.wire.cut()
        await link.reports()
        assert a.mine()["on_nodes"] == 1, "it was acknowledged: what came later is not mine"


async def test_hubs_are_shown_with_when_they_were_last_heard(tmp_path: Path) -> None:
    street = maple_street(1)
    hub = street.hub("elm", "alice")
    directory = tmp_path / "hub"
    desk = open_desk(tmp_path, "alice", street)
    base = open_desk(tmp_path, "hub", street)
    base.close()
    a, h = Side(desk), Side(Desk(directory, seeded_hub("elm"), street, desk.now_ms))
    assert h.device == hub.device
    link = Linked(a, h)
    await link.settled()
    shown = a.peer(h)
    assert (shown["kind"], shown["name"], shown["member"], shown["linked"]) == ("hub", "elm", None, True)
    await a.links.stop()
    await link.reports()
    assert a.peer(h)["last_heard_ms"] is not None
    for side in (a, h):
        side.desk.close()


async def test_people_and_devices_by_their_ids(tmp_path: Path) -> None:
    street = maple_street(3)
    street.leave("chidi")
    async with two_sides(tmp_path, street, ("alice",)) as (a,):
        members, devices = a.board.people()
        told = {each["name"]: (each["mine"], each["left"]) for each in members.values()}
        assert told == {"Alice": (True, False), "Bob": (False, False), "Chidi": (False, True)}
        assert members[seeded_identity("alice").person.hex()]["established"] is True
        assert {device["member"] for device in devices.values()} == set(members)
        assert all(devices[device]["words"] == device_words(DeviceId(bytes.fromhex(device))) for device in devices)
        assert len(a.board.peers()) == 1, "who left has no device to wait for"
