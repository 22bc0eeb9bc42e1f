"""Sealed notes on the command line: how one is shown in a line, and who can read it.

Rules of this module:
1. Nothing here opens a note: a line is made of what everybody can read.
"""

from __future__ import annotations

from crdt.display import display_line
from meshnode.cli.asking import Snapshot
from meshnode.cli.command import Json
from meshnode.cli.entries import title_of
from meshnode.wording import SEALED_FOR, SEALED_FOR_ME, listed

YOU = "you"


def sealed_of(view: Json) -> Json:
    """What everybody can say of a note's sealed text; {} where nothing is sealed that this version knows."""
    sealed = view.get("sealed", {}).get("text")
    return sealed if isinstance(sealed, dict) else {}


def is_mine(member: str, known: Snapshot) -> bool:
    """Whether this member is the one whose device this is."""
    return bool(known.members.get(member, {}).get("mine"))


def readers(view: Json, known: Snapshot, but: str = "") -> list[str]:
    """The names of those it is for, "you" first; `but` is left out where somebody else is named."""
    people = [str(member) for member in sealed_of(view).get("for", ())]
    people = [each for each in people if each != but] or people
    others = sorted((display_line(known.name(each)) for each in people if not is_mine(each, known)), key=str.casefold)
    return [YOU, *others] if any(is_mine(each, known) for each in people) else others


def promise(view: Json, known: Snapshot) -> str:
    """Who can read it, and what that is worth."""
    people = readers(view, known)
    return SEALED_FOR_ME if people == [YOU] else SEALED_FOR.format(people=listed(people))


def row(view: Json, number: str, known: Snapshot, *, on_task: bool = False) -> list[str]:
    """A note as the cells of a line; `on_task` leaves out which task it belongs to."""
    author = str(sealed_of(view).get("member") or view["created"]["member"])
    by = YOU if is_mine(author, known) else display_line(known.name(author))
    remarks = [f"for {listed(readers(view, known, author))}", f"by {by}"]
    tasks = {task["id"]: title_of(task) for task in known.of_kind("task")}
    if view.get("task") and not on_task:
        remarks.append(f"task: {tasks.get(view['task'], 'not on this node')}")
    if view.get("newer"):
        remarks.append("needs a newer version")
    return [number, title_of(view), "; ".join(remarks)]
