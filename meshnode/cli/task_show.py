"""`meshnode task show`: one task with everything on it."""

from __future__ import annotations

import argparse
from datetime import datetime

from crdt.display import display_line
from crdt.rhythm import spoken
from meshnode.cli.asking import Attached, Snapshot, snapshot, with_node
from meshnode.cli.board_lines import conflict_lines
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import find_entry, short_numbers, title_of
from meshnode.cli.layout import columns, prose
from meshnode.cli.moments import civil_day, claimed, now
from meshnode.cli.notes import row
from meshnode.cli.tasks import STATUS_WORDS


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `task show` takes."""
    parser.add_argument("task", metavar="TASK", nargs="+", help="its short number, or words of its title")


def run(call: Call) -> Answer:
    """Find the task and print it, with both values of what is disputed."""

    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        tasks = known.of_kind("task")
        task = find_entry(tasks, call.options.task)
        conflicts: list[Json] = []
        if task.get("conflicts"):
            conflicts = (await node.ask("conflicts", record=task["id"]))["conflicts"]
        numbers = short_numbers(tasks)
        lines = task_lines(task, numbers, known, call.terminal.width, now())
        lines += note_lines(task, known, call.terminal.width)
        lines += conflict_lines("task", conflicts, numbers[task["id"]], known, now())
        return Answer({"number": numbers[task["id"]], "view": task, "disputed": conflicts}, lines)

    return with_node(call, work)


def task_lines(task: Json, numbers: dict[str, str], known: Snapshot, width: int, now: datetime) -> list[str]:
    """The task as people read it."""
    claims, needed = task["claims"], task["people_needed"]
    facts = [
        ("Status", STATUS_WORDS.get(task["status"], task["status"])),
        ("Who", (known.authors(claims) or "nobody yet") + (f" ({len(claims)} of {needed})" if needed > 1 else "")),
        ("Due", civil_day(task["due"], now.date()) if task["due"] else ""),
        ("Time of day", task["window"]),
        ("Place", task["place"]),
        ("Kind of work", task["work"]),
        ("Series", _series(task, known)),
        ("Copied from", task.get("copied", "")),
        ("Written", _stamp(task["created"], known, now)),
        ("Changed", _stamp(task["changed"], known, now) if task["changes"] > 1 else ""),
    ]
    lines = columns([(numbers[task["id"]], title_of(task))], width, indent=0)
    lines += columns([fact for fact in facts if fact[1]], width, flexible=1)
    if task.get("newer"):
        lines.append("  This task needs a newer version of meshnode to be shown whole.")
    if task["details"]:
        lines += ["", *prose(task["details"], width)]
    if task["checklist"]:
        lines += ["", "Checklist:"]
        lines += columns(
            [(str(at), "[x]" if item["done"] else "[ ]", item["text"]) for at, item in enumerate(task["checklist"], 1)],
            width,
            flexible=2,
        )
    for title, said in (("Comments:", task["comments"]), ("Thanks:", task["thanks"])):
        if said:
            lines += ["", title]
        for each in said:
            lines.append(f"  {display_line(known.author(each))}, {claimed(each['at_ms'], now)}:")
            lines += prose(each["text"], width, indent=4)
    if task["links"]:
        titles = {view["id"]: title_of(view) for view in (*known.records, *known.of_kind("task"))}
        lines += ["", "Links:"]
        lines += columns(
            [
                (link["relation"], numbers.get(link["record"], ""), titles.get(link["record"], "not on this node"))
                for link in task["links"]
            ],
            width,
            flexible=2,
        )
    return lines


def note_lines(task: Json, known: Snapshot, width: int) -> list[str]:
    """The sealed notes that belong to the task, unopened."""
    every = known.of_kind("note")
    numbers = short_numbers(every)
    notes = [row(note, numbers[note["id"]], known, on_task=True) for note in every if note.get("task") == task["id"]]
    return ["", "Sealed notes (`meshnode note show` opens one):", *columns(notes, width)] if notes else []


def _series(task: Json, known: Snapshot) -> str:
    """In which rhythm it comes back, and the number of its series."""
    every = known.of_kind("series")
    found = [f"{spoken(each['rhythm'])} ({short_numbers(every)[each['id']]})" for each in every]
    return next((text for each, text in zip(every, found, strict=True) if each["id"] == task.get("series")), "")


def _stamp(entry: Json, known: Snapshot, now: datetime) -> str:
    return f"{claimed(entry['at_ms'], now)} by {known.author(entry)}"


COMMAND = Command(
    examples=("meshnode task show 3fa", "meshnode task show rake leaves", "meshnode task show 3fa --json"),
    run=run,
    arguments=arguments,
)
