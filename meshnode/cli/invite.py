"""`meshnode invite`: a code that lets a neighbour in, to scan, to type, or to paste."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.layout import paragraph
from meshnode.cli.moments import moment, now, span
from meshnode.cli.qr import SEPARATOR, qr_lines

TICK_SECONDS = 20.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `invite` takes."""
    parser.add_argument("--uses", metavar="N", type=int, default=1, help="how many people it lets in (usual: 1)")
    parser.add_argument("--days", metavar="D", type=int, default=2, help="for how many days it works (usual: 2)")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until somebody has come in")


def run(call: Call) -> Answer:
    """Make an invite and show it; in a terminal, stay until it is used, so that a node is there to answer."""

    async def work(node: Attached) -> Answer:
        invite = await node.ask("invite", uses=call.options.uses, days=call.options.days)
        lines = _lines(call, invite, node.started)
        if not call.asks or call.options.no_wait:
            return Answer(invite, lines)
        for line in lines:
            call.terminal.say(line)
        return Answer(invite, await _wait(call, node, invite))

    return with_node(call, work)


def lan_address(invite: Json) -> str | None:
    """The first address that another machine can reach and that a person can type."""
    addresses = [str(address) for address in invite["address"] if not str(address).startswith(("127.", "["))]
    return addresses[0] if addresses else None


def _lines(call: Call, invite: Json, started: bool) -> list[str]:
    """The invite for people."""
    address = lan_address(invite)
    scanned = f"{invite['short']}{SEPARATOR}{address}" if address else str(invite["short"])
    people = "1 person" if invite["uses"] == 1 else f"{invite['uses']} people"
    left = span(invite["expires_ms"] - time.time_ns() // 1_000_000)
    lines = [
        *qr_lines(scanned, call.terminal),
        "Your neighbour scans this, or types on the new machine:" if call.terminal.colours else "On the new machine:",
        "",
        f"  meshnode join {invite['short']}" + (f" --address {address}" if address else ""),
        "",
        "Or pastes the long code, which any node of this neighbourhood can answer:",
        "",
        f"  meshnode join {invite['token']}",
        "",
        f"Good for {people} until {moment(invite['expires_ms'], now())} ({left} left).",
        paragraph("Whoever has this code can come in: hand it only to people you mean.", call.terminal.width),
    ]
    if started and (not call.asks or call.options.no_wait):
        lines.append(
            paragraph(
                "No node of yours is running now, so nobody answers yet: start `meshnode`, or `meshnode run`.",
                call.terminal.width,
            )
        )
    return lines


async def _wait(call: Call, node: Attached, invite: Json) -> list[str]:
    """Count down until everybody invited has come in, the invite is too old, or Ctrl+C."""
    before: set[str] | None = None
    came: list[str] = []
    call.terminal.say()
    ticking = asyncio.create_task(_count_down(call, invite))
    try:
        async for event in node.client.subscribe():
            members = event.get("members")
            if members is None:
                continue
            if before is None:
                before = set(members)
            new = [member for member in members if member not in before]
            before |= set(new)
            for member in new:
                came.append(display_line(str(members[member].get("name"))))
                call.terminal.say(f"\r\x1b[K{came[-1]} has come in.")
            if len(came) >= int(invite["uses"]) or ticking.done():
                break
    finally:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
    return ["Everybody invited is in." if len(came) > 1 else "Welcome your new neighbour."] if came else []


async def _count_down(call: Call, invite: Json) -> None:
    """One line that says how long is left."""
    while (left := int(invite["expires_ms"]) - time.time_ns() // 1_000_000) > 0:
        call.terminal.say(f"\r\x1b[KWaiting: {span(left)} left. Ctrl+C ends the waiting; the code stays good.", end="")
        await asyncio.sleep(TICK_SECONDS)
    call.terminal.say("\r\x1b[KThis invite is too old now.")


COMMAND = Command(
    examples=("meshnode invite", "meshnode invite --uses 12 --days 1", "meshnode invite --json"),
    run=run,
    arguments=arguments,
)
