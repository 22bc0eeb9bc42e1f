"""`meshnode task list`: the board, column by column."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime

from meshnode.cli.asking import Snapshot, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import short_numbers
from meshnode.cli.layout import columns
from meshnode.cli.moments import now
from meshnode.cli.tasks import ORDER, STATUS_WORDS, row, urgency

FINISHED = ("done", "aside")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `task list` takes."""
    parser.add_argument("words", metavar="WORD", nargs="*", help="only tasks with all these words")
    parser.add_argument("--all", action="store_true", help="done and set aside tasks, too")
    parser.add_argument("--mine", action="store_true", help="only tasks you have claimed")
    parser.add_argument("--status", choices=ORDER, help="only tasks that stand there")


def run(call: Call) -> Answer:
    """Read the board from the node and print it."""
    known = with_node(call, snapshot)
    every = known.of_kind("task")
    tasks = [task for task in sorted(every, key=urgency) if _wanted(task, call, known)]
    numbers = short_numbers(every)
    value = {"tasks": [{"number": numbers[task["id"]], **task} for task in tasks]}
    finished = call.options.all or call.options.status in FINISHED or bool(call.options.words)
    lines = board_lines(tasks, numbers, known, call.terminal.width, now(), finished=finished)
    return Answer(value, lines or ["Nothing here. `meshnode task add` writes something down."])


def _wanted(task: Json, call: Call, known: Snapshot) -> bool:
    options = call.options
    text = " ".join(str(task.get(field, "")) for field in ("title", "details", "place")).casefold()
    mine = any(known.members.get(claim.get("member"), {}).get("mine") for claim in task.get("claims", ()))
    return (
        all(word.casefold() in text for word in options.words)
        and (mine or not options.mine)
        and (options.status is None or task["status"] == options.status)
    )


def board_lines(
    tasks: Sequence[Json], numbers: dict[str, str], known: Snapshot, width: int, now: datetime, *, finished: bool
) -> list[str]:
    """The columns that hold something, one below the other; finished ones only counted unless asked for."""
    rows = {task["id"]: row(task, numbers[task["id"]], known, now) for task in tasks}
    aligned = dict(zip(rows, columns(list(rows.values()), width, flexible=1), strict=True))
    lines: list[str] = []
    for status in ORDER:
        there = [task["id"] for task in tasks if task["status"] == status]
        if not there:
            continue
        lines += [""] if lines else []
        if status in FINISHED and not finished:
            lines.append(f"{STATUS_WORDS[status].upper()}: {len(there)} (`meshnode task list --all` shows them)")
        else:
            lines += [STATUS_WORDS[status].upper(), *(aligned[record] for record in there)]
    return lines


COMMAND = Command(
    examples=("meshnode task list", "meshnode task list --mine", "meshnode task list garden --all"),
    run=run,
    arguments=arguments,
    more="The first column is the task's short number: other commands know the task by it, or by words of its title.",
)
