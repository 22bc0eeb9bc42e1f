"""Start: how soon a node with much on its disk is ready, and what it takes of the machine when nothing happens.

Rules of this module:
1. The database came about through the replica's one door; its views were computed once, as those of a node that ran.
2. In a namespace with a network of its own where that is possible, so that discovery runs as at home.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.processes import OFF, MeasuredNode
from bench.report import Report, median
from bench.scale import Scale
from bench.shelf import full_directory, new_place, node_home
from bench.written import corpus
from tests.support.lan import Laboratory, skip_reason

READY_SECONDS = 1.2
IDLE_SHARE = 0.005
RSS_MB = 90.0
REST_SECONDS = 3.0
STARTS = 7


def measure(report: Report, scale: Scale) -> None:
    """Start, rest, and look at it once as a screen does."""
    records, changes = scale.tasks + scale.plain_tasks, len(corpus(scale.tasks, scale.plain_tasks).changes)
    report.heading(f"Start with {records:,} records and {changes:,} changes on disk")
    home = node_home("alice", full_directory(scale.tasks, scale.plain_tasks, views=True))
    with _network(report) as (prefix, settings):
        asyncio.run(_measure(report, scale, MeasuredNode(home, "alice", prefix=prefix, settings=settings)))


@contextlib.contextmanager
def _network(report: Report) -> Iterator[tuple[Sequence[str], str]]:
    reason = skip_reason()
    if reason:
        report.note(f"without namespaces ({reason}): discovery is off")
        yield (), OFF
        return
    with Laboratory() as laboratory:
        yield laboratory.host("anna", laboratory.switch("home")).prefix, ""


async def _measure(report: Report, scale: Scale, node: MeasuredNode) -> None:
    starts = []
    for _ in range(max(STARTS if scale.repeats > 1 else 1, 1)):
        await node.start()
        starts.append(node.ready_seconds)
        await node.stop()
    met = report.figure("start: from the process to ready, median", median(starts), "s", READY_SECONDS)
    report.note(f"  each: {', '.join(f'{each:.2f}' for each in starts)} s")
    if not met:
        await _profile_start(report, node)
    await node.start()
    try:
        await _idle(report, scale, node, "alone")
        report.figure("start: memory after resting", node.rss_mb(), "MB", RSS_MB)
        count = await _look(node)
        if count < scale.tasks + scale.plain_tasks:
            raise AssertionError(f"a screen was told of {count} records only")
        await asyncio.sleep(REST_SECONDS)
        report.figure("start: memory after a screen took all records", node.rss_mb(), "MB", RSS_MB)
    finally:
        await node.stop()


async def _idle(report: Report, scale: Scale, node: MeasuredNode, how: str) -> None:
    await asyncio.sleep(REST_SECONDS)
    began = node.cpu_seconds()
    await asyncio.sleep(scale.idle_seconds)
    used = (node.cpu_seconds() - began) / scale.idle_seconds
    met = report.figure(f"start: idle CPU, {how}, over {scale.idle_seconds:g} s", 100 * used, "%", 100 * IDLE_SHARE)
    if not met:
        await node.stop()
        await _profile_start(report, node, scale.idle_seconds)
        await node.start()


async def _look(node: MeasuredNode) -> int:
    """Take a snapshot as a screen does; how many records it had."""
    count = 0
    async with contextlib.aclosing(node.events()) as events:
        async for event in events:
            count += len(event.get("records", ()))
            if event["event"] == "snapshot" and event["last"]:
                break
    return count


async def _profile_start(report: Report, node: MeasuredNode, seconds: float = 0.0) -> None:
    path: Path = new_place("profile")
    node.profile = path
    await node.start()
    await asyncio.sleep(seconds)
    await node.stop()
    node.profile = None
    report.profile("a start (and stop) of the node" if not seconds else f"{seconds:g} s of rest", path)
