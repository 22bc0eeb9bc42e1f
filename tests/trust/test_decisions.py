"""What a person decides about people: through the requests of the local API, on real replicas."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meshnode.errors import BadInput, MeshnodeError, NotPossible
from tests.support.people import Neighbourhood, maple_street, seeded_hub
from tests.support.replicas import open_desk
from tests.trust.cast import Home, person, share


@contextlib.asynccontextmanager
async def homes(place: Path, street: Neighbourhood, *names: str) -> AsyncIterator[list[Home]]:
    opened = [Home(place, name, street) for name in names]
    try:
        yield opened
    finally:
        for home in opened:
            home.desk.close()


async def refusal(home: Home, do: str, **arguments: object) -> MeshnodeError:
    with pytest.raises((BadInput, NotPossible)) as caught:
        await home.ask(do, **arguments)
    assert caught.value.what_next
    return caught.value


async def test_a_removal_takes_three_yes_and_shows_who_signed(tmp_path: Path) -> None:
    async with homes(tmp_path, maple_street(5), "alice", "bob", "chidi", "dana", "emre") as (
        alice,
        bob,
        chidi,
        _,
        emre,
    ):
        asked = await alice.ask("petition", members=["Emre"], reason="He sold the drill.")
        assert (asked["yes"], asked["needed"], asked["missing"], asked["state"]) == (["Alice"], 3, 2, "open")
        assert (asked["by"], asked["targets"], asked["my_vote"]) == ("Alice", ["Emre"], "yes")
        for home in (bob, chidi):
            await share(alice, bob, chidi, emre)
            assert (await alice.member("Emre"))["standing"] == "established"
            assert (await home.members())["petitions"][0]["reason"] == "He sold the drill."
            voted = await home.ask("vote", petition=asked["short"], yes=True)
            assert voted["my_vote"] == "yes"
        await share(alice, bob, chidi, emre)
        for home in (alice, emre):
            petition = (await home.members())["petitions"][0]
            assert (petition["yes"], petition["state"]) == (["Alice", "Bob", "Chidi"], "effective")
            assert (await home.member("Emre"))["standing"] == "removed"
        notice = (await alice.members())["notices"][0]
        assert notice.startswith("Alice, Bob and Chidi have parted with Emre")
        assert "He sold the drill" in notice
        assert f"meshnode vote {asked['short']} no" in notice
        told = (await emre.members())["notices"][0]
        assert "Alice, Bob and Chidi" in told
        assert "meshnode export" in told
        assert "meshnode refound" in told


async def test_no_one_or_two_people_can_remove_anyone(tmp_path: Path) -> None:
    async with homes(tmp_path, maple_street(5), "alice", "bob") as (alice, bob):
        asked = await alice.ask("petition", members=["emre"], reason="")
        await share(alice, bob)
        await bob.ask("vote", petition=asked["id"], yes=True)
        await share(alice, bob)
        assert (await alice.members())["petitions"][0]["missing"] == 1
        assert (await alice.member("Emre"))["standing"] == "established"


async def test_a_vote_is_changed_and_more_no_restore(tmp_path: Path) -> None:
    names = ("alice", "bob", "chidi", "dana", "emre")
    async with homes(tmp_path, maple_street(5), *names) as everybody:
        alice, bob, chidi, dana, _ = everybody
        asked = await alice.ask("petition", members=["Emre"], reason="")
        await share(*everybody)
        for home in (bob, chidi):
            await home.ask("vote", petition=asked["id"], yes=True)
        await share(*everybody)
        assert (await dana.member("Emre"))["removed"]
        assert (await bob.ask("vote", petition=asked["id"], yes=False))["no"] == ["Bob"]
        await share(*everybody)
        assert (await dana.member("Emre"))["standing"] == "established"
        assert (await bob.ask("vote", petition=asked["id"], yes=True))["my_vote"] == "yes"
        await share(*everybody)
        assert (await dana.member("Emre"))["removed"]
        for home in (dana, bob, chidi):
            await home.ask("vote", petition=asked["id"], yes=False)
        await share(*everybody)
        assert all([(await home.member("Emre"))["standing"] == "established" for home in everybody])
        assert (await alice.members())["notices"] == []


async def test_a_roster_keeps_whom_the_target_had_brought_in(tmp_path: Path) -> None:
    street = maple_street(4)
    street.join("farah", by="dana")
    async with homes(tmp_path, street, "alice", "bob", "chidi") as everybody:
        asked = await everybody[0].ask("petition", members=["Dana"], reason="")
        await share(*everybody)
        for home in everybody[1:]:
            await home.ask("vote", petition=asked["id"], yes=True)
        await share(*everybody)
        assert (await everybody[0].member("Dana"))["removed"]
        assert (await everybody[0].member("Farah"))["standing"] in {"newcomer", "established"}


async def test_somebodys_removal_makes_no_newcomer_established(tmp_path: Path) -> None:
    street = Neighbourhood(founders=("alice", "bob", "chidi", "emre"))
    street.join("dana", by="alice")
    street.join("farah", by="emre")
    async with homes(tmp_path, street, "alice", "bob", "chidi") as everybody:
        asked = await everybody[0].ask("petition", members=["Emre"], reason="")
        for home in everybody[1:]:
            await share(*everybody)
            await home.ask("vote", petition=asked["id"], yes=True)
        await share(*everybody)
        assert (await everybody[0].member("Emre"))["removed"]
        assert (await everybody[0].member("Dana"))["standing"] == "newcomer"
        assert (await everybody[0].member("Farah"))["standing"] == "established", "who is kept is a root"


async def test_vouching_by_hand_establishes_a_newcomer(tmp_path: Path) -> None:
    street = Neighbourhood(founders=("alice", "bob", "chidi"))
    street.join("dana")
    async with homes(tmp_path, street, "bob", "dana") as (bob, dana):
        assert (await bob.member("Dana"))["standing"] == "newcomer"
        assert "two neighbours" in str(await refusal(dana, "vouch", member="Bob"))
        await bob.ask("vouch", member="dana")
        seen = await bob.member("Dana")
        assert seen["standing"] == "established"
        assert seen["vouched_by"] == [{"name": "Alice", "by_hand": False}, {"name": "Bob", "by_hand": True}]
        assert (await bob.member("Bob"))["vouches_for"] == ["Dana"]
        assert "already" in str(await refusal(bob, "vouch", member="Dana"))
        assert "themselves" in str(await refusal(bob, "vouch", member="Bob"))
        assert "nobody's word" in str(await refusal(bob, "vouch", member="Alice"))
        assert "no member" in str(await refusal(bob, "vouch", member="Zoe"))


async def test_what_would_have_no_effect_is_refused_before_it_is_signed(tmp_path: Path) -> None:
    street = maple_street(4)
    street.leave("dana")
    async with homes(tmp_path, street, "alice", "bob") as (alice, bob):
        before = len(alice.said_since(0))
        assert "about others" in str(await refusal(alice, "petition", members=["Alice"]))
        assert "any more" in str(await refusal(alice, "petition", members=["Dana"]))
        assert "missing" in str(await refusal(alice, "petition", members=[]))
        assert "too long" in str(await refusal(alice, "petition", members=["Bob"], reason="a" * 501))
        assert "no petition" in str(await refusal(alice, "vote", petition="abcdef", yes=True))
        assert "missing" in str(await refusal(alice, "vote", yes=True))
        assert "yes or no" in str(await refusal(alice, "vote", petition="abcdef", yes=1))
        assert "does not belong" in str(await refusal(alice, "vouch", member="Dana"))
        assert len(alice.said_since(0)) == before
        asked = await alice.ask("petition", members=["Bob"], reason="")
        await share(alice, bob)
        assert "about yourself" in str(await refusal(bob, "vote", petition=asked["id"], yes=False))


async def test_the_card_signs_where_the_key_is_not(tmp_path: Path) -> None:
    async with homes(tmp_path, maple_street(3), "alice") as (alice,):
        identity = alice.replica.identity
        alice.replica.identity = type(identity)(identity.device_keys, identity.member)
        error = await refusal(alice, "petition", members=["Bob"], reason="")
        assert "main device" in error.what_next
        assert "card" in error.what_next


async def test_an_invite_taken_back_keeps_who_came_with_it(tmp_path: Path) -> None:
    street = Neighbourhood(founders=("alice", "bob", "chidi"))
    invite = street.invite("alice", uses=3)
    street.witness("alice", street.hello("dana", invite))
    async with homes(tmp_path, street, "alice", "bob") as (alice, bob):
        mine = (await alice.ask("my_invites"))["invites"]
        assert [each["id"] for each in mine] == [invite.id.hex()]
        assert mine[0]["came_in"] == ["Dana"]
        assert "no such invite" in str(await refusal(bob, "void", invite=invite.id.hex()))
        assert (await alice.ask("void", invite=invite.id.hex()[:8]))["came_in"][0]["name"] == "Dana"
        assert (await alice.member("Dana"))["standing"] == "newcomer"
        assert (await alice.ask("my_invites"))["invites"] == []
        assert "any more" in str(await refusal(alice, "void", invite=invite.id.hex()))


async def test_an_invite_taken_back_with_all_that_came_of_it(tmp_path: Path) -> None:
    street = Neighbourhood(founders=("alice", "bob", "chidi"))
    invite = street.invite("alice", uses=3)
    street.witness("alice", street.hello("dana", invite))
    async with homes(tmp_path, street, "alice") as (alice,):
        await alice.ask("void", invite=invite.id.hex(), keep=False)
        assert (await alice.member("Dana"))["standing"] == "past"


async def test_two_of_one_name_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    street = maple_street(3)
    street.witness("alice", street.hello("dana", street.invite("alice"), name="Bob"))
    async with homes(tmp_path, street, "alice") as (alice,):
        error = await refusal(alice, "block", member="bob")
        assert person("dana").hex()[:8] in error.what_next
        await alice.ask("block", member=person("dana").hex()[:8])
        assert alice.access.blocked == {person("dana")}


async def test_choices_are_there_after_a_restart(tmp_path: Path) -> None:
    street = maple_street(3)
    async with homes(tmp_path, street, "alice") as (alice,):
        assert (await alice.ask("block", member="Bob"))["blocked"]
        assert "you" in str(await refusal(alice, "block", member="Alice"))
        alice.desk.close()
        alice.desk = open_desk(tmp_path, "alice", street)
        alice.open("alice")
        assert (await alice.member("Bob"))["blocked"]
        assert not (await alice.ask("unblock", member="Bob"))["blocked"]


async def test_nobody_who_stands_at_a_hub_chooses_whom_it_links_with(tmp_path: Path) -> None:
    street = maple_street(3)
    street.hub("elm", "alice")
    async with homes(tmp_path, street, "alice") as (alice,):
        alice.replica.identity = seeded_hub("elm")
        for do, arguments in (
            ("block", {"member": "Bob"}),
            ("unblock", {"member": "Bob"}),
            ("follow", {"follow": False}),
            ("vouch", {"member": "Bob"}),
            ("petition", {"members": ["Bob"]}),
        ):
            assert "is a hub" in str(await refusal(alice, do, **arguments))
        assert (await alice.ask("follow"))["members"] == []
        assert alice.access.blocked == frozenset()
