"""A hub and a neighbour's own node on one network: what is done at the hub's screen is told, and beaten, everywhere."""

from __future__ import annotations

from pathlib import Path

from tests.support.nodes import Json
from tests.support.people import maple_street, seeded_hub, seeded_identity
from tests.support.settled import address_of, settled_hub, settled_node

ELM = "elm hub"


async def test_what_is_done_at_a_hub_is_told_on_every_node_and_ones_own_word_beats_it(tmp_path: Path) -> None:
    street = maple_street(2)
    street.hub(ELM, "alice")
    at, bob = seeded_hub(ELM).device.hex(), seeded_identity("bob").person.hex()
    async with settled_hub(tmp_path, ELM, street) as hub:
        mo, bobs = {"as": {"name": "Mo"}}, {"as": {"name": "Bob"}}
        added = await hub.ask("act", action="task.add", arguments={"title": "Gate"}, **mo)
        record = str(added["record"])
        async with settled_node(tmp_path, "bob", street, peers=[await address_of(hub)]) as own:
            await own.until_titles(["Gate"])
            await hub.ask("act", action="task.claim", record=record, **bobs)

            async def claims() -> list[Json]:
                return list((await own.ask("record", record=record))["view"]["claims"])

            async def claimed_at_hub() -> bool:
                return await claims() == [{"member": bob, "by": bob, "at": at}]

            await own.until("the claim at the hub is here", claimed_at_hub)
            await own.act("task.pass", record)

            async def passed() -> bool:
                return not (await hub.ask("record", record=record))["view"]["claims"]

            await hub.until("the hub has heard that it is passed on", passed)
            view = (await own.ask("record", record=record))["view"]
            assert (view["claims"], view["created"]["by"], view["status"]) == ([], "Mo", "open")
