"""Several devices a person, hubs, and lost things, on real nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from meshnode.api.schema import ApiError
from meshnode.identity.key_file import load, load_or_create, replace
from meshnode.membership.key_card import card_code, card_lines
from tests.node.conftest import LOOPBACK, Street
from tests.support.nodes import RunningNode, found
from tests.support.people import seeded_hub

Json = dict[str, Any]


def machine(folder: Path, name: str) -> RunningNode:
    """A profile without a network, called so."""
    return RunningNode(folder / name, name, settings=f'{LOOPBACK}[device]\nname = "{name}"\n')


def card_of(node: RunningNode) -> str:
    """The key card of this node's member, as somebody types it."""
    identity = load(node.home / "data" / "test" / "keys" / "identity.key")
    assert identity is not None
    assert identity.member_keys is not None
    return "\n".join(card_lines(identity.member_keys))


async def device(node: RunningNode, name: str) -> Json:
    """One entry of `devices`."""
    return next(each for each in (await node.ask("devices"))["devices"] if each["name"] == name)


async def refusal(node: RunningNode, do: str, **arguments: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await node.ask(do, **arguments)
    return caught.value


async def add_device(main: RunningNode, other: RunningNode, **more: Any) -> None:
    """The main device shows a code, and it is typed on the other machine."""
    shown = await main.ask("device_code", purpose="device", **more)
    await other.ask("join", code=shown["code"], address=shown["address"][0])


async def test_a_second_device_writes_for_its_person(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo") as (ana, bo), machine(tmp_path, "kitchen laptop") as kitchen:
        await ana.add("Rake leaves")
        shown = await ana.ask("device_code", purpose="device")
        preview = await kitchen.ask("preview", code=shown["code"], address=shown["address"][0])
        assert (preview["inviter"], preview["becomes"]) == ("Ana", "device")
        assert "a device of Ana" in preview["effect"][0]
        await kitchen.ask("join", code=f"{shown['code']}@{shown['address'][0]}")
        await kitchen.until_titles(["Rake leaves"])
        me, hers = (await kitchen.ask("status"))["me"], (await ana.ask("status"))["me"]
        assert (me["member"], me["name"], me["main"]) == (hers["member"], "Ana", False)
        await kitchen.add("From the kitchen")
        await bo.until_titles(["Rake leaves", "From the kitchen"])
        claimed = await kitchen.act("task.claim", await kitchen.add("Claimed"))
        assert [claim["member"] for claim in claimed["view"]["claims"]] == [hers["member"]]
        assert (await device(ana, "kitchen laptop"))["state"] == "current"
        assert (await ana.ask("devices"))["window"] is None


async def test_a_code_is_good_once_and_while_it_is_shown(street: Street, tmp_path: Path) -> None:
    async with street("ana") as (ana,), machine(tmp_path, "one") as one, machine(tmp_path, "two") as two:
        first = await ana.ask("device_code", purpose="device")
        address = first["address"][0]
        second = await ana.ask("device_code", purpose="device")
        assert (await ana.ask("devices"))["window"]["code"] == second["code"]
        assert "does not know this code" in str(await refusal(one, "join", code=first["code"], address=address))
        assert (await refusal(one, "join", code=second["code"][:-1], address=address)).code == "damaged-code"
        await one.ask("join", code=second["code"], address=address)
        assert "does not know this code" in str(await refusal(two, "join", code=second["code"], address=address))
        third = await ana.ask("device_code", purpose="device")
        await ana.ask("device_code_close")
        assert "does not know this code" in str(await refusal(two, "join", code=third["code"], address=address))
        assert (await two.ask("status"))["state"] == "outside"
        assert len((await ana.ask("devices"))["devices"]) == 2


async def test_what_needs_the_member_key_takes_it_from_the_card(street: Street, tmp_path: Path) -> None:
    async with (
        street("ana", "bo") as (ana, bo),
        machine(tmp_path, "kitchen") as kitchen,
        machine(tmp_path, "pad") as pad,
    ):
        await add_device(ana, kitchen)
        refused = await refusal(kitchen, "device_code", purpose="device")
        assert refused.code == "not-possible"
        assert "--card" in refused.what_next
        assert "another person's" in str(await refusal(kitchen, "device_code", purpose="device", card=card_of(bo)))
        await add_device(kitchen, pad, card=card_of(ana))
        assert (await pad.ask("status"))["me"]["name"] == "Ana"


async def test_a_steward_shows_a_code_and_the_pi_becomes_a_hub(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo") as (ana, bo), machine(tmp_path, "Elm hub") as pi:
        await ana.add("Rake leaves")
        shown = await ana.ask("device_code", purpose="hub")
        preview = await pi.ask("preview", code=shown["code"], address=shown["address"][0])
        assert preview["becomes"] == "hub"
        await pi.ask("join", code=shown["code"], address=shown["address"][0])
        await pi.until_titles(["Rake leaves"])
        me = (await pi.ask("status"))["me"]
        assert (me["kind"], me["name"], me["member"], me["main"]) == ("hub", "Elm hub", None, False)
        assert me["stewards"] == ["Ana"]
        assert (await refusal(pi, "invite")).code == "not-possible"
        assert "hub" in str(await refusal(pi, "leave"))
        await bo.until("bo knows the hub", lambda: _knows(bo, "Elm hub"))
        await pi.stop()
        await pi.start()
        assert (await pi.ask("status"))["me"] == me
        stewards = (await device(bo, "Elm hub"))["stewards"]
        assert [steward["name"] for steward in stewards] == ["Ana"]


async def _knows(node: RunningNode, name: str) -> bool:
    return name in [each["name"] for each in (await node.ask("devices"))["devices"]]


async def _has_stewards(node: RunningNode, *names: str) -> bool:
    return sorted(each["name"] for each in (await device(node, "Elm hub"))["stewards"]) == sorted(names)


async def test_keys_that_were_meant_for_something_else_are_no_hindrance_to_a_new_member(tmp_path: Path) -> None:
    """The power went between the new keys and the network: whoever begins again is a person with keys of their own."""
    node = machine(tmp_path, "pi")
    keys = node.home / "data" / "test" / "keys" / "identity.key"
    load_or_create(keys)
    replace(keys, seeded_hub("elm"))
    async with node:
        await found(node)
        me = (await node.ask("status"))["me"]
        assert (me["kind"], me["main"]) == ("personal", True)


async def test_a_pi_shows_a_code_and_its_stewards_type_it_one_after_the_other(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo") as (ana, bo), machine(tmp_path, "Elm hub") as pi:
        await ana.add("Rake leaves")
        shown = await pi.ask("hub_setup")
        assert (await pi.ask("hub_setup"))["code"] == shown["code"]
        assert "a steward types it" in str(await refusal(pi, "join", code=shown["code"], address=shown["address"][0]))
        added = await ana.ask("hub_add", code=shown["code"], address=shown["address"][0])
        assert (added["name"], added["kind"]) == ("Elm hub", "hub")
        await ana.until_linked(2)
        await pi.until_titles(["Rake leaves"])
        again = await pi.ask("hub_setup")
        await bo.ask("hub_add", code=again["code"], address=again["address"][0])
        await ana.until("two stewards", lambda: _has_stewards(ana, "Ana", "Bo"))
        await pi.until("two stewards", lambda: _has_stewards(pi, "Ana", "Bo"))


async def test_a_member_comes_back_with_the_card_and_gives_the_lost_laptop_up(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo") as (ana, bo), machine(tmp_path, "new laptop") as laptop:
        await bo.add("Bo's task")
        card = card_of(bo)
        lost = (await bo.ask("status"))["me"]["device"]
        await bo.stop()
        invite = await ana.ask("invite")
        refused = await refusal(laptop, "restore", card=card.replace(" ", "x ", 1), code=invite["short"])
        assert "Line 1" in str(refused)
        await laptop.ask("restore", card=card, code=invite["short"], address=invite["address"][0])
        await laptop.until_titles(["Bo's task"])
        me = (await laptop.ask("status"))["me"]
        assert (me["name"], me["main"]) == ("Bo", True)
        assert len((await ana.ask("invites"))["invites"]) == 1
        dropped = await laptop.ask("device_drop", device=lost, why="lost")
        assert (dropped["state"], dropped["done"]) == ("past", True)
        assert (await laptop.titles()) == ["Bo's task"]


async def test_a_card_of_nobody_here_is_refused(street: Street, tmp_path: Path) -> None:
    async with street("ana") as (ana,), machine(tmp_path, "stranger") as stranger, machine(tmp_path, "new") as new:
        identity = load(stranger.home / "data" / "test" / "keys" / "identity.key")
        assert identity is not None
        assert identity.member_keys is not None
        invite = await ana.ask("invite")
        card = card_code(identity.member_keys)
        for code in ("short", "token"):
            refused = await refusal(new, "restore", card=card, code=invite[code], address=invite["address"][0])
            assert "no current member" in str(refused)
        await new.ask("join", code=invite["short"], name="New", address=invite["address"][0])
        assert (await new.ask("status"))["me"]["main"]


async def test_a_lost_device_is_left_out_and_says_so_itself(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo") as (ana, bo), machine(tmp_path, "kitchen") as kitchen:
        await add_device(ana, kitchen)
        await kitchen.until_linked(1)
        await kitchen.add("Written before")
        await bo.until_titles(["Written before"])
        refused = await refusal(kitchen, "device_drop", device=(await ana.ask("status"))["me"]["device"], why="lost")
        assert "--card" in refused.what_next
        lost = await device(ana, "kitchen")
        assert "no device of yours" in str(await refusal(bo, "device_drop", device=lost["device"], why="lost"))
        assert (await refusal(ana, "device_drop", device=lost["device"], why="bored")).code == "bad-input"
        own = (await ana.ask("status"))["me"]["device"]
        assert "you are using" in str(await refusal(ana, "device_drop", device=own, why="lost"))
        dropped = await ana.ask("device_drop", device=lost["device"], why="lost")
        assert (dropped["dropped"], dropped["linked"]) == ("lost", False)
        assert "already" in str(await refusal(ana, "device_drop", device=lost["device"], why="stolen"))
        await kitchen.until("says that it was given up", lambda: _says(kitchen, "given up as lost"))
        assert not any(peer["linked"] for peer in (await kitchen.ask("status"))["peers"])
        refused = await refusal(kitchen, "act", action="task.add", arguments={"title": "Too late"})
        assert "given up" in str(refused)
        assert "new profile" in refused.what_next
        assert await kitchen.titles() == await bo.titles() == ["Written before"]


async def _says(node: RunningNode, what: str) -> bool:
    return any(what in sentence for sentence in (await node.ask("status"))["trouble"])


async def test_a_stolen_device_speaks_no_more_also_when_it_comes_back_later(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo") as (ana, bo), machine(tmp_path, "kitchen") as kitchen:
        await add_device(ana, kitchen)
        await kitchen.until_linked(1)
        await kitchen.add("Known to all")
        await bo.until_titles(["Known to all"])
        await kitchen.stop()
        stolen = await ana.ask("device_drop", device=(await device(ana, "kitchen"))["device"], why="stolen")
        assert stolen["state"] == "removed"
        await kitchen.start()
        await kitchen.until("says that it was given up", lambda: _says(kitchen, "given up as stolen"))
        await bo.until("the theft is known", lambda: _is_removed(bo, stolen["device"]))
        assert not any(peer["linked"] for peer in (await kitchen.ask("status"))["peers"])


async def _is_removed(node: RunningNode, wanted: str) -> bool:
    return wanted not in [peer["device"] for peer in (await node.ask("status"))["peers"]]


async def test_a_hub_is_given_up_by_a_steward_or_by_two_established_neighbours(street: Street, tmp_path: Path) -> None:
    async with street("ana", "bo", "chidi") as (ana, bo, chidi), machine(tmp_path, "Elm hub") as pi:
        shown = await ana.ask("device_code", purpose="hub")
        await pi.ask("join", code=shown["code"], address=shown["address"][0])
        for node in (bo, chidi):
            await node.until("knows the hub", lambda node=node: _knows(node, "Elm hub"))  # type: ignore[misc]
        hub = await device(bo, "Elm hub")
        first = await bo.ask("device_drop", device=hub["device"], why="retired")
        assert (first["done"], first["state"]) == (False, "current")
        second = await chidi.ask("device_drop", device=hub["device"], why="retired")
        await chidi.until("both have asked", lambda: _is_dropped(chidi, "Elm hub"))
        assert second["dropped"] in (None, "retired")
        await pi.until("says that it was given up", lambda: _says(pi, "This hub was given up as retired"))


async def _is_dropped(node: RunningNode, name: str) -> bool:
    return (await device(node, name))["dropped"] is not None
