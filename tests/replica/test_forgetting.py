"""Whoever made something has it wiped: here, on every node that hears of it, and for those who come later."""

from __future__ import annotations

import pytest

from crdt.actions import ACTIONS
from crdt.boards.settings import settings_record_id
from crdt.boards.tasks import TASK
from crdt.errors import NotPossibleNow
from crdt.identifiers import ItemId, Lane, RecordId
from meshnode.errors import NotPossible, UnknownRecord
from meshnode.events import ItemsWithdrawn, RecordsChanged
from meshnode.membership.statements import sign_forget
from meshnode.replica.local_sets import ReplicaSets
from meshnode.store.store import Batch, NewStatement
from tests.replica.conftest import Desks
from tests.support.chunks import Draft, put
from tests.support.people import maple_street, seeded_device, seeded_hub, seeded_identity
from tests.support.removals import founders_street, remove
from tests.support.replicas import NOON_MS, Desk, ids

SECRET = "the code of the key box is 4711"


def on_disk(desk: Desk) -> list[str]:
    """The files in which the secret can be found."""
    files = [path for path in desk.directory.rglob("*") if path.is_file()]
    return [path.name for path in files if SECRET.encode() in path.read_bytes()]


async def pass_everything(giver: Desk, taker: Desk) -> None:
    await taker.hear_of(*[data for _, data in giver.store.statements()])
    await taker.take(*giver.changes())


async def test_wiped_everywhere_also_on_a_node_that_was_away_and_never_fetched_again(desk: Desks) -> None:
    street = maple_street(4)
    alice, bob, chidi = desk("alice", street), desk("bob", street), desk("chidi", street)
    record = await alice.add("Key box", details=SECRET)
    await alice.add("Stays")
    await pass_everything(alice, bob)
    await bob.act("task.comment", record, text=f"noted: {SECRET}")
    await pass_everything(bob, alice)
    await pass_everything(bob, chidi)
    for each in (alice, bob, chidi):
        each.replica.records.view(record)
        each.store.set_meta("flush", "now").result(30)
        assert on_disk(each)
    gone = ids(alice.item_keys())[:1] + [ItemId(change.id) for change in alice.store.changes_of(record)]
    old = alice.changes()
    alice.heard.clear()
    await alice.replica.forget(record)
    assert alice.told(ItemsWithdrawn)
    assert any(record in event.records for event in alice.told(RecordsChanged))  # type: ignore[union-attr]
    await pass_everything(alice, bob)
    for each in (alice, bob):
        assert [task["title"] for task in each.tasks()] == ["Stays"]
        assert on_disk(each) == []
        assert ReplicaSets(each.replica).missing(Lane.ORDINARY, gone) == []
    assert alice.digests() == bob.digests()
    # Chidi was away, and gives what he has before he hears of it.
    accepted = await bob.take(*chidi.changes())
    assert (accepted.new, accepted.refused, accepted.strikes) == ((), (), 0)
    assert len(accepted.done) == 3
    assert on_disk(bob) == []
    await pass_everything(bob, chidi)
    assert on_disk(chidi) == []
    assert chidi.digests() == bob.digests()
    # Whoever comes later has never held it, and takes it from nobody.
    late = desk("dana", street)
    await pass_everything(bob, late)
    accepted = await late.take(*old)
    assert (len(accepted.done), accepted.strikes) == (len(old), 0)
    assert late.digests() == bob.digests()
    assert ReplicaSets(late.replica).missing(Lane.ORDINARY, gone) == []
    assert on_disk(late) == []


async def test_only_who_made_it_on_any_device_of_theirs(desk: Desks) -> None:
    street = maple_street(3)
    tablet = seeded_device("alice", "tablet")
    street.certify(tablet, "alice")
    alice, bob = desk("alice", street), desk("bob", street)
    record = await alice.add("Alice's")
    other = await bob.add("Bob's")
    await pass_everything(alice, bob)
    await pass_everything(bob, alice)
    with pytest.raises(NotPossible, match="somebody else made this"):
        await bob.replica.forget(record)
    with pytest.raises(UnknownRecord):
        await bob.replica.forget(RecordId(bytes([TASK.code]) + bytes(15)))
    # A statement that says so all the same has no effect.
    bobs = seeded_identity("bob")
    made = alice.store.changes_of(record)[0]
    await alice.hear_of(sign_forget(bobs, street.network, record, bobs.device, made.at_ms))
    await alice.hear_of(sign_forget(bobs, street.network, record, made.author, made.at_ms))
    assert len(alice.tasks()) == 2
    bob.replica.identity = tablet
    await bob.replica.forget(record)
    await alice.hear_of(*[data for _, data in bob.store.statements()])
    assert [task["id"] for task in alice.tasks()] == [other.hex()]
    assert alice.digests()[1:] == bob.digests()[1:]


async def test_what_a_hub_made_its_stewards_have_wiped(desk: Desks) -> None:
    street = maple_street(3)
    hub = street.hub("oak hub", "alice")
    board, alice, bob = desk("chidi", street, place="hub"), desk("alice", street), desk("bob", street)
    board.replica.identity = board.identity = hub
    assert hub == seeded_hub("oak hub")
    edits = ACTIONS["task.add"].plan({}, {"title": "From the hub"}, alice.actor)
    record, _ = await board.replica.make(TASK, edits)
    for each in (alice, bob):
        await pass_everything(board, each)
    with pytest.raises(NotPossible):
        await bob.replica.forget(record)
    await alice.replica.forget(record)
    assert record not in alice.store.records()


async def test_what_everybody_has_together_is_not_wiped(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    settings = settings_record_id(street.network)
    await alice.act("settings.edit", settings, name="Maple Street")
    with pytest.raises(NotPossible, match="belongs to everybody"):
        await alice.replica.forget(settings)


async def test_nothing_is_written_in_what_was_wiped(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    record = await alice.add("Gone")
    edits = ACTIONS["task.comment"].plan(alice.replica.records.view(record), {"text": "late"}, alice.actor)
    await alice.replica.forget(record)
    with pytest.raises(NotPossibleNow, match="wiped"):
        await alice.replica.edit(record, edits)
    assert alice.replica.records.view(record)["changes"] == 0
    assert alice.item_keys() == []


async def test_an_end_before_the_wiping_is_made_good_at_the_start(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    record = await alice.add("Key box", details=SECRET)
    made = alice.store.changes_of(record)[0]
    statement = sign_forget(alice.identity, street.network, record, made.author, made.at_ms)
    alice.store.submit(Batch(statements=[NewStatement(street.id(statement), statement)])).result(30)
    alice.reopen()
    assert on_disk(alice)
    await alice.replica.judge_again()
    assert on_disk(alice) == []
    assert alice.item_keys() == []


async def test_a_change_checked_before_and_written_after_the_word_came(desk: Desks) -> None:
    """It was judged while the record was there; the word and the wiping came while it was on its way to the disk."""
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await alice.add("Key box", details=SECRET)
    await pass_everything(alice, bob)
    late = alice.signed(record, Draft([put("title", "late")]), at_ms=NOON_MS)
    verdicts = await bob.replica._judge([late])
    await alice.replica.forget(record)
    await bob.hear_of(*[data for _, data in alice.store.statements()])
    await bob.replica._append(verdicts, b"")
    assert bob.item_keys() == []
    assert bob.store.held(Lane.ORDINARY, [ItemId(verdicts.admitted[0][0].id)]), "its id is kept"
    assert bob.store.items(Lane.ORDINARY, [ItemId(verdicts.admitted[0][0].id)]) == []


async def test_parked_and_withheld_changes_go_too(desk: Desks) -> None:
    street = founders_street()
    known = list(street.statements)
    alice, emre = desk("alice", street, known), desk("emre", street, known)
    record = await alice.add("Key box")
    await pass_everything(alice, emre)
    await emre.act("task.comment", record, text=SECRET)
    await pass_everything(emre, alice)
    await alice.hear_of(*remove(street, "emre").statements)
    await emre.act("task.comment", record, text=f"{SECRET}!")
    await alice.take(*emre.changes())
    assert alice.parked() == 1
    assert len(alice.store.withheld_of(record)) == 1
    assert on_disk(alice)
    await alice.replica.forget(record)
    assert (alice.parked(), alice.store.withheld_of(record), on_disk(alice)) == (0, [], [])
