"""`meshnode invite --words`: three words to say to somebody who stands next to you, good for ten minutes.

Rules of this module:
1. The words are good only while a node of this profile runs; where none would go on running, they are not shown.
2. However the command ends, the window is closed with it.
"""

from __future__ import annotations

import asyncio

from crdt.display import display_line
from meshnode.cli.asking import Attached, conversation
from meshnode.cli.command import Answer, Call, Json
from meshnode.cli.invite_address import lan_address
from meshnode.cli.waiting import fresh_line

LOOK_SECONDS = 1.0
ENDINGS = {
    "over": "The ten minutes are over, and nobody came.",
    "guessed": "Three tries with other words: these are not good any more. If it was not your neighbour who mistyped "
    "them, somebody else on this network tried to guess.",
    "closed": "The words are not good any more.",
}
NEXT = "For new ones: `meshnode invite --words`."
NOT_WITHOUT_A_NODE = "No node of yours runs now, so nobody can use these words: start `meshnode`, or `meshnode run`."


def run_words(call: Call) -> Answer:
    """Open a window and stay with it until somebody came in or it ended."""
    with conversation(call) as talk:
        window = talk.ask("window_open")
        lines = _lines(window)
        if not call.asks or call.options.no_wait:
            if talk.node.started:
                talk.ask("window_close")
                lines = [NOT_WITHOUT_A_NODE]
            return Answer(window, lines)
        for line in [*lines, ""]:
            call.terminal.say(line)
        try:
            return Answer(window, talk.runner.run(_wait(call, talk.node)))
        except KeyboardInterrupt:
            call.terminal.say()
            talk.ask("window_close")
            return Answer(window, [ENDINGS["closed"]])


def _lines(window: Json) -> list[str]:
    address = lan_address(window)
    words = " ".join(window["words"])
    return [
        "Say these three words to your neighbour:",
        "",
        f"    {words}",
        "",
        "On the new machine, on the same Wi-Fi or cable:",
        "",
        f"  meshnode join --words {words}",
        *([f"  (if it finds nobody, add: --address {address})"] if address else []),
        "",
        "Good for one person, for 10 minutes and 3 tries.",
    ]


async def _wait(call: Call, node: Attached) -> list[str]:
    """Follow the window; what to say when it has ended."""
    tries = None
    while (window := await node.ask("window"))["state"] == "open":
        if tries is not None and window["tries_left"] < tries:
            call.terminal.say(f"{fresh_line(call)}Somebody tried other words.")
        if fresh_line(call) or window["tries_left"] != tries:
            left = f"Waiting: {_clock(window)} left, {_tries(window)}. Ctrl+C closes it."
            call.terminal.say(f"{fresh_line(call)}{left}", end="" if fresh_line(call) else "\n")
        tries = window["tries_left"]
        await asyncio.sleep(LOOK_SECONDS)
    call.terminal.say(fresh_line(call), end="")
    if window["state"] != "matched":
        return [ENDINGS.get(window["state"], ENDINGS["closed"]), NEXT]
    call.terminal.say("The words matched. Your neighbour reads what joining means, and then says yes or no.")
    while not window["came"] and not window["back"]:
        await asyncio.sleep(LOOK_SECONDS)
        window = await node.ask("window")
    if window["back"]:
        return [f"{display_line(window['back'])} is back, on a new device, with their key card."]
    return [f"{display_line(', '.join(window['came']))} has come in. Welcome your new neighbour."]


def _clock(window: Json) -> str:
    minutes, seconds = divmod(int(window["seconds_left"]), 60)
    return f"{minutes}:{seconds:02}"


def _tries(window: Json) -> str:
    left = int(window["tries_left"])
    return "1 try" if left == 1 else f"{left} tries"
