"""Starting anew elsewhere: who is asked along can read the way in, and nobody else; also when one was removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crdt.identifiers import NetworkId, made_record_id
from meshnode.errors import BadInput, NotPossible
from meshnode.membership.statements import sign_forget
from meshnode.trust.refounding import LONGEST_TOKEN, Refounding
from meshnode.trust.wiped import WIPED_NOTE
from tests.support.people import maple_street, seeded, seeded_identity
from tests.trust.cast import Home, person, remove, share

ELSEWHERE = NetworkId(b"n" * 32)


def refounding(home: Home) -> Refounding:
    return Refounding(home.replica, seeded("refounding"))


async def test_only_who_is_asked_along_can_read_the_way_in(tmp_path: Path) -> None:
    alice, bob, chidi = (
        Home(tmp_path, name, street) for street in [maple_street(4)] for name in ("alice", "bob", "chidi")
    )
    tokens = {person("bob"): "MESH1:BOB@192.168.1.7:7000", person("dana"): "MESH1:DANA"}
    asked = await refounding(alice).ask_along(ELSEWHERE, name="Elm Street", reason="In peace.", tokens=tokens)
    await share(alice, bob, chidi)
    assert [offer.id for offer in refounding(bob).offers()] == [asked]
    assert refounding(bob).token(asked) == "MESH1:BOB@192.168.1.7:7000"
    assert refounding(chidi).offers() == []
    with pytest.raises(NotPossible):
        refounding(chidi).token(asked)
    statement = alice.replica.store.statement(asked) or b""
    assert b"MESH1" not in statement
    told = (await bob.members())["notices"]
    assert len(told) == 1
    assert told[0].startswith("Alice starts anew as Elm Street and asks you along. The reason: In peace.")
    assert "meshnode refound --accept" in told[0]
    assert (await chidi.members())["notices"] == []
    for home in (alice, bob, chidi):
        home.desk.close()


async def test_who_asks_along_again_and_again_fills_nobodys_screen(tmp_path: Path) -> None:
    street = maple_street(3)
    alice, bob = Home(tmp_path, "alice", street), Home(tmp_path, "bob", street)
    for number in range(8):
        tokens = {person("bob"): "MESH1:BOB"}
        await refounding(alice).ask_along(ELSEWHERE, name=f"Elm {number}", reason="", tokens=tokens)
    await share(alice, bob)
    assert len(refounding(bob).offers()) == 8
    assert len((await bob.members())["notices"]) == 2
    for home in (alice, bob):
        home.desk.close()


async def test_nobody_is_told_of_wiped_things_that_never_were(tmp_path: Path) -> None:
    """Nor does anybody look at each of them to tell what there is to tell."""
    street = maple_street(3)
    bob = seeded_identity("bob")
    for at in range(50):
        record = made_record_id(street.network, 0x20, bob.device, at)
        street.add(sign_forget(bob, street.network, record, bob.device, at))
    alice = Home(tmp_path, "alice", street)
    assert len(alice.replica.membership.forgotten) == 50
    assert (await alice.members())["notices"] == []
    assert json.loads(alice.replica.store.meta(WIPED_NOTE) or "{}") == {}
    alice.desk.close()


async def test_somebody_who_was_removed_may_ask_and_be_asked(tmp_path: Path) -> None:
    street = maple_street(6)
    remove(street, ("alice", "bob", "chidi"), "emre")
    emre, dana = Home(tmp_path, "emre", street), Home(tmp_path, "dana", street)
    asked = await refounding(emre).ask_along(ELSEWHERE, name="Elm", reason="", tokens={person("dana"): "MESH1:D"})
    await share(emre, dana)
    assert refounding(dana).token(asked) == "MESH1:D"
    back = await refounding(dana).ask_along(ELSEWHERE, name="Elm", reason="", tokens={person("emre"): "MESH1:E"})
    await share(emre, dana)
    assert refounding(emre).token(back) == "MESH1:E"
    assert len(list(emre.replica.store.records(None))) == 0
    for home in (emre, dana):
        home.desk.close()


async def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    alice = Home(tmp_path, "alice", maple_street(3))
    for tokens, reason in (
        ({}, ""),
        ({person("alice"): "MESH1:ME"}, ""),
        ({person("bob"): "x" * (LONGEST_TOKEN + 1)}, ""),
        ({person("bob"): "MESH1:B"}, "y" * 501),
    ):
        with pytest.raises(BadInput) as refused:
            await refounding(alice).ask_along(ELSEWHERE, name="Elm", reason=reason, tokens=tokens)
        assert refused.value.what_next
    assert alice.replica.membership.refounds == ()
    alice.desk.close()
