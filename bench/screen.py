"""Screen: what a person waits for at the terminal, and what the terminal is sent.

Rules of this module:
1. A real screen in a real pseudo-terminal on a real node; what it shows is read by a terminal emulator.
2. Times end when the bytes that show it have arrived, before they are parsed.
3. The neighbour that floods the node is another process with a real link.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Sequence

from bench.flood import Flood
from bench.processes import OFF, MeasuredNode, MeasuredTerminal, rss_mb, screen_on
from bench.report import Report, median, ninetieth
from bench.scale import Scale
from bench.shelf import full_directory, new_place, node_home
from bench.written import corpus, many_edits

FIRST_PAINT_SECONDS = 1.0
RSS_MB = 60.0
KEY_MS = 50.0
EVENT_BYTES = 1024
RATE = 1_000
PAINTS = 5
KEYS = 40
ASK_PACE_SECONDS = 0.1
EVENTS = 15
QUIET_SECONDS = 0.4
KEY_PACE_SECONDS = (0.12, 0.3)
LAST_SECOND_TO_BEGIN = 30
STUCK_SECONDS = 10.0
PROFILED_SECONDS = 5.0


def measure(report: Report, scale: Scale) -> None:
    """First paint, events, quiet, keys; then keys during a flood."""
    tasks = scale.board_tasks
    report.heading(f"Screen of 80x24 on a node with {tasks:,} tasks")
    to_give = many_edits(tasks, int(RATE * scale.flood_seconds), 1)
    nodes = [
        MeasuredNode(node_home("alice", full_directory(tasks, views=True)), "alice", settings=OFF) for _ in range(2)
    ]
    floods = [Flood(corpus(tasks).changes, to_give) for _ in nodes]
    try:
        if not asyncio.run(_measure(report, scale, nodes[0], floods[0])):
            asyncio.run(_profile(report, nodes[1], floods[1]))
    finally:
        for flood in floods:
            flood.end()


async def _measure(report: Report, scale: Scale, node: MeasuredNode, flood: Flood) -> bool:
    async with node:
        await _first_paints(report, scale, node)
        await flood.link(await node.port())
        with screen_on(node.socket) as screen:
            await _until_board(screen)
            await _read(screen, 3.0)
            await _events(report, node, screen)
            report.figure("screen: memory with the whole board", rss_mb(screen.process), "MB", RSS_MB)
            await _idle(report, scale, screen)
            calm = await _keys(screen, KEYS // 2)
            report.figure("screen: key press to paint, while nothing happens", 1e3 * median(calm), "ms", KEY_MS)
            met = await _flooded(report, scale, node, screen, flood)
            report.figure("screen: memory after the flood", rss_mb(screen.process), "MB", RSS_MB)
    return met


# -- painting ---------------------------------------------------------------------------------------------------------


def _shown(screen: MeasuredTerminal) -> str:
    return "\n".join(screen.shown.display)


async def _read(screen: MeasuredTerminal, seconds: float) -> bytes:
    return await asyncio.to_thread(screen.read, seconds)


async def _piece(screen: MeasuredTerminal) -> float | None:
    return await asyncio.to_thread(screen.read_once, 0.05)


async def _until_board(screen: MeasuredTerminal) -> float:
    """Seconds until cards stand on the board."""
    while True:
        if await _read(screen, 0.002):
            arrived = time.monotonic()
            if "Job " in _shown(screen):
                return arrived - screen.started
        if time.monotonic() - screen.started > STUCK_SECONDS:
            raise AssertionError(f"no cards came:\n{_shown(screen)}")


async def _until_counted(screen: MeasuredTerminal, tasks: int) -> float:
    """Seconds until the columns' counts add up to everything there is."""
    arrived = screen.started
    while sum(map(int, re.findall(r"(?:OPEN|CLAIMED|DOING|DONE) (\d+)", _shown(screen)))) < tasks:
        arrived = await _piece(screen) or arrived
        if time.monotonic() - screen.started > STUCK_SECONDS:
            raise AssertionError(f"not all tasks came:\n{_shown(screen)}")
    return arrived - screen.started


async def _first_paints(report: Report, scale: Scale, node: MeasuredNode) -> None:
    took, whole, memory = [], [], []
    for _ in range(PAINTS if scale.repeats > 1 else 1):
        with screen_on(node.socket) as screen:
            took.append(await _until_board(screen))
            whole.append(await _until_counted(screen, scale.board_tasks))
            await _read(screen, QUIET_SECONDS)
            memory.append(rss_mb(screen.process))
    met = report.figure("screen: from its start to cards on the board", median(took), "s", FIRST_PAINT_SECONDS)
    report.figure(f"screen: from its start to all {scale.board_tasks:,} counted on it", median(whole), "s")
    report.note(f"  each: {', '.join(f'{each:.2f}' for each in took)} s; memory then {median(memory):.1f} MB")
    if not met:
        path = new_place("profile")
        with screen_on(node.socket, profile=path) as screen:
            await _until_board(screen)
        report.profile("a screen that starts and ends", path)


async def _events(report: Report, node: MeasuredNode, screen: MeasuredTerminal) -> None:
    """A title on the visible board changes; all that the terminal is sent for it."""
    sizes: list[bytes] = []
    views = {str(view["title"]): str(view["id"]) for view in await node.tasks()}
    visible = [title for title in views if title.split(":")[0] in _shown(screen)]
    for number in range(EVENTS):
        title = visible[number % len(visible)]
        await node.act("task.edit", views[title], title=f"{title.split(':')[0]}: again {number}")
        got = b""
        while more := await _read(screen, QUIET_SECONDS):
            got += more
        sizes.append(got)
    met = report.figure(
        "screen: terminal output for one event, median", median([len(got) for got in sizes]), "B", EVENT_BYTES
    )
    report.figure("screen: terminal output for one event, the most of all", max(map(len, sizes)), "B")
    if not met:
        _report_output(report, sizes)


def _report_output(report: Report, outputs: Sequence[bytes]) -> None:
    """What the bytes were."""
    joined = b"".join(outputs)
    moves = len(re.findall(rb"\x1b\[\d+;\d+H", joined))
    styles = sum(map(len, re.findall(rb"\x1b\[[0-9;]*m", joined)))
    blanks = sum(map(len, re.findall(rb"  +", joined)))
    report.note(
        f"  of {len(joined):,} B in {len(outputs)} events: {styles:,} B of styles, {blanks:,} B of blanks,"
        f" {moves / len(outputs):.0f} rows painted an event"
    )


async def _idle(report: Report, scale: Scale, screen: MeasuredTerminal) -> None:
    """Nothing happens, within one minute of the clock."""
    while (second := time.time() % 60) > LAST_SECOND_TO_BEGIN or second < 2:
        await _read(screen, 0.5)
    got = b""
    ends = time.monotonic() + min(20.0, scale.idle_seconds)
    while time.monotonic() < ends:
        got += await _read(screen, 0.5)
    seconds = f"{min(20.0, scale.idle_seconds):g} s"
    report.figure(f"screen: terminal output in {seconds} of quiet between clock minutes", len(got), "B", 0)


# -- keys -------------------------------------------------------------------------------------------------------------


async def _keys(screen: MeasuredTerminal, count: int) -> list[float]:
    """Seconds from a key to the bytes that move the cursor to the next card, at a person's pace."""
    chance = random.Random(count)
    took = []
    for number in range(count):
        row = screen.shown.cursor.y
        began = time.monotonic()
        screen.type(b"j" if number % 6 < 3 else b"k")
        arrived = began
        while screen.shown.cursor.y == row:
            arrived = await _piece(screen) or arrived
            if time.monotonic() - began > STUCK_SECONDS:
                raise AssertionError(f"the cursor does not move:\n{_shown(screen)}")
        took.append(arrived - began)
        ends = time.monotonic() + chance.uniform(*KEY_PACE_SECONDS)
        while time.monotonic() < ends:
            await _read(screen, 0.01)
    return took


async def _flooded(report: Report, scale: Scale, node: MeasuredNode, screen: MeasuredTerminal, flood: Flood) -> bool:
    taking = asyncio.create_task(_taken(node, flood, scale.flood_seconds))
    busy: list[float] = []
    sent, began = len(screen.sent), time.monotonic()
    answers: list[float] = []
    asking = asyncio.create_task(_ask_now_and_then(node, answers))
    while not taking.done():
        busy += await _keys(screen, 6)
    asking.cancel()
    elapsed = time.monotonic() - began
    rate, node_cpu = await taking
    report.figure("screen: changes a second that the node took in meanwhile", rate, "/s")
    report.note(f"  the node used {100 * node_cpu:.0f} % of a core; {len(busy)} keys were pressed")
    report.note(f"  the terminal was sent {(len(screen.sent) - sent) / elapsed / 1000:.1f} kB/s")
    met = report.figure("screen: key press to paint during that, median", 1e3 * median(busy), "ms", KEY_MS)
    report.figure("screen: nine of ten keys during that", 1e3 * ninetieth(busy), "ms")
    report.figure("screen: the node's API answers during that, median", 1e3 * median(answers), "ms")
    report.figure("screen: nine of ten answers during that", 1e3 * ninetieth(answers), "ms")
    return met


async def _ask_now_and_then(node: MeasuredNode, answers: list[float]) -> None:
    """What another screen or command waits for one record."""
    record = corpus(1).changes[0].record.hex()
    while True:
        began = time.perf_counter()
        await node.ask("record", record=record)
        answers.append(time.perf_counter() - began)
        await asyncio.sleep(ASK_PACE_SECONDS)


async def _taken(node: MeasuredNode, flood: Flood, seconds: float) -> tuple[float, float]:
    """Changes a second that were on the node's disk in the end, and its share of a core."""
    before, cpu, began = await _count(node), node.cpu_seconds(), time.monotonic()
    flood.begin(RATE, seconds)
    await flood.given()
    took = time.monotonic() - began
    return (await _count(node) - before) / took, (node.cpu_seconds() - cpu) / took


async def _count(node: MeasuredNode) -> int:
    return int((await node.ask("status"))["counts"]["changes"])


# -- where the time goes ----------------------------------------------------------------------------------------------


async def _profile(report: Report, node: MeasuredNode, flood: Flood) -> None:
    """Node and screen during a flood, each under a profiler of its own."""
    node.profile, path = new_place("profile"), new_place("profile")
    async with node:
        await flood.link(await node.port())
        with screen_on(node.socket, profile=path) as screen:
            await _until_board(screen)
            taking = asyncio.create_task(_taken(node, flood, PROFILED_SECONDS))
            while not taking.done():
                await _keys(screen, 6)
    report.profile("the node: its start, a screen, and a flood", node.profile)
    report.profile("the screen: its start and a flood", path)
