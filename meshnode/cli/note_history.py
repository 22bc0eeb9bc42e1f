"""`meshnode note history`: who changed what in a sealed note, newest first; what was sealed is never in it."""

from __future__ import annotations

import argparse

from meshnode.cli.asking import Attached, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import find_entry, short_numbers, title_of
from meshnode.cli.layout import columns
from meshnode.cli.moments import now
from meshnode.cli.task_history import history_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `note history` takes."""
    parser.add_argument("note", metavar="NOTE", nargs="+", help="its short number, or words of its title")


def run(call: Call) -> Answer:
    """Find the note and print its history."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        notes = known.of_kind("note")
        note = find_entry(notes, call.options.note, "note")
        number, width = short_numbers(notes)[note["id"]], call.terminal.width
        entries = (await node.ask("history", record=note["id"]))["entries"]
        lines = [*columns([(number, title_of(note))], width, indent=0), ""]
        return Answer(
            {"number": number, "record": note["id"], "entries": entries},
            lines + history_lines(entries, known, now(), width),
        )

    return with_node(call, work)


COMMAND = Command(
    examples=("meshnode note history 3fa", "meshnode note history door code"), run=run, arguments=arguments
)
