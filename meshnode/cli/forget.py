"""`meshnode forget`: have something wiped that you made, on every node that hears of it, after a plain question."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import Conversation, conversation
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.cli.entries import find_entry, title_of
from meshnode.cli.layout import paragraph
from meshnode.errors import UnknownRecord
from meshnode.wording import FORGET_EFFECT, listed

KINDS = ("task", "note")
"""In this order words and numbers are looked for."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `forget` takes."""
    parser.add_argument("entry", metavar="ENTRY", nargs="+", help="a task or note: its short number, or its words")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what goes and what may remain; after a yes, have it wiped."""
    with conversation(call) as talk:
        entry = _entry(talk, call.options.entry)
        told = talk.ask("forget", record=entry["id"], ask=True)
        width = call.terminal.width
        effect = [paragraph(line, width) for line in FORGET_EFFECT]
        if told["others"]:
            effect.insert(
                1,
                paragraph(
                    f"In it wrote, besides you: {listed([display_line(each) for each in told['others']])}.", width
                ),
            )
        if not call.agreed(effect, f"Have {title_of(entry)!r} wiped for good?"):
            return Answer(told, ["Nothing was done."], exit_code=1)
        done = talk.ask("forget", record=entry["id"])
        lines = [f"Wiped here: {title_of(entry)}"]
        if talk.node.started:
            lines.append("Your neighbours hear of it when a node of yours meets theirs: start `meshnode` once more.")
        else:
            lines.append("Your neighbours' nodes wipe it when they hear of it.")
        return Answer(done, lines)


def _entry(talk: Conversation, words: list[str]) -> Json:
    """The task or note that is meant.

    Raises:
        UnknownRecord: none is.
    """
    refusal: UnknownRecord | None = None
    for kind in KINDS:
        try:
            return find_entry(talk.ask("records", kind=kind)["records"], words, kind)
        except UnknownRecord as unknown:
            refusal = refusal or unknown
    assert refusal is not None
    raise refusal


COMMAND = Command(
    examples=("meshnode forget 3fa", "meshnode forget door code of the shed --yes"),
    run=run,
    arguments=arguments,
    more=" ".join(FORGET_EFFECT),
)
