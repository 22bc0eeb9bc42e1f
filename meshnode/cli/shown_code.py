"""A device code on the screen: to scan or to type, with what to do with it, until it was used or its time is over."""

from __future__ import annotations

import asyncio
import time

from meshnode.cli.asking import Attached, Conversation
from meshnode.cli.command import Answer, Call, Json
from meshnode.cli.device_names import device_line
from meshnode.cli.invite_address import lan_address
from meshnode.cli.moments import span
from meshnode.cli.qr import SEPARATOR, qr_lines

TICK_SECONDS = 20.0
NOBODY_ANSWERS = "No node of yours goes on running, so nobody answers this code: start `meshnode`, or `meshnode run`."
OVER = "The ten minutes are over, and nobody used the code."


def show_until_used(call: Call, talk: Conversation, shown: Json, command: str, before: str) -> Answer:
    """Show a code and stay until a machine was made a device with it.

    Args:
        call: of the command.
        talk: with the node that shows the code.
        shown: the node's answer.
        command: what is typed on the other machine, before the code.
        before: which machine that is.
    """
    lines = code_lines(call, shown, command, before)
    if not call.asks:
        return Answer(shown, [*lines, *([NOBODY_ANSWERS] if talk.node.started else [])])
    for line in [*lines, ""]:
        call.terminal.say(line)
    try:
        return Answer(shown, talk.runner.run(_wait(call, talk.node, shown)))
    except KeyboardInterrupt:
        call.terminal.say()
        talk.ask("device_code_close")
        return Answer(shown, ["The code is not good any more."])


def code_lines(call: Call, shown: Json, command: str, before: str) -> list[str]:
    """The code for people."""
    address = lan_address(shown)
    scanned = f"{shown['code']}{SEPARATOR}{address}" if address else str(shown["code"])
    left = span(shown["until_ms"] - time.time_ns() // 1_000_000)
    return [
        *qr_lines(scanned, call.terminal),
        before,
        "",
        f"  {command} {shown['code']}" + (f" --address {address}" if address else ""),
        "",
        f"Good once, for {left}. To have shown it is your yes: nobody is asked again.",
    ]


async def _wait(call: Call, node: Attached, shown: Json) -> list[str]:
    """Count down until the code was used or its time is over; what to say then."""
    before = {each["device"] for each in (await node.ask("devices"))["devices"]}
    fresh = "\r\x1b[K" if call.terminal.draws else ""
    ticking = asyncio.create_task(_count_down(call, int(shown["until_ms"]), fresh))
    watching = asyncio.create_task(_used(node, str(shown["code"])))
    try:
        await asyncio.wait((watching, ticking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (watching, ticking):
            task.cancel()
        await asyncio.gather(watching, ticking, return_exceptions=True)
    call.terminal.say(fresh, end="")
    new = [each for each in (await node.ask("devices"))["devices"] if each["device"] not in before]
    if not new:
        return [OVER]
    whose = "a hub now" if new[0]["kind"] == "hub" else "your device now"
    return [
        f"{device_line(new[0])} is {whose}.",
        f"Are these the words on its screen? If not: `meshnode device drop {new[0]['words']} --stolen`.",
    ]


async def _used(node: Attached, code: str) -> None:
    """Until the node shows this code no more; every new device is news from it."""
    async for _ in node.client.subscribe():
        window = (await node.ask("devices"))["window"]
        if window is None or window["code"] != code:
            return


async def _count_down(call: Call, until_ms: int, fresh: str) -> None:
    said = False
    while (left := until_ms - time.time_ns() // 1_000_000) > 0:
        if fresh or not said:
            line = f"Waiting: {span(left)} left. Ctrl+C closes it."
            call.terminal.say(f"{fresh}{line}", end="" if fresh else "\n")
        said = True
        await asyncio.sleep(min(TICK_SECONDS, left / 1000))
