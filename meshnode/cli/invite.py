"""`meshnode invite`: a code that lets a neighbour in, to scan, to type, or to paste."""

from __future__ import annotations

import argparse
import time

from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.cli.invite_address import lan_address
from meshnode.cli.invite_event import run_event
from meshnode.cli.invite_file import run_file
from meshnode.cli.invite_list import list_invites, void_invite
from meshnode.cli.invite_words import run_words
from meshnode.cli.moments import moment, now, span
from meshnode.cli.qr import SEPARATOR, qr_lines
from meshnode.cli.waiting import wait_for_people

NOBODY_ANSWERS = "No node of yours runs now, so nobody answers this code yet: start `meshnode`, or `meshnode run`."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `invite` takes."""
    parser.add_argument("--uses", metavar="N", type=int, default=1, help="how many people it lets in (usual: 1)")
    parser.add_argument("--days", metavar="D", type=int, default=2, help="for how many days it works (usual: 2)")
    parser.add_argument(
        "--words", dest="spoken", action="store_true", help="three words to say aloud instead, good for 10 minutes"
    )
    parser.add_argument("--list", action="store_true", help="your open invites, with who came in")
    parser.add_argument("--void", metavar="INVITE", help="take an invite back; who came in with it stays")
    parser.add_argument("--with-guests", action="store_true", help="with --void: those who came in lose your word, too")
    parser.add_argument("--event", action="store_true", help="a code for a meeting: up to 30 people, for today")
    parser.add_argument("--file", metavar="FOLDER", help="write the invite into a folder instead, as on a USB stick")
    parser.add_argument("--no-wait", action="store_true", help="do not wait until somebody has come in")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Make an invite and show it; in a terminal, stay until it is used, so that a node is there to answer."""
    if call.options.spoken:
        return run_words(call)
    if call.options.list:
        return list_invites(call)
    if call.options.void:
        return void_invite(call)
    if call.options.event:
        return run_event(call)
    if call.options.file:
        return run_file(call)
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
    """Wait until everybody invited has come in or the invite is too old; what to say then."""
    came = await wait_for_people(call, node, invite)
    if len(came) < int(invite["uses"]):
        return ["This invite is too old now."]
    return ["Everybody invited is in." if len(came) > 1 else "Welcome your new neighbour."]


COMMAND = Command(
    examples=(
        "meshnode invite",
        "meshnode invite --uses 12 --days 1",
        "meshnode invite --words",
        "meshnode invite --event",
    ),
    run=run,
    arguments=arguments,
)
