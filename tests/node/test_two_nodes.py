"""Two real nodes on loopback: joining, merging, telling the truth about each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from meshnode.api.schema import ApiError
from tests.node.conftest import LOOPBACK, Street
from tests.support.nodes import RunningNode, found


async def test_a_task_crosses_and_both_know_it(street: Street) -> None:
    async with street("ana", "bo") as (a, b):
        await a.until_linked(1)
        await a.add("Rake leaves")
        await b.until_titles(["Rake leaves"])

        async def all_there() -> bool:
            status = await a.ask("status")
            return bool(status["mine"]["on_nodes"] == 1 and status["mine"]["held_by_all"])

        await a.until("all that was written is on the other node", all_there)
        await b.kill()
        await a.until("the link is gone", lambda: linked(a, 0))
        await a.add("Written while away")
        peer = (await a.ask("status"))["peers"][0]
        assert (peer["linked"], peer["they_lack"], peer["name"]) == (False, 1, "Bo")
        assert (await a.ask("status"))["mine"]["on_nodes"] == 0
        await b.start()
        await b.until_titles(["Rake leaves", "Written while away"])


async def linked(node: RunningNode, count: int) -> bool:
    return bool(sum(peer["linked"] for peer in (await node.ask("status"))["peers"]) == count)


async def test_preview_shows_where_a_code_leads_and_changes_nothing(tmp_path: Path) -> None:
    host, guest = (RunningNode(tmp_path / name, name, settings=LOOPBACK) for name in ("host", "guest"))
    async with host, guest:
        await found(host, "Elm Street", "Ana")
        invite = await host.ask("invite", uses=1, days=1)
        address = invite["address"][0]
        before = (await host.ask("status"))["counts"]
        for code in ("short", "token"):
            preview = await guest.ask("preview", code=invite[code], address=address)
            assert preview["network"] == "Elm Street"
            assert preview["inviter"] == "Ana"
            assert len(preview["effect"]) >= 3
        assert (await host.ask("status"))["counts"] == before
        assert (await guest.ask("status"))["state"] == "outside"


@pytest.mark.parametrize("code", ["short", "token"])
async def test_an_invite_for_one_lets_one_in(tmp_path: Path, code: str) -> None:
    nodes = [RunningNode(tmp_path / name, name, settings=LOOPBACK) for name in ("host", "first", "second")]
    async with nodes[0] as host, nodes[1] as first, nodes[2] as second:
        await found(host)
        invite = await host.ask("invite", uses=1, days=1)
        address = invite["address"][0]
        await first.ask("join", code=f"{invite[code]}@{address}", name="Bo", address=None)
        with pytest.raises(ApiError) as refused:
            await second.ask("join", code=invite[code], name="Chidi", address=address)
        assert refused.value.code in {"invite-used", "invite"}
        assert "new one" in refused.value.what_next
        assert (await second.ask("status"))["state"] == "outside"


async def test_a_code_of_another_neighbourhood_is_refused(tmp_path: Path) -> None:
    nodes = [RunningNode(tmp_path / name, name, settings=LOOPBACK) for name in ("one", "two", "guest")]
    async with nodes[0] as one, nodes[1] as two, nodes[2] as guest:
        await found(one, "One")
        await found(two, "Two")
        invite = await one.ask("invite", uses=1, days=1)
        wrong = (await two.ask("status"))["listening"][0]
        for code in ("short", "token"):
            with pytest.raises(ApiError) as refused:
                await guest.ask("join", code=invite[code], name="Bo", address=wrong)
            assert refused.value.code == "invite"


async def test_a_newcomer_gets_what_was_there_and_a_member_left_out_hears_of_them(street: Street) -> None:
    async with street("ana") as (a,):
        titles = [f"Task {number:03}" for number in range(150)]
        for title in titles:
            await a.add(title)
        late = RunningNode(a.home.parent / "late", "late", settings=LOOPBACK)
        async with late:
            invite = await a.ask("invite", uses=1, days=1)
            await late.ask("join", code=invite["token"], name="Late", address=invite["address"][0])
            await late.until_titles(titles)
            members: dict[str, Any] = (await anext_snapshot(late))["members"]
            assert {member["name"] for member in members.values()} == {"Ana", "Late"}


async def anext_snapshot(node: RunningNode) -> dict[str, Any]:
    async for event in node.events():
        if event["event"] == "snapshot" and event["last"]:
            return event
    raise AssertionError("no snapshot")


async def test_three_in_a_row_pass_things_on(street: Street) -> None:
    """Bo and Chidi both know only Ana's address: what Bo writes reaches Chidi through Ana."""
    async with street("ana", "bo", "chidi") as (_, b, c):
        await b.add("From Bo")
        await c.until_titles(["From Bo"])


async def test_a_device_whose_keys_were_lost_says_so(street: Street) -> None:
    async with street("ana") as (a,):
        await a.stop()
        for file in (a.home / "data" / "test" / "keys").iterdir():
            file.unlink()
        await a.start()
        status = await a.ask("status")
        assert any("keys of this device" in sentence for sentence in status["trouble"])
        assert len(await a.ask("records", kind="task")) == 1
