"""`meshnode BOARD history`: who changed what in an entry, newest first; what is sealed is never in it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime

from meshnode.cli.asking import Attached, Snapshot, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import field_name, find_entry, short_numbers, title_of
from meshnode.cli.layout import clip, columns
from meshnode.cli.moments import claimed, now

CHANGE_LETTERS = 8
LONGEST_VALUE = 50
FIELD_INDENT = 12
SEALED_BOARD = "note"
"""Its changes cannot be taken back: what was sealed anew stays so."""

_WHAT = {
    "add": "wrote it down",
    "edit": "changed it",
    "change": "changed it",
    "claim": "claimed it",
    "pass": "passed it on",
    "start": "started it",
    "done": "said it is done",
    "aside": "set it aside",
    "reopen": "reopened it",
    "comment": "commented",
    "check": "ticked or unticked a line",
    "check_add": "added a line to the checklist",
    "link": "linked it",
    "thanks": "thanked",
    "undo": "took something back",
    "seal": "sealed the text anew",
    "share": "changed who can read the sealed text",
}


_FIELDS = {"tick": "checklist", "check": "checklist"}


def command_of(word: str, kind: str, example: str) -> Command:
    """The command that tells the history of a board's entries.

    Args:
        word: the board's first word.
        kind: the kind of its records.
        example: words of a title.
    """

    def arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("entry", metavar=word.upper(), nargs="+", help="its short number, or words of its title")

    return Command(
        examples=(f"meshnode {word} history 3fa", f"meshnode {word} history {example}"),
        run=lambda call: _run(call, word, kind),
        arguments=arguments,
    )


def _run(call: Call, word: str, kind: str) -> Answer:
    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        views = known.of_kind(kind)
        view = find_entry(views, call.options.entry, word)
        entries = (await node.ask("history", record=view["id"]))["entries"]
        number = short_numbers(views)[view["id"]]
        lines = [*columns([(number, title_of(view))], call.terminal.width, indent=0), ""]
        lines += history_lines(entries, known, now(), call.terminal.width)
        if word != SEALED_BOARD:
            lines += ["", f"To take a change back: meshnode {word} undo {number} --change CODE"]
        return Answer({"number": number, "record": view["id"], "entries": entries}, lines)

    return with_node(call, work)


def history_lines(entries: Sequence[Json], known: Snapshot, now: datetime, width: int) -> list[str]:
    """Each change: code, when, who and what; below it each field before and after."""
    heads = columns([_head(entry, known, now) for entry in entries], width, flexible=2)
    lines: list[str] = []
    for head, entry in zip(heads, entries, strict=True):
        lines.append(head)
        for field in entry["fields"]:
            before, after = (_value(field.get(side)) for side in ("before", "after"))
            change = f"{before} -> {after or '(nothing)'}" if before else after
            if change:
                name = _FIELDS.get(str(field["field"]), field_name(str(field["field"])))
                lines.append(" " * FIELD_INDENT + clip(f"{name}: {change}", width - FIELD_INDENT))
    return lines


def _head(entry: Json, known: Snapshot, now: datetime) -> list[str]:
    when = claimed(entry["at_ms"], now, entry["received_ms"])
    what = _WHAT.get(str(entry["what"]), str(entry["what"]))
    return [str(entry["change"])[:CHANGE_LETTERS], when, f"{known.author(entry)} {what}"]


def _value(value: object) -> str:
    """A field's value on one line; "" where the verb has said it all."""
    match value:
        case {"text": str(text)}:
            return clip(text, LONGEST_VALUE)
        case {"done": bool(done)}:
            return "ticked" if done else "not ticked"
        case str() | int():
            return clip(str(value), LONGEST_VALUE)
        case _:
            return ""
