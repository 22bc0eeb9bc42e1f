"""Views are caches: stale as soon as a change is on disk, fresh again when asked for, equal to a rebuild always."""

from __future__ import annotations

from crdt.identifiers import RecordId
from crdt.record import OpenRecord, SignedChange
from meshnode.events import RecordsChanged
from meshnode.identity.envelope import parse_envelope
from meshnode.replica.records import OPEN_RECORDS
from tests.replica.conftest import Desks
from tests.support.chunks import Draft, put
from tests.support.people import maple_street
from tests.support.replicas import Desk, View, nobodys_record, record_of


def rebuilt(desk: Desk, record: RecordId) -> View:
    """The view computed from the signed changes alone, without any cache."""
    opened = OpenRecord(record, desk.street.network)
    opened.add(
        SignedChange(change.id, change.author, change.at_ms, change.received_ms, parse_envelope(change.envelope).raw)
        for change in desk.store.changes_of(record)
    )
    return opened.view(desk.replica.membership)


def is_stale(desk: Desk, record: RecordId) -> bool:
    cached = desk.store.view(record)
    return cached is None or cached.stale


async def test_stale_by_the_insert_and_fresh_by_asking(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await alice.add("Rake")
    assert alice.replica.records.view(record)["title"] == "Rake"
    assert not is_stale(alice, record)
    await bob.take(*alice.changes())
    assert is_stale(bob, record), "nobody has asked yet"
    await bob.act("task.edit", record, title="Rake the leaves")
    await alice.take(*bob.changes())
    assert is_stale(alice, record)
    assert alice.replica.records.view(record)["title"] == "Rake the leaves"
    assert not is_stale(alice, record)


async def test_stale_views_are_computed_in_the_background_a_few_at_a_time(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    records = [await alice.add(f"Task {number}") for number in range(7)]
    await bob.take(*alice.changes())
    assert [bob.replica.records.refresh_stale(3) for _ in range(4)] == [3, 3, 1, 0]
    assert not any(is_stale(bob, record) for record in records)
    assert bob.tasks() == alice.tasks()


async def test_a_view_is_what_a_rebuild_gives(desk: Desks) -> None:
    """Cached, refreshed, after another start, and with the record closed in between for want of room."""
    street = maple_street(3)
    alice, bob = desk("alice", street), desk("bob", street)
    records = []
    for number in range(OPEN_RECORDS + 20):
        records.append(await alice.add(f"Task {number}", details="Ask first."))
    await bob.take(*alice.changes())
    for record in records[::9]:
        await alice.act("task.claim", record)
        await bob.act("task.edit", record, place="Yard", details="Ask Ana first.")
        await alice.act("task.edit", record, place="Garden")
    await bob.take(*alice.changes())
    await alice.take(*bob.changes())
    for each in (alice, bob):
        assert each.tasks() == [rebuilt(each, record) for record in sorted(records)]
        before = each.tasks()
        each.reopen()
        assert each.tasks() == before
    assert alice.tasks() == bob.tasks()
    assert {tuple(view["conflicts"]) for view in bob.tasks()} == {(), ("place",)}


async def test_a_view_that_was_lost_is_computed_again(desk: Desks) -> None:
    alice = desk("alice", maple_street(1))
    record = await alice.add("Rake")
    view = alice.replica.records.view(record)
    alice.store.keep_view(record, "")
    assert alice.replica.records.view(record) == view
    assert not is_stale(alice, record)


async def test_a_kind_from_the_future_is_kept_and_passed_on(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    change = alice.begun(Draft([put("title", "?")]), kind=0x7E)
    record = record_of(change)
    await alice.take(change)
    await bob.take(*alice.changes())
    assert bob.digests() == alice.digests()
    assert bob.replica.records.view(record)["newer"] is True
    assert bob.tasks() == []


async def test_a_record_that_was_never_written(desk: Desks) -> None:
    alice = desk("alice", maple_street(1))
    assert not alice.replica.records.exists(nobodys_record("nothing"))
    alice.replica.records.view(nobodys_record("nothing"))
    assert not alice.replica.records.exists(nobodys_record("nothing")), "looking writes nothing"


async def test_what_somebody_had_claimed_is_on_the_board_again_when_they_leave(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await alice.add("Rake leaves")
    await bob.take(*alice.changes())
    await bob.act("task.claim", record)
    await alice.take(*bob.changes())
    assert alice.tasks()[0]["status"] == "claimed"
    alice.heard.clear()
    await alice.hear_of(street.leave("bob"))
    assert alice.tasks()[0]["status"] == "open"
    assert alice.tasks()[0]["claims"] == []
    assert alice.told(RecordsChanged), "screens hear of it"
