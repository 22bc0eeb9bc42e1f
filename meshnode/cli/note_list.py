"""`meshnode note list`: the sealed notes there are, and for whom."""

from __future__ import annotations

import argparse

from meshnode.cli.asking import snapshot, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import find_entry, short_numbers, title_of
from meshnode.cli.layout import columns
from meshnode.cli.notes import YOU, readers, row

NOTHING = "No sealed notes here. `meshnode note add` writes one."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `note list` takes."""
    parser.add_argument("--mine", action="store_true", help="only those that you can read")
    parser.add_argument("--task", metavar="TASK", help="only those that belong to this task")


def run(call: Call) -> Answer:
    """Read the notes from the node and print a line each; none is opened."""
    known = with_node(call, snapshot)
    every = known.of_kind("note")
    task = find_entry(known.of_kind("task"), [call.options.task])["id"] if call.options.task else None
    notes = [
        note
        for note in sorted(every, key=lambda note: (title_of(note).casefold(), note["id"]))
        if (YOU in readers(note, known) or not call.options.mine) and task in (None, note["task"])
    ]
    numbers = short_numbers(every)
    lines = columns([row(note, numbers[note["id"]], known) for note in notes], call.terminal.width, indent=0)
    return Answer({"notes": [{"number": numbers[note["id"]], **note} for note in notes]}, lines or [NOTHING])


COMMAND = Command(
    examples=("meshnode note list", "meshnode note list --mine", "meshnode note list --task 3fa"),
    run=run,
    arguments=arguments,
    more="Titles can be read by everybody here; what is sealed is shown by `meshnode note show`.",
)
