"""Copying: an entry of one neighbourhood as a new one of another: what it says now, without its history.

Rules of this module:
1. Pure: a view and names in, edits out. Only the present is copied; who wrote it is kept as text.
2. What others said stays theirs: their name stands before their words.
3. What does not fit a field is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable

from crdt.action import Actor
from crdt.boards.task_actions import ACTIONS
from crdt.boards.task_fields import COPIED
from crdt.edits import Planned, Put
from crdt.errors import BadValue
from crdt.fields import entry
from crdt.kinds import View

NameOf = Callable[[object], str]
"""A member's name by their key in hex, as a view has it."""

_ADD = next(action for action in ACTIONS if action.name == "task.add")
_KEPT = {"doing": "open", "claimed": "open", "open": "open", "done": "done", "aside": "aside"}
_SAID_BYTES = 4000


def copied_task(view: View, name_of: NameOf, source: str, actor: Actor) -> list[Planned]:
    """What makes a new task of an old one's view.

    Args:
        view: what the old one says.
        name_of: the names of the people in it.
        source: the neighbourhood it comes from.
        actor: who copies.

    Raises:
        BadValue: it has no title that could be kept.
    """
    wanted = {key: view.get(key) for key in ("title", "details", "place", "due", "people_needed")}
    given = {key: value for key, value in wanted.items() if value not in (None, "")}
    edits = _ADD.plan({}, _fitting(given, actor), actor)
    status = _KEPT.get(str(view.get("status")), "open")
    if status != "open":
        edits.append(Put("status", status))
    maker = name_of((view.get("created") or {}).get("member"))
    edits.append(Put(COPIED.key, COPIED.accept(_cut(f"{maker}, {source}", COPIED.longest), actor.today)))
    me = actor.member.hex()
    for item in view.get("checklist") or ():
        identity = actor.new_id()
        edits.append(Put(f"check/{me}/{identity}", entry("text", text=_cut(str(item.get("text", "")), 200))))
        if item.get("done"):
            edits.append(Put(f"tick/{identity}", entry("item", done=True)))
    for said in view.get("comments") or ():
        text = _cut(f"{name_of(said.get('member'))}: {said.get('text', '')}", _SAID_BYTES)
        edits.append(Put(f"comment/{me}/{actor.new_id()}", entry("text", text=text)))
    return edits


def _fitting(given: View, actor: Actor) -> View:
    """What of these a new task takes; only the title has to be there."""
    kept: View = {}
    for key, value in given.items():
        try:
            _ADD.plan({}, {"title": "x", key: value}, actor)
        except BadValue:
            if key == "title":
                raise
            continue
        kept[key] = value
    return kept


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
