"""Real nodes that part with somebody: what everybody is told, what the one who was parted with keeps, and can do."""

from __future__ import annotations

import pytest

from meshnode.api.schema import ApiError
from tests.node.conftest import Street
from tests.support.nodes import RunningNode


async def notices(node: RunningNode) -> list[str]:
    return list((await node.ask("members"))["notices"])


async def petitions_known(node: RunningNode) -> int:
    return len((await node.ask("members"))["petitions"])


async def standing(node: RunningNode, name: str) -> str:
    members = (await node.ask("members"))["members"]
    return str(next(each["standing"] for each in members if each["name"] == name))


async def test_four_neighbours_part_with_one_and_take_it_back(street: Street) -> None:
    async with street("ana", "bo", "chidi", "dee") as (ana, bo, chidi, dee):
        for node in (bo, chidi, dee):
            await node.until_linked(1)
        await dee.add("Dee's own")
        await ana.until_titles(["Dee's own"])
        asked = await ana.ask("petition", members=["Dee"], reason="The drill.")
        for node in (bo, chidi):

            async def heard(node: RunningNode = node) -> bool:
                return await petitions_known(node) == 1

            await node.until("heard of the petition", heard)
            await node.ask("vote", petition=asked["short"], yes=True)

        async def told() -> bool:
            return bool(await notices(dee))

        await dee.until("Dee is told", told)
        for node in (ana, dee):
            petition = (await node.ask("members"))["petitions"][0]
            assert (petition["yes"], petition["state"]) == (["Ana", "Bo", "Chidi"], "effective")
        assert "Ana, Bo and Chidi" in (await notices(dee))[0]
        assert await dee.titles() == ["Dee's own"], "what Dee has here stays"
        with pytest.raises(ApiError) as refused:
            await dee.add("Too late")
        assert "has parted with you" in str(refused.value)
        members = (await dee.ask("members"))["members"]
        tokens = {each["id"]: "MESH1:CODE" for each in members if each["name"] == "Ana"}
        await dee.ask("refound", network="ab" * 32, name="Elm Street", reason="", tokens=tokens)
        assert [each["mine"] for each in (await dee.ask("refounds"))["refounds"]] == [True]
        status = await dee.ask("status")
        assert status["me"]["removed"]
        assert "has parted with you" in status["trouble"][0]

        async def unlinked() -> bool:
            return not any(peer["linked"] for peer in (await dee.ask("status"))["peers"])

        await dee.until("nobody links with Dee", unlinked)
        await bo.ask("vote", petition=asked["short"], yes=False)

        async def back() -> bool:
            return await standing(ana, "Dee") == "established"

        await ana.until("Dee is back", back)


async def test_a_block_ends_the_link_of_one_node_alone(street: Street) -> None:
    async with street("ana", "bo") as (ana, bo):
        await ana.until_linked(1)
        await ana.ask("block", member="Bo")

        async def unlinked() -> bool:
            return not any(peer["linked"] for peer in (await ana.ask("status"))["peers"])

        await ana.until("unlinked", unlinked)
        assert not (await bo.ask("members"))["members"][0]["blocked"]
