"""New records, through the one door: each has an id of its own, and nobody else's first change has power in it."""

from __future__ import annotations

import asyncio

import pytest

from crdt.boards.tasks import TASK
from crdt.chunk import read_chunk
from crdt.edits import Put
from crdt.errors import NotPossibleNow
from crdt.identifiers import made_record_id
from meshnode.identity.envelope import parse_envelope, seal_change
from tests.replica.conftest import Desks
from tests.support.chunks import Draft, put
from tests.support.people import maple_street, seeded_identity
from tests.support.replicas import NOON_MS, record_of


async def test_the_id_says_who_made_it_and_when(desk: Desks) -> None:
    alice = desk("alice", maple_street(1))
    record = await alice.add("Rake")
    (change,) = alice.changes()
    at_ms = parse_envelope(change).at_ms
    assert record == made_record_id(alice.street.network, 0x20, alice.identity.device, at_ms) == record_of(change)


async def test_a_clock_that_stands_still_or_goes_back_gives_every_record_its_own_id(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    alice.replica.clock = lambda: NOON_MS
    made = await asyncio.gather(*(alice.replica.make(TASK, [Put("title", f"Task {n}")]) for n in range(20)))
    alice.reopen()
    alice.replica.clock = lambda: NOON_MS - 3
    made += [await alice.replica.make(TASK, [Put("title", f"Task {n}")]) for n in range(20, 25)]
    assert len({record for record, _ in made}) == 25
    await bob.take(*alice.changes())
    assert sorted(task["title"] for task in bob.tasks()) == sorted(f"Task {n}" for n in range(25))
    assert all(task["changes"] == 1 for task in bob.tasks())


async def test_a_second_first_change_is_in_every_set_and_in_no_view(desk: Desks) -> None:
    street = maple_street(3)
    alice, bob, chidi = (desk(name, street) for name in ("alice", "bob", "chidi"))
    record = await alice.add("Rake", place="Yard")
    crafted = bob.signed(
        record, Draft([put("title", "Mine"), put("status", "aside")]), parse_envelope(alice.changes()[0]).at_ms
    )
    assert (await alice.take(crafted)).refused == ()
    assert (await bob.take(crafted, *alice.changes())).refused == ()
    await chidi.take(*bob.changes())
    assert alice.digests() == bob.digests() == chidi.digests()
    for each in (alice, bob, chidi):
        assert [(task["title"], task["status"], task["conflicts"]) for task in each.tasks()] == [("Rake", "open", [])]
        await each.act("task.edit", record, place=f"Yard of {each.identity.device.hex()[:4]}")
    assert len(read_chunk(parse_envelope(chidi.changes()[-1]).raw).deps) == 1


async def test_a_first_change_cannot_be_moved_or_re_dated(desk: Desks) -> None:
    """Not under its own signature, and not signed again by its author: then it begins nothing."""
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await alice.add("Rake")
    (honest,) = alice.changes()
    redated = honest[:112] + (NOON_MS + 9).to_bytes(8, "big") + honest[120:]
    elsewhere = honest[:96] + bytes([0x20]) + bytes(15) + honest[112:]
    assert [refusal.code for refusal in (await bob.take(redated, elsewhere)).refused] == ["actor", "actor"]
    again = seal_change(alice.identity, street.network, record, NOON_MS + 9, Draft([put("title", "Later")]).raw())
    assert (await bob.take(again)).refused == ()
    assert bob.tasks() == [], "a record of which nothing is shown is on no board"
    await bob.take(honest)
    assert [task["title"] for task in bob.tasks()] == ["Rake"]


async def test_what_has_not_arrived_whole_is_not_begun_a_second_time(desk: Desks) -> None:
    """An edit here would build on nothing, and never be shown."""
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await alice.add("Rake")
    await alice.act("task.edit", record, place="Yard")
    first, second = sorted(alice.changes(), key=lambda change: parse_envelope(change).at_ms)
    await bob.take(second)
    with pytest.raises(NotPossibleNow, match="not arrived here whole"):
        await bob.replica.edit(record, [Put("title", "Mine")])
    await bob.take(first)
    await bob.replica.edit(record, [Put("title", "Rake leaves")])
    assert bob.tasks()[0]["title"] == "Rake leaves"


async def test_a_long_new_record_is_one_record(desk: Desks) -> None:
    """Its parts after the first build on the first, whatever the clock says."""
    alice = desk("alice", maple_street(1))
    record = await alice.add("Minutes", details="word " * 2_000)
    opened = alice.replica.records.open(record)
    assert opened.merged == opened.change_count > 1
    assert opened.set_aside == 0
    assert seeded_identity("alice").device == alice.identity.device
