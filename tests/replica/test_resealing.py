"""When a circle's devices change, the author's device seals anew: only when needed, bounded, and for nobody else."""

from __future__ import annotations

import asyncio

import pytest

from crdt.errors import BadValue, NotPossibleNow
from meshnode.api.sealed_requests import SealedRequests
from meshnode.identity.keys import DeviceKeys, Identity
from meshnode.identity.sealing import Opened, Unopened
from meshnode.membership.authoring import sign_device
from meshnode.membership.trust_authoring import sign_device_drop
from meshnode.membership.trust_kinds import Why
from meshnode.replica.resealing import MS_PER_DAY, TEXTS_A_ROUND, TIMES_A_DAY, Resealing
from meshnode.trust.access import Access
from tests.replica.conftest import Desks
from tests.replica.sealing import SECRET, answers, hexes, hint, judging_street, note, said, second_device, share
from tests.support.people import maple_street, member_keys, seeded, seeded_identity


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


async def test_a_reader_who_changes_devices_all_day_makes_little_work(desk: Desks) -> None:
    street = maple_street(2)
    alice = desk("alice", street)
    record, other = await note(alice, "bob"), await note(alice)
    resealing = Resealing(alice.replica)
    for number in range(TIMES_A_DAY + 3):
        second_device(street, "bob", f"phone {number}")
        await alice.hear_of(street.statements[-1])
        assert await resealing.round() == (number < TIMES_A_DAY)
    second_device(street, "alice", "tablet")
    await alice.hear_of(street.statements[-1])
    assert await resealing.round() == 1, "other texts do not wait"
    assert len(said(alice, other)["devices"]) == 2
    alice.now_ms += MS_PER_DAY
    assert await resealing.round() == 1
    assert len(said(alice, record)["devices"]) == 2 + TIMES_A_DAY + 3 + 1


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
