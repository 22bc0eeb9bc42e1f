"""What the network promises about membership, a sentence a test. Some are told at length elsewhere, and named there."""

from __future__ import annotations

import random
from pathlib import Path

from crdt.identifiers import Lane, NetworkId
from meshnode.identity.sealed_box import may_seal_to
from meshnode.membership.circle import devices_of
from meshnode.membership.statements import sign_forget
from meshnode.trust.access import Linking
from meshnode.trust.epochs import Epochs
from meshnode.trust.refounding import Refounding
from tests.support.people import Neighbourhood, maple_street, seeded, seeded_identity
from tests.support.replicas import open_desk
from tests.trust.cast import Home, person, remove, share

VOTERS = ("alice", "bob", "chidi")


async def at_once() -> None:
    """Wait for nothing."""


async def test_no_one_or_two_people_can_remove_anyone() -> None:
    """Not by petitions upon petitions, not by votes for oneself, not by votes of people who vouch for each other."""
    street = maple_street(6)
    for _ in range(4):
        remove(street, ("alice", "bob"), "emre")
    remove(street, ("alice",), "emre")
    assert street.membership().removed == frozenset()
    remove(street, ("alice", "bob", "emre"), "emre")
    assert street.membership().removed == frozenset(), "a target has no vote"
    newcomers = Neighbourhood(founders=("alice", "bob", "chidi", "dana"))
    for name in ("emre", "farah", "goran"):
        newcomers.join(name, by="alice")
    remove(newcomers, ("emre", "farah", "goran"), "dana")
    assert newcomers.membership().removed == frozenset(), "newcomers have no vote"


async def test_nobody_else_can_delete_what_you_wrote(tmp_path: Path) -> None:
    street = maple_street(3)
    alice, bob = Home(tmp_path, "alice", street), Home(tmp_path, "bob", street)
    record = await alice.desk.add("Mine")
    at_ms = alice.replica.records.view(record)["created"]["at_ms"]
    await bob.desk.take(*alice.desk.changes())
    maker = alice.replica.identity.device
    await bob.desk.hear_of(sign_forget(seeded_identity("bob"), street.network, record, maker, at_ms))
    assert bob.replica.membership.forgotten == frozenset()
    assert [task["title"] for task in bob.desk.tasks()] == ["Mine"]
    for home in (alice, bob):
        home.desk.close()


async def test_every_removal_shows_its_signers(tmp_path: Path) -> None:
    street = maple_street(6)
    remove(street, VOTERS, "emre", reason="The drill.")
    for name in ("dana", "emre"):
        home = Home(tmp_path, name, street)
        petition = (await home.members())["petitions"][0]
        assert (petition["by"], petition["yes"]) == ("Alice", ["Alice", "Bob", "Chidi"])
        assert "Alice, Bob and Chidi" in (await home.members())["notices"][0]
        assert home.notices.pointers()
        home.desk.close()


async def test_whoever_said_no_is_not_told_to_say_it(tmp_path: Path) -> None:
    street = maple_street(6)
    petition = remove(street, VOTERS, "emre")
    home = Home(tmp_path, "dana", street)
    assert "vote" in (await home.members())["notices"][0]
    await home.ask("vote", petition=petition.hex(), yes=False)
    notice = (await home.members())["notices"][0]
    assert "You said no" in notice
    assert "meshnode vote" not in notice
    home.desk.close()


async def test_anyone_may_leave_or_start_anew_with_a_full_copy(tmp_path: Path) -> None:
    """A removed member's board is whole, and they can ask people along."""
    street = maple_street(6)
    emre = Home(tmp_path, "emre", street)
    await emre.desk.add("Emre's own")
    told = len(street.statements)
    remove(street, VOTERS, "emre")
    await emre.desk.hear_of(*street.statements[told:])
    assert [task["title"] for task in emre.desk.tasks()] == ["Emre's own"]
    network, tokens = NetworkId(b"n" * 32), {person("dana"): "MESH1:D"}
    await Refounding(emre.replica, seeded("r")).ask_along(network, name="Elm", reason="", tokens=tokens)
    assert len(emre.replica.membership.refounds) == 1
    street.leave("dana")
    assert street.membership().members[person("dana")].left
    emre.desk.close()


async def test_equal_statements_equal_answer(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    street = maple_street(8)
    remove(street, VOTERS, "emre")
    remove(street, ("alice", "bob", "dana", "farah"), "chidi", "goran")
    answers = []
    for name in ("alice", "bob"):
        desk = open_desk(tmp_path, name, street, statements=())
        for statement in source.sample(street.statements, len(street.statements)):
            await desk.replica.accept(Lane.STATEMENTS, (statement,), b"")
        answers.append((desk.replica.membership, desk.digests()))
        desk.close()
    assert answers[0] == answers[1]


async def test_what_is_sealed_or_keyed_afterwards_excludes_who_was_removed(tmp_path: Path) -> None:
    street = maple_street(6)
    remove(street, VOTERS, "emre")
    alice = Home(tmp_path, "alice", street)
    assert devices_of(alice.replica.membership, [person("emre")]) == []
    await Epochs(alice.replica, alice.access, alice.keyring, random=seeded("k"), wait=at_once).write()
    epoch = alice.replica.membership.epochs[0]
    emre = seeded_identity("emre")
    assert may_seal_to(emre.device_keys.seal.public)
    assert epoch.box_for(emre.device) is None
    alice.desk.close()


async def test_thirty_three_removals_at_once_ask_first_and_then_act_together(tmp_path: Path) -> None:
    crowd = [f"neighbour {number}" for number in range(70)]
    street = Neighbourhood(founders=crowd[:1])
    for name in crowd[1:]:
        street.join(name, by=crowd[0])
    gone, voters = crowd[1:34], [crowd[0], *crowd[34:]]
    remove(street, voters, *gone)
    home = Home(tmp_path, crowd[40], street)
    assert home.replica.membership.removed == {person(name) for name in gone}
    assert home.access.waiting == home.replica.membership.removed
    assert all(home.access.of(seeded_identity(name).device) is Linking.OPEN for name in gone)
    answer = await home.members()
    assert len(answer["brake"]["waiting"]) == 33
    assert "asks first" in answer["notices"][0]
    assert "asks you first" in home.notices.pointers()[0]
    await home.ask("follow")
    assert home.access.waiting == frozenset()
    assert all(home.access.of(seeded_identity(name).device) is Linking.REMOVED for name in gone)
    await home.ask("follow", follow=False, members=[person(gone[0]).hex()])
    assert home.access.of(seeded_identity(gone[0]).device) is Linking.OPEN
    home.desk.close()


async def test_the_share_of_a_removed_person_is_found_by_everybody(tmp_path: Path) -> None:
    """Restoring needs no node's leave: the same statements give everybody the same answer again."""
    street = maple_street(6)
    homes = [Home(tmp_path, name, street) for name in ("alice", "bob", "chidi", "dana", "emre")]
    alice, bob, chidi, dana, emre = homes
    asked = await alice.ask("petition", members=["Emre"], reason="")
    await share(*homes)
    for home in (bob, chidi):
        await home.ask("vote", petition=asked["id"], yes=True)
    await share(*homes)
    assert all(home.replica.membership.removed for home in homes)
    await dana.ask("vote", petition=asked["id"], yes=False)
    await chidi.ask("vote", petition=asked["id"], yes=False)
    await share(*homes)
    assert not any(home.replica.membership.removed for home in homes)
    assert (await emre.member("Emre"))["standing"] == "established"
    for home in homes:
        home.desk.close()
