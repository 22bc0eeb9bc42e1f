"""Sealed notes on real replicas: the circle reads, hubs and others carry, and no disk holds a readable word."""

from __future__ import annotations

import json

import pytest

from crdt.boards.notes import NOTE, TEXT_KEY
from crdt.edits import Put, Seal
from crdt.errors import NotPossibleNow
from crdt.identifiers import Lane
from meshnode.api.board_requests import BoardRequests
from meshnode.api.sealed_requests import SealedRequests
from meshnode.errors import NotPossible, UnknownRecord
from meshnode.identity.sealing import Opened, Unopened
from meshnode.replica.resealing import Resealing
from tests.replica.conftest import Desks
from tests.replica.sealing import SECRET, answers, bytes_under, hexes, hint, note, said, second_device, share
from tests.support.people import maple_street, seeded_identity


async def test_the_circle_reads_it_others_carry_it(desk: Desks) -> None:
    street = maple_street(3)
    alice, bob, chidi = desk("alice", street), desk("bob", street), desk("chidi", street)
    record = await note(alice, "bob")
    await share(alice, bob, chidi)
    assert answers(alice, record) == answers(bob, record) == [Opened(SECRET)]
    assert answers(chidi, record) == [Unopened.NOT_FOR_THIS_DEVICE]
    assert said(chidi, record) == said(alice, record)
    assert said(chidi, record)["for"] == hexes("alice", "bob")


async def test_no_byte_of_it_lies_on_any_disk(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await note(alice, "bob")
    await alice.act("note.edit", record, text=SECRET + " " + SECRET, title="Pills")
    await share(alice, bob)
    assert answers(bob, record) == [Opened(SECRET + " " + SECRET)]
    for each in (alice, bob):
        history = each.replica.records.open(record).history(each.replica.records)
        assert SECRET not in repr(history) + json.dumps(each.replica.records.view(record)) + repr(each.heard)
        live = bytes_under(each.directory)
        each.close()
        at_rest = bytes_under(each.directory)
        each.open()
        for held in (live, at_rest):
            assert SECRET.encode() not in held
            assert b"tablets" not in held
            assert b"Pills" in held  # the search itself finds what does lie there


async def test_a_hub_neither_seals_nor_opens(desk: Desks) -> None:
    street = maple_street(2)
    hub_identity = street.hub("elm", "alice")
    alice = desk("alice", street)
    hub = desk("elm", street, identity=hub_identity)
    record = await note(alice, "bob")
    await share(alice, hub)
    assert hint(hub_identity) not in said(hub, record)["devices"]
    with pytest.raises(NotPossibleNow, match="shared hub"):
        hub.replica.sealer.open(record, TEXT_KEY)
    with pytest.raises(NotPossibleNow, match="shared hub"):
        await hub.replica.edit(record, [Seal(TEXT_KEY, "x", (seeded_identity("bob").person,))])
    assert await Resealing(hub.replica).round() == 0
    door = BoardRequests(hub.replica)
    for action, given in (("note.add", {"title": "t", "text": SECRET, "to": "Bob"}), ("note.edit", {"title": "t"})):
        at_screen = {"action": action, "record": record.hex(), "arguments": given, "as": {"name": "Alice"}}
        with pytest.raises(NotPossible, match="not done at a hub"):
            await door.answer("act", at_screen)
    with pytest.raises(NotPossible, match="shared hub"):
        await SealedRequests(hub.replica).answer("open_sealed", {"record": record.hex()})


async def test_a_box_copied_to_another_record_or_by_another_author_does_not_open(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record, other = await note(alice, "bob"), await note(alice, "bob", text="Nothing much")
    await share(alice, bob)
    ((_, stored),) = alice.replica.records.open(record).standing(TEXT_KEY, alice.replica.records)
    assert isinstance(stored, str)
    await alice.replica.edit(other, [Put(TEXT_KEY, stored)])
    assert answers(alice, other) == [Unopened.MOVED]
    mine, _ = await bob.replica.make(NOTE, [Put("v", 1), Put("title", "Mine"), Put(TEXT_KEY, stored)])
    assert answers(bob, mine) == [Unopened.MOVED]


async def test_who_is_added_or_left_out_follows_the_author(desk: Desks) -> None:
    street = maple_street(3)
    alice, bob, chidi = desk("alice", street), desk("bob", street), desk("chidi", street)
    record = await note(alice, "bob")
    await alice.act("note.share", record, **{"with": hexes("chidi"), "without": hexes("bob")})
    await share(alice, bob, chidi)
    assert answers(chidi, record) == [Opened(SECRET)]
    assert answers(bob, record) == [Unopened.NOT_FOR_THIS_DEVICE]
    assert hint(bob.identity) not in said(alice, record)["devices"]


async def test_a_forgotten_note_is_gone_with_its_text(desk: Desks) -> None:
    """That is how a sealed text is deleted: it lives in a record of its own."""
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await note(alice, "bob")
    await share(alice, bob)
    ((_, stored),) = bob.replica.records.open(record).standing(TEXT_KEY, bob.replica.records)
    assert str(stored).encode() in bytes_under(bob.directory)
    second_device(street, "bob")
    await alice.replica.forget(record)
    await share(alice, bob)
    for each in (alice, bob):
        await each.hear_of(*street.statements)
        assert each.digests()[Lane.ORDINARY] == alice.digests()[Lane.ORDINARY]
        with pytest.raises(UnknownRecord):
            await SealedRequests(each.replica).answer("open_sealed", {"record": record.hex()})
        assert await Resealing(each.replica).round() == 0
        each.close()
        assert str(stored).encode() not in bytes_under(each.directory)
        each.open()
