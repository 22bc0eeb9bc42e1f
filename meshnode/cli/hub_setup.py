"""`meshnode hub setup`: on the machine that is to be a hub: show a code for its steward, or take the steward's code."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time

from meshnode.cli.asking import Attached, conversation
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.join import join_with, split_scanned
from meshnode.cli.shown_code import NOBODY_ANSWERS, OVER, code_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `hub setup` takes."""
    parser.add_argument(
        "code", metavar="CODE", nargs="*", help="the code that a steward shows; without it, we show one"
    )
    parser.add_argument("--address", metavar="HOST:PORT", help="where the steward's node is, if it is not found")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Show a code until a steward typed it; or become a hub with theirs."""
    code, scanned = split_scanned(" ".join(call.options.code))
    if code:
        return join_with(call, code, call.options.address or scanned, only="hub")
    with conversation(call) as talk:
        shown = talk.ask("hub_setup")
        lines = code_lines(call, shown, "meshnode hub add", "On the device of a steward, an established neighbour:")
        if not call.asks:
            return Answer(shown, [*lines, *([NOBODY_ANSWERS] if talk.node.started else [])])
        for line in [*lines, "", "Waiting. Ctrl+C ends it."]:
            call.terminal.say(line)
        done = talk.runner.run(_until_stewarded(talk.node, int(shown["until_ms"])))
        after = (
            ["Let the node run always: `meshnode help files` says where everything is."] if talk.node.started else []
        )
        return Answer(shown, ["This machine is a hub now.", *after] if done else [OVER], exit_code=0 if done else 1)


async def _until_stewarded(node: Attached, until_ms: int) -> bool:
    """Whether the node became a hub, or got a steward more, before the code's time was over."""
    before = await _stewards(node)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, until_ms / 1000 - time.time())):
            async for _ in node.client.subscribe():
                if await _stewards(node) > before:
                    return True
    return False


async def _stewards(node: Attached) -> int:
    if (await node.ask("status"))["state"] == "outside":
        return 0
    here = [each for each in (await node.ask("devices"))["devices"] if each["here"]]
    return len(here[0]["stewards"]) if here else 0


COMMAND = Command(
    examples=("meshnode hub setup", "meshnode --profile hub hub setup MESH1:ABCD..."),
    run=run,
    arguments=arguments,
    more="In a profile without a neighbourhood, or on a hub that shall have one more steward.",
)
