"""`meshnode rollcall show` and `meshnode rollcall mark`: a call as it stands, and one household's answer in it."""

from __future__ import annotations

import argparse

from crdt.boards.household_fields import WORDS
from crdt.boards.rollcalls import BOARD, mark_arguments
from crdt.display import display_line
from meshnode.cli.acting import add_as, who_acts
from meshnode.cli.asking import Attached, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import find_entry, short_numbers
from meshnode.cli.rollcall_lines import meant, row_value, tally_lines, tally_of
from meshnode.cli.roster_lines import RosterLines


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `rollcall show` takes."""
    parser.add_argument(
        "entry", metavar="ROLLCALL", nargs="*", help="its short number, or words of it; left out: the open one"
    )


def run(call: Call) -> Answer:
    """Who needs help, who is not reached yet, who was reached."""
    known = with_node(call, snapshot)
    view = meant(known, call.options.entry)
    found = tally_of(view, known)
    drill = "DRILL: " if view["drill"] else ""
    head = f"{drill}{display_line(str(view['title']))} ({BOARD.state(view, '').replace('_', ' ')})"
    numbers = short_numbers(known.of_kind("household"))
    lines = [head, "", *tally_lines(found, known, numbers, call.terminal.width)]
    value = {
        "call": view,
        "need_help": [row_value(row) for row in found.need_help],
        "not_yet": [row_value(row) for row in found.not_yet],
        "reached": [row_value(row) for row in found.reached],
    }
    return Answer(value, lines)


def mark_command_arguments(parser: argparse.ArgumentParser) -> None:
    """What `rollcall mark` takes."""
    parser.add_argument("household", metavar="ROSTER", nargs=1, help="the household's number, or words in quotes")
    parser.add_argument("word", choices=sorted(WORDS), help="how it is")
    parser.add_argument("--how", default="", metavar="TEXT", help="how you know: heard on radio, seen at the door")
    parser.add_argument("--note", default="", metavar="TEXT", help="what matters now: needs insulin")
    parser.add_argument("--at", metavar="TIME", help="when it was heard, if not now: 14:05")
    parser.add_argument("--call", dest="rollcall", metavar="ROLLCALL", help="which call, if several are open")
    add_as(parser)


def mark(call: Call) -> Answer:
    """Mark a household in the open call; in a drill the real status stays as it is."""
    options = call.options

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        view = meant(known, [options.rollcall] if options.rollcall else [])
        household = find_entry(known.of_kind("household"), options.household, "roster")
        given = mark_arguments(view, options.word, options.how, options.note)
        given |= {"at": options.at} if options.at else {}
        reply = await node.ask(
            "act", action="roster.mark", record=household["id"], arguments=given, **who_acts(options)
        )
        marks = reply["view"]["drill_marks" if view["drill"] else "marks"]
        told = "; ".join(RosterLines(known, call.terminal.width).how_it_is(marks))
        return Answer(reply, [f"{'DRILL: ' if view['drill'] else ''}{display_line(str(household['title']))}: {told}"])

    return with_node(call, work)


COMMAND = Command(
    examples=("meshnode rollcall show", "meshnode rollcall show storm", "meshnode rollcall show --json"),
    run=run,
    arguments=arguments,
    more="Several callers on several nodes write into one list. Two calls that were opened while apart count as one.",
)
MARK = Command(
    examples=(
        'meshnode rollcall mark 3fa safe --how "heard on radio"',
        'meshnode rollcall mark "number 7" help --note "needs insulin" --at 14:05',
    ),
    run=mark,
    arguments=mark_command_arguments,
)
