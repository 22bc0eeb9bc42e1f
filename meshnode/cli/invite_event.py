"""`meshnode invite --event`: a code on a laptop at a meeting, for many people and for one evening.

Rules of this module:
1. Who comes in with it is a newcomer; that two neighbours have met them makes it complete.
"""

from __future__ import annotations

import time

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Json
from meshnode.cli.invite_address import lan_address
from meshnode.cli.moments import moment, now, span
from meshnode.cli.qr import SEPARATOR, qr_lines
from meshnode.cli.waiting import wait_for_people

MEET_THEM = "Whom you met here: `meshnode vouch NAME`. Two neighbours' word makes it complete (`meshnode newcomers`)."
NOBODY_ANSWERS = "No node of yours runs now: a hub or another member's node that knows this code lets them in."


def run_event(call: Call) -> Answer:
    """Show the code and say who comes in, until everybody has, the day is over, or Ctrl+C."""
    shown: list[tuple[Attached, Json]] = []

    async def work(node: Attached) -> Answer:
        invite = await node.ask("invite", event=True, **({"uses": call.options.uses} if call.options.uses > 1 else {}))
        lines = _lines(call, invite)
        if not call.asks or call.options.no_wait:
            return Answer(invite, [*lines, *([NOBODY_ANSWERS] if node.started else [])])
        for line in [*lines, ""]:
            call.terminal.say(line)
        shown.append((node, invite))
        return Answer(invite, _came(await wait_for_people(call, node, invite)))

    try:
        return with_node(call, work)
    except KeyboardInterrupt:
        if not shown:
            raise
        call.terminal.say()
        node, invite = shown[0]
        return Answer(invite, [MEET_THEM, *([NOBODY_ANSWERS] if node.started else [])])


def _lines(call: Call, invite: Json) -> list[str]:
    address = lan_address(invite)
    scanned = f"{invite['short']}{SEPARATOR}{address}" if address else str(invite["short"])
    left = span(invite["expires_ms"] - time.time_ns() // 1_000_000)
    return [
        *qr_lines(scanned, call.terminal),
        "On each new machine:",
        "",
        f"  meshnode join {invite['short']}" + (f" --address {address}" if address else ""),
        "",
        f"Lets up to {invite['uses']} people in until {moment(invite['expires_ms'], now())} ({left} left).",
        "Whoever sees this code can come in: show it only while you look.",
    ]


def _came(names: list[str]) -> list[str]:
    if not names:
        return ["Nobody came in with this code."]
    return [f"Came in: {display_line(', '.join(names))}.", MEET_THEM]
