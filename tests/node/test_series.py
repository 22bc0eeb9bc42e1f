"""A chore of every day on two nodes: both begin the same day apart, and it stays one."""

from __future__ import annotations

from pathlib import Path

from tests.support.nodes import Json, RunningNode
from tests.support.people import maple_street
from tests.support.settled import address_of, settled_node


async def board(node: RunningNode) -> list[Json]:
    return list((await node.ask("tasks"))["tasks"])


async def test_a_day_that_two_begin_apart_is_one(tmp_path: Path) -> None:
    street = maple_street(2)
    async with settled_node(tmp_path, "alice", street) as alice:
        await alice.ask("act", action="series.add", arguments={"title": "Compost", "rhythm": "every day"})
        async with settled_node(tmp_path, "bob", street, peers=[await address_of(alice)]) as bob:

            async def has_come() -> bool:
                return len(await board(bob)) == 2

            await bob.until("the series is here", has_come)
            day = (await board(bob))[0]
            of = {"series": day["series"], "day": day["day"]}
            await alice.stop()
            await bob.ask("act", action="task.claim", of=of)
            await bob.stop()
            await alice.start()
            await alice.ask("act", action="task.claim", of=of)
            await bob.start()

            async def both() -> bool:
                boards = [await board(alice), await board(bob)]
                return boards[0] == boards[1] and [len(task["claims"]) for task in boards[0]] == [2, 0]

            await alice.until("both claims are here", both)
            await bob.until("both claims are there", both)
            assert [task["title"] for task in await board(bob)] == ["Compost", "Compost"]
