"""Sealed notes: a title that everybody reads, and a text that only chosen people can open.

Rules of this module:
1. A sealed text lives in a record of its own, so that forgetting the record forgets the text.
2. Only whoever wrote a note changes its text or its circle; the others write notes of their own.
3. Its author can always read it.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.action import Accepted, Action, Actor, Argument
from crdt.edits import Planned, Put, Seal
from crdt.fields import RECORD_HEX, Json, Line, Prose, Reference
from crdt.identifiers import MemberId
from crdt.kinds import VERSION_KEY, FieldChange, Kind, View
from crdt.reading import Reading
from crdt.sealed import GROUP, LONGEST_TEXT_BYTES, MOST_PEOPLE, People, Sealed, circle, people_of

CODE = 0x23
VERSION = 1
TEXT_KEY = f"{GROUP}/text"

_TITLE = Line("title", "Title", "What it is about. Everybody here reads this line.", longest=200, required=True)
_TASK = Reference("task", "Task", "The task it belongs to, if any.", kinds=("task",))
_TEXT = Prose("text", "Sealed text", "Only the people you name can read this, and you.", longest=4000)
_TO = People("to", "For", "Who can read it, with commas: Ana, Bo. Nobody named: only you.")
_WITH = People("with", "Share with", "Who else shall be able to read it, with commas: Ana, Bo.")
_WITHOUT = People("without", "No longer", "Who shall not get later texts. What they have read they know.")


def _show(reading: Reading) -> dict[str, Json]:
    task = reading.value("task")
    return {
        "title": reading.value("title"),
        "task": task if RECORD_HEX.fullmatch(task) else "",
        "sealed": reading.sealed(),
    }


def _call(changes: Sequence[FieldChange]) -> str:
    """The action that a change most likely was."""
    for change in changes:
        if change.field == GROUP:
            return "seal" if change.before.get("for") == change.after.get("for") else "share"
    return "edit"


def _text(accepted: Accepted) -> str:
    text: str = accepted["text"]
    if not text.strip():
        raise _TEXT.bad("Write what only they shall read.")
    if len(text.encode()) > LONGEST_TEXT_BYTES:
        raise _TEXT.bad(f"Keep the sealed text within {LONGEST_TEXT_BYTES:,} bytes; write a second note for the rest.")
    return text


def _circle(actor: Actor, people: Sequence[MemberId]) -> tuple[MemberId, ...]:
    named = circle(actor.member, people)
    if len(named) > MOST_PEOPLE:
        raise _TO.bad(f"Choose at most {MOST_PEOPLE} people; what more should know, write as a comment.")
    return named


def _readers(view: View) -> list[MemberId]:
    """For whom the text is sealed now."""
    return [MemberId(bytes.fromhex(member)) for member in view["sealed"]["text"]["for"]]


def _add(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    named = _circle(actor, people_of(accepted.get("to", "")))
    task = [Put("task", accepted["task"])] if accepted.get("task") else []
    return [
        Put(VERSION_KEY, VERSION),
        Put("title", accepted["title"]),
        *task,
        Seal(TEXT_KEY, _text(accepted), named),
    ]


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    edits: list[Planned] = [
        Put(key, accepted[key])
        for key in ("title", "task")
        if key in accepted and (accepted[key] != view[key] or key in view["conflicts"])
    ]
    if "text" in accepted:
        edits.append(Seal(TEXT_KEY, _text(accepted), circle(actor.member, _readers(view))))
    return edits


def _share(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    before, out = set(_readers(view)), set(people_of(accepted.get("without", "")))
    if actor.member in out:
        raise _WITHOUT.bad("Whoever wrote a note can always read it. To be rid of it, forget the note.")
    after = (before | set(people_of(accepted.get("with", "")))) - out
    return [Seal(TEXT_KEY, None, _circle(actor, sorted(after)))] if after != before else []


def _why_not(view: View, actor: Actor) -> str | None:
    if view.get("created", {}).get("member") != actor.member.hex():
        return "Only whoever wrote this note can change it. Write one of your own."
    if "text" not in view.get("sealed", {}) or view["sealed"]["text"]["newer"]:
        return "Its sealed text cannot be read by this version of meshnode. Update this one first."
    return None


_FIELDS = (_TITLE, _TASK, Sealed(GROUP, "Sealed text"))
NOTE = Kind(CODE, "note", VERSION, _FIELDS, _show, _call)
ACTIONS = (
    Action(
        "note.add",
        "Add a sealed note",
        "Write something that only the people you name can read; hubs carry it unread.",
        {"title": "Door code", "text": "4711, until Friday", "to": "ab" * 32, "task": "20" + "0" * 30},
        "note",
        (Argument(_TITLE, True), Argument(_TEXT, True), Argument(_TO), Argument(_TASK)),
        _add,
        needs_record=False,
    ),
    Action(
        "note.edit",
        "Change a sealed note",
        "Write the sealed text anew, or change its title.",
        {"text": "0815, until Sunday"},
        "note",
        (Argument(_TITLE), Argument(_TEXT), Argument(_TASK)),
        _edit,
        why_not=_why_not,
    ),
    Action(
        "note.share",
        "Share a sealed note",
        "Choose who else can read it, or who gets no later text; whoever has read it can remember it.",
        {"with": "ab" * 32},
        "note",
        (Argument(_WITH), Argument(_WITHOUT)),
        _share,
        why_not=_why_not,
    ),
)
