"""`meshnode leave`: leave the neighbourhood; no reason is asked. What is given back is said, and thanks are given."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from crdt.display import display_line
from meshnode.cli.asking import Snapshot, conversation, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.cli.export import export
from meshnode.cli.layout import paragraph
from meshnode.wording import LEAVE_EFFECT

MOST_SHOWN = 7


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `leave` takes."""
    parser.add_argument("--copy", metavar="FOLDER", type=Path, help="write a copy of everything there first")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what leaving means; after a yes, write the copy, leave, and give thanks."""
    known = with_node(call, snapshot)
    held, width = _held(known), call.terminal.width
    effect = [*(paragraph(line, width) for line in LEAVE_EFFECT), *_given_back(held, width)]
    if call.options.copy is None:
        effect.append("To take a copy along: answer no, and use `meshnode leave --copy FOLDER`.")
    network = display_line(known.status["network"]["name"])
    if not call.agreed(effect, f"Leave {network}?"):
        return Answer({"left": False}, ["Nothing was done."], exit_code=1)
    copy = export(call, call.options.copy) if call.options.copy is not None else None
    with conversation(call) as talk:
        thanks = str(talk.ask("leave")["thanks"])
        after = ["Your copy stays on this machine until you delete it: `meshnode remove`."]
        if talk.node.started:
            after.insert(0, "Your neighbours hear of it when a node of yours meets theirs: start `meshnode` once more.")
    if copy is not None:
        after.append(f"The copy to take along: {copy['readable']}")
    value = {"left": True, "thanks": thanks, "given_back": [task["id"] for task in held], "copy": copy}
    return Answer(value, [display_line(thanks), *_thanked(known, width), *after])


def _mine(known: Snapshot) -> str:
    return next((member for member, person in known.members.items() if person.get("mine")), "")


def _held(known: Snapshot) -> list[Json]:
    """The unfinished tasks that this person has claimed."""
    mine = _mine(known)
    return [
        task
        for task in known.of_kind("task")
        if task["status"] in {"claimed", "doing"} and mine in [claim["member"] for claim in task["claims"]]
    ]


def _given_back(held: Sequence[Json], width: int) -> list[str]:
    if not held:
        return []
    some = "; ".join(str(task["title"]) for task in held[:MOST_SHOWN])
    more = f"; and {len(held) - MOST_SHOWN} more" if len(held) > MOST_SHOWN else ""
    return [paragraph(f"What you have claimed goes back to the board for others: {some}{more}.", width)]


def _thanked(known: Snapshot, width: int) -> list[str]:
    """What neighbours said for what this person did."""
    mine = _mine(known)
    said = [
        paragraph(f"{known.name(each['member'])}, for {task['title']}: {each['text']}", width, indent=2)
        for task in known.of_kind("task")
        if mine in [claim["member"] for claim in task["claims"]]
        for each in task["thanks"]
        if each["member"] != mine
    ]
    return ["Your neighbours said:", *said[-MOST_SHOWN:]] if said else []


COMMAND = Command(
    examples=("meshnode leave", "meshnode leave --copy ~/maple-street", "meshnode leave --yes"),
    run=run,
    arguments=arguments,
)
