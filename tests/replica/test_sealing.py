"""Sealed notes on real replicas: the circle reads, hubs and others carry, and a changed circle is sealed to anew."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from crdt.actions import ACTIONS
from crdt.boards.notes import NOTE, TEXT_KEY
from crdt.edits import Put, Seal
from crdt.errors import BadValue, NotPossibleNow
from crdt.identifiers import Lane, RecordId
from meshnode.api.board_requests import BoardRequests
from meshnode.api.sealed_requests import SealedRequests
from meshnode.errors import NotPossible, UnknownRecord
from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.identity.sealing import Opened, Unopened
from meshnode.membership.authoring import sign_device
from meshnode.membership.trust_authoring import sign_device_drop
from meshnode.membership.trust_kinds import Why
from meshnode.replica.resealing import TEXTS_A_ROUND, Resealing
from meshnode.trust.access import Access
from tests.replica.conftest import Desks
from tests.support.people import NAMES, Neighbourhood, maple_street, member_keys, seeded, seeded_device, seeded_identity
from tests.support.replicas import Desk
from tests.support.trust import TrustingStreet

SECRET = "Two tablets at noon, the blue box"


async def note(desk: Desk, *people: str, text: str = SECRET, **more: Any) -> RecordId:
    to = [seeded_identity(name).person.hex() for name in people]
    plan = ACTIONS["note.add"].plan({}, {"title": "Medicine", "text": text, "to": to, **more}, desk.actor)
    record, _ = await desk.replica.make(NOTE, plan)
    return record


def answers(desk: Desk, record: RecordId) -> list[Opened | Unopened]:
    return [each.answer for each in desk.replica.sealer.open(record, TEXT_KEY)]


def said(desk: Desk, record: RecordId) -> dict[str, Any]:
    found: dict[str, Any] = desk.replica.records.view(record)["sealed"]["text"]
    return found


def hint(identity: Identity) -> str:
    return identity.device[:4].hex()


def hexes(*names: str) -> list[str]:
    return [seeded_identity(name).person.hex() for name in names]


async def share(*desks: Desk) -> None:
    """Everybody hears everything."""
    for desk in desks:
        for other in desks:
            await desk.hear_of(*[item for _, item in other.store.statements()])
            await desk.take(*other.changes())


def judging_street() -> TrustingStreet:
    """Six people, all established, who can vote."""
    street = TrustingStreet()
    for name in NAMES[1:6]:
        street.join(name)
    return street


def second_device(street: Neighbourhood, name: str, device: str = "phone") -> Identity:
    identity = seeded_device(name, device)
    street.certify(identity, name)
    return identity


def bytes_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


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


async def test_a_new_device_of_a_reader_gets_the_text(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    record = await note(alice, "bob")
    phone_identity = second_device(street, "bob")
    phone = desk("phone", street, identity=phone_identity)
    await share(alice, phone)
    assert answers(phone, record) == [Unopened.NOT_FOR_THIS_DEVICE]
    resealing = Resealing(alice.replica)
    assert await resealing.round() == 1
    assert await resealing.round() == 0, "only when needed"
    await share(alice, phone)
    assert answers(phone, record) == [Opened(SECRET)]
    assert said(alice, record)["for"] == hexes("alice", "bob")
    history = alice.replica.records.open(record).history(alice.replica.records)
    assert [entry.what for entry in history] == ["seal", "add"]


async def test_the_authors_new_device_reads_it_too_and_the_reader_never_seals(desk: Desks) -> None:
    street = maple_street(2)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await note(alice, "bob")
    laptop = desk("laptop", street, identity=second_device(street, "alice", "laptop"))
    await share(alice, bob, laptop)
    assert await Resealing(laptop.replica).round() == 0, "what cannot be opened cannot be sealed"
    assert await Resealing(bob.replica).round() == 0, "it is not Bob's"
    assert await Resealing(alice.replica).round() == 1
    await share(alice, laptop)
    assert answers(laptop, record) == [Opened(SECRET)]
    await laptop.act("note.edit", record, text="Three")
    await share(alice, laptop)
    assert answers(alice, record) == [Opened("Three")]


async def test_who_left_is_not_sealed_to_any_more(desk: Desks) -> None:
    street = maple_street(3)
    alice, bob = desk("alice", street), desk("bob", street)
    record = await note(alice, "bob", "chidi")
    await share(alice, bob)
    assert hint(bob.identity) in said(alice, record)["devices"]
    street.leave("bob")
    await alice.hear_of(street.statements[-1])
    assert await Resealing(alice.replica).round() == 1
    assert said(alice, record)["devices"] == sorted([hint(alice.identity), hint(seeded_identity("chidi"))])
    await bob.take(*alice.changes())
    assert answers(bob, record) == [Unopened.NOT_FOR_THIS_DEVICE]


async def test_who_was_removed_is_not_sealed_to_any_more_and_once_restored_again(desk: Desks) -> None:
    street = judging_street()
    alice, emre = desk("alice", street), seeded_identity("emre")
    record = await note(alice, "emre", "bob")
    assert hint(emre) in said(alice, record)["devices"]
    petition = street.remove("emre", ("alice", "bob", "chidi"))
    await alice.hear_of(*street.statements)
    assert alice.replica.membership.removed == {emre.person}
    resealing = Resealing(alice.replica)
    assert await resealing.round() == 1
    assert said(alice, record)["devices"] == sorted([hint(alice.identity), hint(seeded_identity("bob"))])
    assert emre.person.hex() in said(alice, record)["for"], "the circle stays its author's choice"
    street.vote(petition, no=("alice", "bob", "chidi"), number=2)
    await alice.hear_of(*street.statements)
    assert alice.replica.membership.removed == frozenset()
    assert await resealing.round() == 1
    assert hint(emre) in said(alice, record)["devices"]


async def test_a_removal_that_this_node_does_not_follow_yet_leaves_the_circle_as_it_is(desk: Desks) -> None:
    street = judging_street()
    alice, emre = desk("alice", street), seeded_identity("emre")
    record = await note(alice, "emre")
    street.remove("emre", ("alice", "bob", "chidi"))
    await alice.hear_of(*street.statements)
    access = Access(alice.replica)
    alice.replica.sealer.receives = access.receives
    access.decide([emre.person], follow=False)
    resealing = Resealing(alice.replica)
    assert await resealing.round() == 0
    access.decide([emre.person], follow=True)
    assert await resealing.round() == 1
    assert hint(emre) not in said(alice, record)["devices"]


async def test_a_stolen_device_is_not_sealed_to_any_more(desk: Desks) -> None:
    street = maple_street(2)
    stolen, bob = second_device(street, "bob"), seeded_identity("bob")
    alice = desk("alice", street)
    record = await note(alice, "bob")
    assert hint(stolen) in said(alice, record)["devices"]
    drop = sign_device_drop(member_keys(bob), street.network, stolen.device, Why.STOLEN, [])
    await alice.hear_of(drop)
    assert await Resealing(alice.replica).round() == 1
    assert said(alice, record)["devices"] == sorted([hint(alice.identity), hint(bob)])


async def test_it_happens_by_itself_after_a_while(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    record = await note(alice, "bob")
    moments = 0
    may_go = asyncio.Event()

    async def wait() -> None:
        nonlocal moments
        moments += 1
        await may_go.wait()

    resealing = Resealing(alice.replica, wait)
    resealing.start()
    before = said(alice, record)
    phone = second_device(street, "bob")
    await alice.hear_of(street.statements[-1])
    for _ in range(5):
        await asyncio.sleep(0)
    assert (said(alice, record), moments) == (before, 1)
    may_go.set()
    assert resealing._task is not None
    async with asyncio.timeout(10):
        await resealing._task
    assert hint(phone) in said(alice, record)["devices"]
    assert moments <= 4
    await resealing.stop()


async def test_a_round_is_bounded(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    for number in range(TEXTS_A_ROUND + 3):
        await note(alice, "bob", text=f"Number {number}")
    second_device(street, "bob")
    await alice.hear_of(street.statements[-1])
    resealing = Resealing(alice.replica)
    assert [await resealing.round() for _ in range(3)] == [TEXTS_A_ROUND, 3, 0]


async def test_a_device_with_a_worthless_key_is_left_out(desk: Desks) -> None:
    """Everybody could open what is sealed to a key of small order."""
    street = maple_street(2)
    bob = seeded_identity("bob")
    keys = DeviceKeys.generate(seeded("worthless"))
    object.__setattr__(keys.seal, "public", bytes(32))
    street.add(sign_device(Identity(keys, bob.member, bob.member_keys), street.network, "Bob", "odd"))
    alice = desk("alice", street)
    record = await note(alice, "bob")
    assert said(alice, record)["devices"] == sorted([hint(alice.identity), hint(bob)])
    assert await Resealing(alice.replica).round() == 0


async def test_what_does_not_fit_is_refused_and_not_tried_for_ever(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    record = await note(alice, "bob", text="x" * 4000)
    for number in range(100):
        second_device(street, "bob", f"phone {number}")
    await alice.hear_of(*street.statements)
    resealing = Resealing(alice.replica)
    assert [await resealing.round() for _ in range(2)] == [0, 0]
    with pytest.raises(BadValue, match="does not fit"):
        await alice.act("note.edit", record, text="x" * 4000)
    await alice.act("note.edit", record, text="short")
    assert len(said(alice, record)["devices"]) == 102


async def test_one_text_sealed_anew_by_two_devices_at_once_is_one_text(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    laptop = desk("laptop", street, identity=second_device(street, "alice", "laptop"))
    await alice.hear_of(*street.statements)
    record = await note(alice, "bob")
    await share(alice, laptop)
    phone = second_device(street, "bob")
    for each in (alice, laptop):
        await each.hear_of(*street.statements)
        assert await Resealing(each.replica).round() == 1
    await share(alice, laptop)
    assert answers(alice, record) == [Opened(SECRET)] * 2
    opened = await SealedRequests(alice.replica).answer("open_sealed", {"record": record.hex()})
    assert [value["text"] for value in opened["values"]] == [SECRET]
    assert hint(phone) in said(alice, record)["devices"]
    for each in (alice, laptop):
        assert await Resealing(each.replica).round() == 0


async def test_two_texts_of_one_author_are_never_made_one_unseen(desk: Desks) -> None:
    street = maple_street(2)
    laptop_identity = second_device(street, "alice", "laptop")
    alice, laptop = desk("alice", street), desk("laptop", street, identity=laptop_identity)
    record = await note(alice, "bob")
    await share(alice, laptop)
    await alice.act("note.edit", record, text="One")
    await laptop.act("note.edit", record, text="Two")
    await share(alice, laptop)
    assert sorted(each.text for each in answers(alice, record) if isinstance(each, Opened)) == ["One", "Two"]
    second_device(street, "bob")
    await alice.hear_of(street.statements[-1])
    assert await Resealing(alice.replica).round() == 0
    with pytest.raises(NotPossibleNow, match="wrote this text apart"):
        await alice.act("note.share", record, without=hexes("bob"))
    await alice.act("note.edit", record, text="Both")
    assert answers(alice, record) == [Opened("Both")]


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
