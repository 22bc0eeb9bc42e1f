"""Latency: from a change typed on one node to the moment when another node's API shows it; and how soon nodes meet.

Rules of this module:
1. Real processes in network namespaces, with real discovery. Where there can be none, it says why.
2. Changes are typed at a person's pace: in a burst each would wait for the one before it.
3. Readable means: asked for the record, the other node's API answers with the change in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence

from bench.processes import MeasuredNode
from bench.report import Report, median, ninetieth
from bench.scale import Scale
from bench.shelf import new_place, node_home
from tests.support.lan import Host, Laboratory, skip_reason

ONE_HOP_MS = 20.0
TWO_HOPS_MS = 40.0
LINKED_SECONDS = 1.0
TASKS = 20
PACE_SECONDS = 0.12
POLL_SECONDS = 0.0005
NEWCOMERS = 7


def measure(report: Report, scale: Scale) -> None:
    """One hop, two hops, newcomers."""
    report.heading("Latency between real nodes in namespaces")
    reason = skip_reason()
    if reason:
        report.note(f"skipped: {reason}")
        return
    with Laboratory() as laboratory:
        home = laboratory.switch("home")
        hosts = [laboratory.host(name, home) for name in ("anna", "ben")]
        asyncio.run(_hops(report, scale, hosts, "one hop", ONE_HOP_MS))
    with Laboratory() as laboratory:
        left, right = laboratory.switch("left"), laboratory.switch("right")
        hosts = [laboratory.host("anna", left), laboratory.host("ben", left, right), laboratory.host("chi", right)]
        asyncio.run(_hops(report, scale, hosts, "two hops", TWO_HOPS_MS))
    with Laboratory() as laboratory:
        asyncio.run(_newcomers(report, scale, laboratory))


@contextlib.asynccontextmanager
async def _nodes(hosts: Sequence[Host]) -> AsyncIterator[list[MeasuredNode]]:
    """Members on these hosts, each linked with its neighbours in the row."""
    async with contextlib.AsyncExitStack() as stack:
        nodes = []
        for host, who in zip(hosts, ("alice", "bob", "chidi"), strict=False):
            nodes.append(MeasuredNode(node_home(who), host.name, prefix=host.prefix))
            await stack.enter_async_context(nodes[-1])
        for place, node in enumerate(nodes):
            await node.until_linked(1 if place in (0, len(nodes) - 1) else 2)
        yield nodes


# -- typing -----------------------------------------------------------------------------------------------------------


async def _hops(report: Report, scale: Scale, hosts: Sequence[Host], name: str, aim: float) -> None:
    async with _nodes(hosts) as nodes:
        typed = await _type(nodes[0], nodes[-1], scale.edits)
        readable = [1e3 * each.readable for each in typed]
        met = report.figure(f"{name}: typed on A, readable through the other's API", median(readable), "ms", aim)
        report.figure(f"{name}: nine of ten are readable within", ninetieth(readable), "ms")
        report.figure(f"{name}: until A acknowledges it (on its disk)", 1e3 * median([t.done for t in typed]), "ms")
    async with _nodes(hosts) as nodes:
        shown = [1e3 * each for each in await _type_watched(nodes[0], nodes[-1], max(10, scale.edits // 4))]
        report.figure(f"{name}: typed on A, told to a screen of the other", median(shown), "ms")
    if not met:
        await _profile(report, scale, hosts)


class _Typed:
    """One change on its way."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.done = self.readable = 0.0


async def _prepare(writer: MeasuredNode, reader: MeasuredNode) -> list[str]:
    tasks = [await writer.add(f"Job {number}") for number in range(TASKS)]
    await reader.until_titles([f"Job {number}" for number in range(TASKS)])
    return tasks


async def _type(writer: MeasuredNode, reader: MeasuredNode, count: int) -> list[_Typed]:
    tasks = await _prepare(writer, reader)
    took = []
    for number in range(count):
        await asyncio.sleep(PACE_SECONDS)
        task, place = tasks[number % TASKS], f"Place {number}"
        typed = _Typed()
        acting = asyncio.create_task(_act(writer, task, place, typed))
        while (await reader.ask("record", record=task))["view"]["place"] != place:  # noqa: ASYNC110 -- asking is what is measured
            await asyncio.sleep(POLL_SECONDS)
        typed.readable = time.perf_counter() - typed.began
        await acting
        took.append(typed)
    return took


async def _act(writer: MeasuredNode, task: str, place: str, typed: _Typed) -> None:
    await writer.act("task.edit", task, place=place)
    typed.done = time.perf_counter() - typed.began


async def _type_watched(writer: MeasuredNode, reader: MeasuredNode, count: int) -> list[float]:
    tasks = await _prepare(writer, reader)
    took = []
    async with contextlib.aclosing(reader.events()) as events:
        async for event in events:
            if event["event"] == "snapshot" and event["last"]:
                break
        for number in range(count):
            await asyncio.sleep(PACE_SECONDS)
            place = f"Place {number}"
            began = time.perf_counter()
            acting = asyncio.create_task(writer.act("task.edit", tasks[number % TASKS], place=place))
            async for event in events:
                if any(view.get("place") == place for view in event.get("records", ())):
                    break
            took.append(time.perf_counter() - began)
            await acting
    return took


async def _profile(report: Report, scale: Scale, hosts: Sequence[Host]) -> None:
    """The node that was asked, while changes came in."""
    path = new_place("profile")
    reader_host = hosts[-1]
    writer = MeasuredNode(node_home("alice"), "anna", prefix=hosts[0].prefix)
    reader = MeasuredNode(node_home("chidi"), reader_host.name, prefix=reader_host.prefix)
    reader.profile = path
    between = [MeasuredNode(node_home("bob"), host.name, prefix=host.prefix) for host in hosts[1:-1]]
    async with contextlib.AsyncExitStack() as stack:
        for node in (writer, *between, reader):
            await stack.enter_async_context(node)
        await reader.until_linked(1)
        await writer.until_linked(1)
        await _type(writer, reader, scale.edits // 2)
    report.profile(f"the reader's whole life: its start, {TASKS} tasks, {scale.edits // 2} edits, and the asking", path)


# -- meeting ----------------------------------------------------------------------------------------------------------


async def _newcomers(report: Report, scale: Scale, laboratory: Laboratory) -> None:
    """A member with a device that the others have no address of, and which has none of theirs."""
    home = laboratory.switch("home")
    linked, whole = [], []
    async with _nodes([laboratory.host("anna", home), laboratory.host("ben", home)]) as (anna, _):
        for number in range(NEWCOMERS if scale.repeats > 1 else 2):
            host = laboratory.host(f"chi{number}", home)
            newcomer = MeasuredNode(node_home("chidi"), host.name, prefix=host.prefix)
            async with newcomer:
                await newcomer.until_linked(1)
                status = await newcomer.ask("status")
                first = min(int(peer["since_ms"]) for peer in status["peers"] if peer["linked"]) / 1000
                linked.append(max(0.0, first - newcomer.ready_at))
                whole.append(first - newcomer.ready_at + newcomer.ready_seconds)
            await anna.until("the newcomer has gone", lambda: _linked_peers(anna, 1))
    report.figure("a newcomer is discovered and linked after it is up", median(linked), "s", LINKED_SECONDS)
    report.figure("a newcomer is discovered and linked after its process began", median(whole), "s")
    report.note(f"  after it was up, each: {', '.join(f'{each:.2f}' for each in linked)} s")


async def _linked_peers(node: MeasuredNode, count: int) -> bool:
    return sum(bool(peer["linked"]) for peer in (await node.ask("status"))["peers"]) == count
