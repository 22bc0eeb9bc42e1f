"""`meshnode invite`: a code that lets a neighbour in, to scan, to type, or to paste."""

from __future__ import annotations

import argparse
import asyncio
import time

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.moments import moment, now, span
from meshnode.cli.qr import SEPARATOR, qr_lines

TICK_SECONDS = 20.0
NOBODY_ANSWERS = "No node of yours runs now, so nobody answers this code yet: start `meshnode`, or `meshnode run`."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `invite` takes."""
    parser.add_argument("--uses", metavar="N", type=int, default=1, help="how many people it lets in (usual: 1)")
    parser.add_argument("--days", metavar="D", type=int, default=2, help="for how many days it works (usual: 2)")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until somebody has come in")


def run(call: Call) -> Answer:
    """Make an invite and show it; in a terminal, stay until it is used, so that a node is there to answer."""
    shown: list[Attached] = []

    async def work(node: Attached) -> Answer:
        invite = await node.ask("invite", uses=call.options.uses, days=call.options.days)
        lines = _lines(call, invite)
        if not call.asks or call.options.no_wait:
            return Answer(invite, [*lines, *([NOBODY_ANSWERS] if node.started else [])])
        for line in [*lines, ""]:
            call.terminal.say(line)
        shown.append(node)
        return Answer(invite, await _wait(call, node, invite))

    try:
        return with_node(call, work)
    except KeyboardInterrupt:
        if not shown:
            raise
        call.terminal.say()
        return Answer({}, [NOBODY_ANSWERS] if shown[0].started else [])


def lan_address(invite: Json) -> str | None:
    """The first address that another machine can reach and that a person can type."""
    addresses = [str(address) for address in invite["address"] if not str(address).startswith(("127.", "["))]
    return addresses[0] if addresses else None


def _lines(call: Call, invite: Json) -> list[str]:
    """The invite for people."""
    address = lan_address(invite)
    scanned = f"{invite['short']}{SEPARATOR}{address}" if address else str(invite["short"])
    people = "1 person" if invite["uses"] == 1 else f"{invite['uses']} people"
    left = span(invite["expires_ms"] - time.time_ns() // 1_000_000)
    return [
        *qr_lines(scanned, call.terminal),
        "On the new machine:",
        "",
        f"  meshnode join {invite['short']}" + (f" --address {address}" if address else ""),
        "",
        "Or the long code, to paste, which any node of this neighbourhood can answer:",
        "",
        f"  meshnode join {invite['token']}",
        "",
        f"Good for {people} until {moment(invite['expires_ms'], now())} ({left} left).",
        "Whoever has this code can come in: hand it only to people you mean.",
    ]


async def _wait(call: Call, node: Attached, invite: Json) -> list[str]:
    """Count down until everybody invited has come in or the invite is too old; what to say then."""
    came: list[str] = []
    fresh_line = "\r\x1b[K" if call.terminal.draws else ""
    watching = asyncio.create_task(_watch(call, node, int(invite["uses"]), came, fresh_line))
    ticking = asyncio.create_task(_count_down(call, int(invite["expires_ms"]), fresh_line))
    try:
        await asyncio.wait((watching, ticking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        watching.cancel()
        ticking.cancel()
        results = await asyncio.gather(watching, ticking, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    if len(came) < int(invite["uses"]):
        return ["This invite is too old now."]
    return ["Everybody invited is in." if len(came) > 1 else "Welcome your new neighbour."]


async def _watch(call: Call, node: Attached, uses: int, came: list[str], fresh_line: str) -> None:
    """Say who comes in, until as many have come as were invited."""
    before: set[str] | None = None
    async for event in node.client.subscribe():
        members: Json | None = event.get("members")
        if members is None:
            continue
        new = [] if before is None else sorted(set(members) - before)
        before = set(members)
        for member in new:
            came.append(display_line(str(members[member].get("name"))))
            call.terminal.say(f"{fresh_line}{came[-1]} has come in.")
        if len(came) >= uses:
            return


async def _count_down(call: Call, expires_ms: int, fresh_line: str) -> None:
    """One line that says how long is left, drawn again where it can be."""
    said = False
    while (left := expires_ms - time.time_ns() // 1_000_000) > 0:
        if fresh_line or not said:
            waiting = f"Waiting: {span(left)} left. Ctrl+C ends the waiting; the code stays good."
            call.terminal.say(f"{fresh_line}{waiting}", end="" if fresh_line else "\n")
        said = True
        await asyncio.sleep(TICK_SECONDS)
    call.terminal.say(fresh_line, end="")


COMMAND = Command(
    examples=("meshnode invite", "meshnode invite --uses 12 --days 1", "meshnode invite --json"),
    run=run,
    arguments=arguments,
)
