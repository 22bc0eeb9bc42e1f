"""Real nodes on real networks: found by mDNS, joined by an invite, cut apart, moved, killed, and equal in the end."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.lan import Host, Laboratory, fresh_laboratory  # noqa: F401
from tests.support.nodes import RunningNode, found, join

pytestmark = pytest.mark.namespaces


def node_on(host: Host, folder: Path) -> RunningNode:
    return RunningNode(folder / host.name, host.name, prefix=host.prefix)


@contextlib.asynccontextmanager
async def neighbourhood(folder: Path, *hosts: Host) -> AsyncIterator[list[RunningNode]]:
    """Nodes on these hosts; the first founds, the others find it by mDNS and join with a short code."""
    async with contextlib.AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(node_on(host, folder)) for host in hosts]
        await found(nodes[0])
        for node in nodes[1:]:
            await join(nodes[0], node, node.name.title())
        yield nodes


async def equal_in_the_end(nodes: list[RunningNode], titles: list[str], seconds: float = 30.0) -> None:
    for node in nodes:
        await node.until_titles(titles, seconds)
    views = [await node.tasks() for node in nodes]
    assert all(view == views[0] for view in views)


async def test_two_neighbours_meet_write_and_part(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    async with neighbourhood(tmp_path, anna, ben) as nodes:
        a, b = nodes
        rake = await a.add("Rake leaves")
        await b.until_titles(["Rake leaves"])
        home.split([anna], [ben])
        await a.act("task.edit", rake, due="2026-11-27")
        await b.act("task.edit", rake, place="Garden")
        await a.add("Only on a")
        await b.add("Only on b")
        home.join()
        await equal_in_the_end(nodes, ["Only on a", "Only on b", "Rake leaves"], 75)
        merged = next(task for task in await b.tasks() if task["id"] == rake)
        assert (merged["due"], merged["place"]) == ("2026-11-27", "Garden")
        assert merged["conflicts"] == []


async def test_joining_with_the_full_token_at_any_member(lan: Laboratory, tmp_path: Path) -> None:
    """The inviter is away; another member lets the bearer of a full token in and hears of the invite from them."""
    home, work = lan.switch("home"), lan.switch("work")
    anna, ben, chidi = lan.host("anna", home), lan.host("ben", home), lan.host("chidi", work)
    async with neighbourhood(tmp_path, anna, ben) as (a, b), node_on(chidi, tmp_path) as c:
        await b.until_linked(1)
        anna.unplug()
        token = (await a.ask("invite", uses=1, days=1))["token"]
        chidi.walk(work, home)
        preview = await c.ask("preview", code=token, address=None)
        assert preview["network"] == "Maple Street"
        await c.ask("join", code=token, name="Chidi", address=None)
        await c.until_linked(1)
        await c.add("From the newcomer")
        await b.until_titles(["From the newcomer"])
        anna.plug_in()
        await equal_in_the_end([a, b, c], ["From the newcomer"], 75)


async def test_three_nodes_and_a_conflict(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    hosts = [lan.host(name, home) for name in ("anna", "ben", "chidi")]
    async with neighbourhood(tmp_path, *hosts) as nodes:
        a, b, c = nodes
        task = await a.add("Soup")
        await equal_in_the_end(nodes, ["Soup"])
        home.split(*([host] for host in hosts))
        await a.act("task.edit", task, due="2026-11-28")
        await b.act("task.edit", task, due="2026-11-29")
        await c.act("task.claim", task)
        home.join()

        for node in nodes:

            async def disputed(node: RunningNode = node) -> bool:
                view = (await node.tasks())[0]
                return bool(view["conflicts"] == ["due"] and len(view["claims"]) == 1)

            await node.until("shows both due days and the claim", disputed, 75)
        conflict = (await b.ask("conflicts", record=task))["conflicts"][0]
        assert {value["value"] for value in conflict["values"]} == {"2026-11-28", "2026-11-29"}
        await c.ask("resolve", record=task, field="due", value="2026-11-28")

        async def settled() -> bool:
            view = (await a.tasks())[0]
            return bool(view["conflicts"] == [] and view["due"] == "2026-11-28")

        await a.until("the conflict is settled", settled)


async def test_ten_nodes_converge(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    hosts = [lan.host(f"n{number}", home) for number in range(10)]
    async with neighbourhood(tmp_path, *hosts) as nodes:
        await asyncio.gather(*(node.add(f"Task of {node.name}") for node in nodes))
        await equal_in_the_end(nodes, [f"Task of {node.name}" for node in nodes], 60)


async def test_a_laptop_walks_to_another_lan_and_carries_the_news(lan: Laboratory, tmp_path: Path) -> None:
    home, work = lan.switch("home"), lan.switch("work")
    anna, laptop, ben = lan.host("anna", home), lan.host("laptop", home), lan.host("ben", home)
    async with neighbourhood(tmp_path, anna, laptop, ben) as nodes:
        a, walker, b = nodes
        await equal_in_the_end(nodes, [])
        ben.walk(home, work)
        await a.add("Written at home")
        await walker.until_titles(["Written at home"])
        laptop.walk(home, work)
        await b.until_titles(["Written at home"], 60)
        await b.add("Written at work")
        await walker.until_titles(["Written at home", "Written at work"])
        laptop.walk(work, home)
        await a.until_titles(["Written at home", "Written at work"], 60)


async def test_a_bridge_between_two_lans(lan: Laboratory, tmp_path: Path) -> None:
    left, right = lan.switch("left"), lan.switch("right")
    bridge = lan.host("bridge", left, right)
    anna, ben = lan.host("anna", left), lan.host("ben", right)
    async with neighbourhood(tmp_path, bridge, anna, ben) as nodes:
        _, a, b = nodes
        await a.add("From the left")
        await b.add("From the right")
        await equal_in_the_end(nodes, ["From the left", "From the right"])


async def test_a_new_address(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    async with neighbourhood(tmp_path, anna, ben) as nodes:
        a, b = nodes
        await a.until_linked(1)
        ben.readdress(home)
        await b.add("After the new address")
        await equal_in_the_end(nodes, ["After the new address"], 75)


async def test_killed_at_random_moments_nothing_acknowledged_is_lost(lan: Laboratory, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    acknowledged: list[str] = []

    async def write(node: RunningNode, title: str) -> None:
        await node.add(title)
        acknowledged.append(title)

    async with neighbourhood(tmp_path, anna, ben) as nodes:
        for turn in range(6):
            victim = rng.choice(nodes)
            writing = [
                asyncio.create_task(write(node, f"{node.name} {turn}.{number}"))
                for number in range(8)
                for node in nodes
            ]
            await asyncio.wait(writing[: rng.randrange(1, 10)], return_when=asyncio.ALL_COMPLETED)
            await victim.kill()
            await asyncio.gather(*writing, return_exceptions=True)
            await victim.start()
            shown = {title for node in nodes for title in await node.titles()}
            assert shown >= set(acknowledged)
        everything = sorted({title for node in nodes for title in await node.titles()})
        assert set(everything) >= set(acknowledged)
        await equal_in_the_end(nodes, everything, 75)


async def test_leaving_is_seen_by_the_others(lan: Laboratory, tmp_path: Path) -> None:
    home = lan.switch("home")
    anna, ben = lan.host("anna", home), lan.host("ben", home)
    async with neighbourhood(tmp_path, anna, ben) as (a, b):
        await b.add("Stays when I go")
        await a.until_titles(["Stays when I go"])
        assert "thank" in (await b.ask("leave"))["thanks"].lower()

        async def gone() -> bool:
            return not (await a.ask("status"))["peers"]

        await a.until("no peer is left", gone)
        assert await a.titles() == ["Stays when I go"]
