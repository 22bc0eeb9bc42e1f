"""Waiting: a command that stays while neighbours come in: says who came, and counts the time down.

Rules of this module:
1. Who came is what the node says of this one invite, looked up again whenever it tells of members.
2. A line is drawn again only where a terminal can; elsewhere it is said once.
"""

from __future__ import annotations

import asyncio
import time

from crdt.display import display_line
from meshnode.cli.asking import Attached
from meshnode.cli.command import Call, Json
from meshnode.cli.moments import span

TICK_SECONDS = 20.0


def fresh_line(call: Call) -> str:
    """What makes the last line empty again; nothing where that cannot be done."""
    return "\r\x1b[K" if call.terminal.draws else ""


async def wait_for_people(call: Call, node: Attached, invite: Json) -> list[str]:
    """Say who comes in until all have come or the invite is too old; the names of who came."""
    came: list[str] = []
    watching = asyncio.create_task(_watch(call, node, invite, came))
    ticking = asyncio.create_task(_count_down(call, invite, came))
    try:
        await asyncio.wait((watching, ticking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        watching.cancel()
        ticking.cancel()
        results = await asyncio.gather(watching, ticking, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return came


async def _watch(call: Call, node: Attached, invite: Json, came: list[str]) -> None:
    known: set[str] = set()
    async for event in node.client.subscribe():
        if event.get("members") is None:
            continue
        people = (await node.ask("came_in", invite=invite["id"]))["people"]
        for person in people:
            if person["member"] not in known:
                known.add(person["member"])
                came.append(display_line(str(person["name"])))
                call.terminal.say(f"{fresh_line(call)}{came[-1]} has come in.")
        if len(came) >= int(invite["uses"]):
            return


async def _count_down(call: Call, invite: Json, came: list[str]) -> None:
    """One line that says how long is left, drawn again where it can be."""
    said, fresh = False, fresh_line(call)
    while (left := int(invite["expires_ms"]) - time.time_ns() // 1_000_000) > 0:
        if fresh or not said:
            waiting = f"Waiting: {span(left)} left. Ctrl+C ends the waiting; the code stays good."
            call.terminal.say(f"{fresh}{waiting}", end="" if fresh else "\n")
        said = True
        await asyncio.sleep(TICK_SECONDS)
    call.terminal.say(fresh, end="")
