"""`meshnode task undo`: take back a change of a task; the undo is a change of its own."""

from __future__ import annotations

import argparse
import re

from meshnode.cli.acting import add_as, who_acts
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.board_action import records_of
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import find_entry, short_numbers, title_of
from meshnode.errors import BadInput


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `task undo` takes."""
    parser.add_argument("task", metavar="TASK", nargs="+", help="its short number, or words of its title")
    parser.add_argument("--change", metavar="CODE", help="which change (`task history` shows the codes)")
    add_as(parser)


def run(call: Call) -> Answer:
    """Undo my own last change of the task, or the one that is named."""

    async def work(node: Attached) -> Answer:
        tasks = await records_of(node, "task")
        task = find_entry(tasks, call.options.task)
        change = await _change(node, task["id"], call.options.change)
        reply = await node.ask("undo", record=task["id"], change=change, **who_acts(call.options))
        number = short_numbers(tasks)[task["id"]]
        lines = [
            f"Taken back: {number}  {title_of(reply.get('view') or task)}",
            f"Once more undoes the undo: meshnode task undo {number}",
        ]
        return Answer(reply, lines)

    return with_node(call, work)


async def _change(node: Attached, record: str, code: str | None) -> str | None:
    """The whole id of the change that a code is the beginning of.

    Raises:
        BadInput: no change of this task begins so, or several do.
    """
    if code is None:
        return None
    entries = (await node.ask("history", record=record))["entries"]
    beginning = code.lower() if re.fullmatch("[0-9A-Fa-f]{4,64}", code) else "nothing"
    found = [str(entry["change"]) for entry in entries if str(entry["change"]).startswith(beginning)]
    if len(found) != 1:
        raise BadInput(
            f"{'Several changes' if found else 'No change'} of this task begin with {code!r}.",
            next_step="`meshnode task history TASK` shows the codes; give at least four characters.",
        )
    return found[0]


COMMAND = Command(
    examples=("meshnode task undo 3fa", "meshnode task undo rake leaves --change 9c1e44b0"),
    run=run,
    arguments=arguments,
    more="Without --change: your own last change of this task. Only fields that nobody wrote since are put back.",
)
