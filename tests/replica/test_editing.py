"""Writing here: large texts travel in parts that everybody admits, and one device never disagrees with itself."""

from __future__ import annotations

import asyncio

import pytest

from crdt.boards.profiles import profile_record_id
from crdt.boards.settings import settings_record_id
from crdt.edits import LONGEST_STRING_BYTES, MOST_ROWS_AN_EDIT, Put, Splice
from crdt.errors import BadValue, NotPossibleNow
from meshnode.errors import StorageError
from meshnode.identity.envelope import LARGEST_ENVELOPE, check_change
from tests.replica.conftest import Desks
from tests.support.people import maple_street
from tests.support.replicas import Desk, prose


def read_by(desk: Desk, record: bytes) -> dict[str, object]:
    return next(view for view in desk.tasks() if view["id"] == record.hex())


async def test_a_large_text_travels_in_parts_that_everybody_admits(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    text = prose(20_000)
    record = await alice.add("Minutes", details="")
    before = len(alice.item_keys())
    last = await alice.replica.edit(record, [Splice("details", 0, 0, text)])
    parts = len(alice.item_keys()) - before
    assert parts >= len(text) // MOST_ROWS_AN_EDIT
    assert alice.store.change(last) is not None
    for envelope in alice.changes():
        assert len(envelope) <= LARGEST_ENVELOPE
        check_change(street.network, envelope)
    accepted = await bob.take(*alice.changes())
    assert (accepted.refused, bob.parked()) == ((), 0)
    assert read_by(bob, record)["details"] == text
    assert bob.tasks() == alice.tasks()
    await bob.replica.edit(record, [Splice("details", 500, 18_000, prose(9_000, 2))])
    await alice.take(*bob.changes())
    assert alice.tasks() == bob.tasks()
    assert read_by(alice, record)["details"] == text[:500] + prose(9_000, 2) + text[18_500:]


async def test_many_keys_at_once_travel_in_parts_too(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await alice.add("Long list")
    before = len(alice.item_keys())
    value = "x" * (LONGEST_STRING_BYTES - 1)
    await alice.replica.edit(record, [Put(f"later/{number}", value) for number in range(9)])
    assert len(alice.item_keys()) - before > 1
    accepted = await bob.take(*alice.changes())
    assert accepted.refused == ()
    assert bob.replica.records.open(record).merged == len(alice.item_keys())


@pytest.mark.parametrize("made", [True, False])
async def test_two_edits_at_once_never_disagree(desk: Desks, made: bool) -> None:
    """Two screens of one person press keys in the same moment: one change builds on the other."""
    alice = desk("alice", maple_street(1))
    record, key = settings_record_id(alice.street.network), "name"
    if made:
        record, key = await alice.add("Busy"), "place"
    await asyncio.gather(*(alice.replica.edit(record, [Put(key, f"place {n}")]) for n in range(20)))
    assert len(alice.item_keys()) == 20 + made
    assert alice.replica.records.open(record).conflicts(alice.replica.records) == []
    opened = alice.replica.records.open(record)
    assert opened.merged == opened.change_count == len(alice.item_keys())


async def test_a_screen_that_goes_away_while_it_writes_leaves_no_conflict(desk: Desks) -> None:
    """Its edit is with the writer already; the next one, from another screen, must build on it all the same."""
    alice = desk("alice", maple_street(1))
    record = await alice.add("Busy")
    for round_number in range(10):
        going = asyncio.ensure_future(alice.replica.edit(record, [Put("place", f"first {round_number}")]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        going.cancel()
        await alice.replica.edit(record, [Put("place", f"second {round_number}")])
        assert alice.replica.records.open(record).conflicts(alice.replica.records) == []
    assert len(alice.item_keys()) == 1 + 20, "what was with the writer is written"
    assert alice.replica.records.view(record)["place"] == "second 9"


async def test_a_large_text_is_written_whole_by_a_screen_that_goes_away(desk: Desks) -> None:
    """Half a paste is worse than none: once its first part is with the writer, the rest follows."""
    alice = desk("alice", maple_street(1))
    record = await alice.add("Minutes", details="")
    text = prose(12_000)
    going = asyncio.ensure_future(alice.replica.edit(record, [Splice("details", 0, 0, text)]))
    await asyncio.sleep(0)
    going.cancel()
    await alice.replica.edit(record, [Put("place", "Garden")])
    assert alice.replica.records.view(record)["details"] == text


async def test_records_do_not_wait_for_each_other(desk: Desks) -> None:
    alice = desk("alice", maple_street(1))
    records = [await alice.add(f"Task {number}") for number in range(8)]
    done = await asyncio.gather(*(alice.act("task.edit", record, place="Yard") for record in records))
    assert len(set(done)) == 8


async def test_what_cannot_be_written_leaves_everything_as_it_was(desk: Desks) -> None:
    alice = desk("alice", maple_street(1))
    record = await alice.add("Rake")
    before = (alice.item_keys(), alice.tasks(), len(alice.heard))
    for edits, why in (
        ([], NotPossibleNow),
        ([Put("title", "x" * (LONGEST_STRING_BYTES + 1))], BadValue),
        ([Splice("details", 5, 1, "x")], NotPossibleNow),
        ([Splice("nothing", 0, 0, "x")], NotPossibleNow),
    ):
        with pytest.raises(why):
            await alice.replica.edit(record, edits)
        assert (alice.item_keys(), alice.tasks(), len(alice.heard)) == before
    await alice.act("task.edit", record, place="Still editable")


async def test_a_disk_that_fails_between_two_parts(desk: Desks) -> None:
    """Then the person hears of it; the parts that were acknowledged are there, and the record can be read."""
    alice = desk("alice", maple_street(1))
    record = await alice.add("Minutes", details="")
    text = prose(20_000)

    def pull_the_plug(_: object) -> None:
        alice.store._writer.close()

    alice.events.subscribe(pull_the_plug)
    with pytest.raises(StorageError):
        await alice.replica.edit(record, [Splice("details", 0, 0, text)])
    alice.reopen()
    details = alice.replica.records.view(record)["details"]
    assert details
    assert text.startswith(details)
    await alice.replica.edit(record, [Splice("details", len(details), 0, text[len(details) :])])
    assert alice.replica.records.view(record)["details"] == text


async def test_those_who_left_keep_their_node_and_can_write_for_themselves(desk: Desks) -> None:
    street = maple_street(2)
    street.leave("bob")
    bob = desk("bob", street)
    record = await bob.add("After I left")
    assert bob.replica.records.view(record)["title"] == "After I left"


async def test_names_come_from_settings_and_profiles(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    assert alice.replica.network_name() == street.name
    assert alice.replica.profile_names() == {}
    await alice.act("settings.edit", settings_record_id(street.network), name="Maple & Elm")
    await bob.act("profile.edit", profile_record_id(street.network, bob.identity.person), name="Bobby")
    await alice.take(*bob.changes())
    assert alice.replica.network_name() == "Maple & Elm"
    assert alice.replica.profile_names() == {bob.identity.person: "Bobby"}
