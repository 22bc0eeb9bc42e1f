"""Who is told that something was wiped: those who had written in it, by whom it was, and for a fortnight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crdt.identifiers import MemberId
from meshnode.trust.wiped import SHOWN_MS, Wiped
from tests.support.people import maple_street, seeded_device, seeded_identity
from tests.support.replicas import Desk, open_desk

NAMES = {seeded_identity(name).member: name.title() for name in ("alice", "bob", "chidi")}
Desks = dict[str, Desk]


def name_of(member: MemberId) -> str:
    return NAMES[member]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    street = maple_street(3)
    street.certify(seeded_device("alice", "tablet"), "alice")
    opened = {name: open_desk(tmp_path, name, street) for name in ("alice", "bob", "chidi")}
    yield opened
    for desk in opened.values():
        desk.close()


async def pass_round(desks: Desks) -> None:
    for giver in desks.values():
        for taker in desks.values():
            await taker.hear_of(*[data for _, data in giver.store.statements()])
            await taker.take(*giver.changes())


async def test_those_who_wrote_in_it_are_told_by_whom(desks: Desks) -> None:
    record = await desks["alice"].add("Key box")
    await pass_round(desks)
    await desks["bob"].act("task.comment", record, text="4711")
    await pass_round(desks)
    await desks["alice"].replica.forget(record)
    await pass_round(desks)
    told = {name: Wiped(desk.replica).sentences(name_of) for name, desk in desks.items()}
    assert (told["alice"], told["chidi"]) == ([], [])
    (sentence,) = told["bob"]
    assert sentence.startswith("Alice had a task wiped in which you had written.")
    assert "Key box" not in sentence
    assert Wiped(desks["chidi"].replica).by(record) == desks["alice"].identity.device


async def test_it_is_told_for_a_fortnight_from_when_this_node_saw_it(desks: Desks) -> None:
    bob = desks["bob"]
    record = await desks["alice"].add("Key box")
    await pass_round(desks)
    await bob.act("task.comment", record, text="4711")
    await pass_round(desks)
    await desks["alice"].replica.forget(record)
    bob.now_ms += 2 * SHOWN_MS
    await pass_round(desks)
    assert len(Wiped(bob.replica).sentences(name_of)) == 1
    bob.now_ms += SHOWN_MS // 2
    bob.reopen()
    assert len(Wiped(bob.replica).sentences(name_of)) == 1
    bob.now_ms += SHOWN_MS
    assert Wiped(bob.replica).sentences(name_of) == []


async def test_what_ones_own_other_device_had_wiped_is_no_news(desks: Desks) -> None:
    alice = desks["alice"]
    record = await alice.add("Key box")
    await pass_round(desks)
    desks["bob"].replica.identity = seeded_device("alice", "tablet")
    await desks["bob"].replica.forget(record)
    await pass_round(desks)
    assert alice.tasks() == []
    assert Wiped(alice.replica).sentences(name_of) == []


async def test_what_was_not_wiped_is_nobodys_wish(desks: Desks) -> None:
    record = await desks["alice"].add("Key box")
    assert Wiped(desks["alice"].replica).by(record) is None
