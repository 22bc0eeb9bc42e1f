"""The task board's record: what a task holds, and how it is shown. What people do with it is in `task_actions`.

Rules of this module:
1. Nobody is assigned: a claim is each person's own key, and several may claim one task.
2. "claimed" is never stored: an open task with a claim is shown so, and open again when the last claim is passed on.
3. A claim of somebody who has gone is given back: it is kept, and does not hold the task.
4. No figure is attached to a person: people needed are counted, what a person did is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.board import Board
from crdt.boards.task_actions import ACTIONS
from crdt.boards.task_fields import CODE, FIELDS, VERSION
from crdt.edits import Put
from crdt.fields import RECORD_HEX, Json, entry_text
from crdt.kinds import FieldChange, Kind
from crdt.reading import EntryRead, Reading

__all__ = ["ACTIONS", "BOARD", "CODE", "TASK"]

_VERBS = {"doing": "start", "done": "done", "aside": "aside", "open": "reopen"}
_GROUP_VERBS = {"comment": "comment", "check": "check_add", "tick": "check", "link": "link", "thanks": "thanks"}


def _show(reading: Reading) -> dict[str, Json]:
    return {
        "title": reading.value("title"),
        "details": reading.prose("details"),
        "place": reading.value("place"),
        "due": reading.value("due"),
        "window": reading.value("window"),
        "work": reading.value("work"),
        "people_needed": reading.value("people_needed"),
        "copied": reading.value("copied"),
    } | what_people_did(reading)


def what_people_did(reading: Reading) -> dict[str, Json]:
    """Where a task stands, who has claimed it, and what was said, ticked and linked."""
    held = [read for read in reading.entries("claim") if not read.id and not reading.has_gone(read.member)]
    claims = [{"member": read.member} | reading.at_hub(read.last) for read in held]
    claims.sort(key=lambda claim: claim["member"])
    status = reading.value("status")
    return {
        "status": "claimed" if status == "open" and claims else status,
        "claims": claims,
        "checklist": [_item(reading, read) for read in _texts(reading, "check")],
        "comments": [_said(reading, read) for read in _texts(reading, "comment")],
        "links": [
            {"record": read.id, "relation": read.content}
            for read in sorted(reading.entries("link"), key=lambda read: read.id)
            if RECORD_HEX.fullmatch(read.id)
        ],
        "thanks": [_said(reading, read) for read in _texts(reading, "thanks")],
    }


def _texts(reading: Reading, group: str) -> list[EntryRead]:
    """The entries of a group that have an id and say something."""
    return [read for read in reading.entries(group) if read.id and entry_text(read.content)]


def _item(reading: Reading, read: EntryRead) -> dict[str, Json]:
    """One line of the checklist: who added it, and who ticked it last and when."""
    tick = reading.value(f"tick/{read.id}")
    done = tick.get("done") is True
    writer = reading.standing(f"tick/{read.id}")[0] if done else None
    return {
        "id": read.id,
        "text": entry_text(read.content),
        "done": done,
        "member": read.member,
        "ticked": reading.stamp(writer) if writer else None,
    } | reading.at_hub(read.first)


def _said(reading: Reading, read: EntryRead) -> dict[str, Json]:
    return {
        "id": read.id,
        "member": read.member,
        "at_ms": read.first.signed.at_ms,
        "text": entry_text(read.content),
    } | reading.at_hub(read.first)


def call(changes: Sequence[FieldChange]) -> str:
    """The action that a change most likely was."""
    written = {change.field: change for change in changes}
    if "status" in written:
        return _VERBS[written["status"].after]
    if "claim" in written:
        return "claim" if written["claim"].after else "pass"
    for field, change in written.items():
        if field in _GROUP_VERBS:
            return "undo" if change.before and not change.after else _GROUP_VERBS[field]
    return "edit"


TASK = Kind(CODE, "task", VERSION, FIELDS, _show, call, undo_first=(Put("status", "aside"),))
STATES = ("open", "claimed", "doing", "done", "aside")
BOARD = Board(
    name="task",
    title="Tasks",
    help="The task board: what needs doing, who has claimed it, what is done.",
    kind=TASK,
    actions=ACTIONS,
    states=STATES,
    state=lambda view, today: str(view.get("status") or "open"),
    example="rake leaves",
    finished=frozenset({"done", "aside"}),
    row=("claims", "people_needed", "due", "window", "place", "work"),
    facts=("due", "window", "place", "work", "people_needed", "copied"),
    said=("comments", "thanks"),
)
