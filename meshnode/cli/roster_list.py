"""`meshnode roster list` and `meshnode roster who`: the households, how they are, and who can help with what."""

from __future__ import annotations

import argparse

from crdt.boards.households import BOARD, signals, who_has
from crdt.display import display_line
from meshnode.cli.asking import snapshot, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import short_numbers
from meshnode.cli.layout import columns
from meshnode.cli.roster_lines import RosterLines

NOBODY = "Nobody is on the roster yet. `meshnode roster add` puts a household on it."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `roster list` takes."""
    parser.add_argument("words", metavar="WORD", nargs="*", help="only households with all these words")
    parser.add_argument("--all", action="store_true", help="those taken off the roster, too")
    parser.add_argument("--state", choices=BOARD.states, help="only households that are so")


def run(call: Call) -> Answer:
    """Everybody, the worrying ones first."""
    known, options = with_node(call, snapshot), call.options
    printed, today = RosterLines(known, call.terminal.width), known.now().date().isoformat()
    every = known.of_kind("household")
    numbers = short_numbers(every)
    found = [
        view
        for view in sorted(every, key=lambda view: BOARD.order(view, today))
        if all(word.casefold() in BOARD.words(view).casefold() for word in options.words)
        and (options.state or BOARD.state(view, today)) == BOARD.state(view, today)
        and (options.all or options.state == "aside" or view["kept"] == "here")
    ]
    late = printed.late(found)
    lines = [*late, *([""] if late else []), *printed.listed(found, numbers)]
    entries = [{"number": numbers[view["id"]], "state": BOARD.state(view, today), **view} for view in found]
    return Answer({"entries": entries, "overdue": late}, lines or [NOBODY])


def who_arguments(parser: argparse.ArgumentParser) -> None:
    """What `roster who` takes."""
    parser.add_argument("words", metavar="WORD", nargs="+", help="a skill, a piece of equipment or a language")


def who(call: Call) -> Answer:
    """The households that have it, with where they are and how to reach them first."""
    known, words = with_node(call, snapshot), " ".join(call.options.words)
    every = known.of_kind("household")
    numbers = short_numbers(every)
    found = who_has(every, words)
    rows = [
        (
            numbers[view["id"]],
            display_line(str(view["title"])) or "(no name)",
            display_line(str(view["place"])),
            "; ".join(f"{name}: {text}" for name, text in signals(view)[:1]),
        )
        for view in found
    ]
    nobody = f"No household on the roster says that it has {display_line(words)!r}. Try another word for it."
    entries = [{"number": numbers[view["id"]], **view} for view in found]
    return Answer({"entries": entries}, columns(rows, call.terminal.width) or [nobody])


COMMAND = Command(
    examples=("meshnode roster list", "meshnode roster list elm street", "meshnode roster list --state help"),
    run=run,
    arguments=arguments,
    more="Who needs help comes first. Where marks contradict each other, all are shown until a new one settles it.",
)
WHO = Command(
    examples=("meshnode roster who first aid", "meshnode roster who generator"),
    run=who,
    arguments=who_arguments,
    more="It looks in the skills, the equipment and the languages that households have entered.",
)
