"""`meshnode note show`: one sealed note, opened on a device of somebody it is for.

Rules of this module:
1. Where the note does not open, what everybody can read is printed, and why it stays closed; the exit code says so.
"""

from __future__ import annotations

import argparse

from meshnode.api.schema import ApiError
from meshnode.cli.asking import Attached, Snapshot, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import find_entry, short_numbers
from meshnode.cli.layout import columns, paragraph, prose
from meshnode.cli.moments import claimed, now
from meshnode.cli.notes import promise, row
from meshnode.errors import NotPossible


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `note show` takes."""
    parser.add_argument("note", metavar="NOTE", nargs="+", help="its short number, or words of its title")


def run(call: Call) -> Answer:
    """Find the note, have it opened, and print it."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        notes = known.of_kind("note")
        note = find_entry(notes, call.options.note, "note")
        number = short_numbers(notes)[note["id"]]
        width = call.terminal.width
        lines = columns([row(note, number, known)], width, indent=0)
        value = {"number": number, "view": note}
        try:
            opened = await node.ask("open_sealed", record=note["id"], field="text")
        except ApiError as refusal:
            if refusal.code != NotPossible.code:
                raise
            lines += ["", paragraph(refusal.sentence, width)]
            return Answer(value | {"values": [], "why_not": str(refusal)}, lines, NotPossible.exit_code)
        lines += [*_texts(opened["values"], known, width), "", paragraph(promise(note, known), width)]
        return Answer(value | {"values": opened["values"], "why_not": ""}, lines)

    return with_node(call, work)


def _texts(values: list[Json], known: Snapshot, width: int) -> list[str]:
    """What is sealed: one text, or several that the author's devices wrote apart."""
    lines: list[str] = []
    for value in values:
        lines += ["", f"{known.author(value)}, {claimed(value['at_ms'], now())}:"]
        lines += prose(value["text"], width) if value["text"] is not None else [f"  {value['why_not']}"]
    if len(values) > 1:
        lines += ["", "Two devices wrote this apart. `meshnode note edit` settles what it should say."]
    return lines


COMMAND = Command(
    examples=("meshnode note show 3fa", "meshnode note show door code", "meshnode note show 3fa --json"),
    run=run,
    arguments=arguments,
    more="Only on your own device, and only if it is for you: everybody else sees its title and who can read it.",
)
