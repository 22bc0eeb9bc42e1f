"""Actions: the glue between the boards' declared actions and the screen: what is possible, and which forms it needs.

Rules of this module:
1. Nothing about an action is written twice: names, arguments and help come from the registry.
2. What is not possible now is shown with its reason, never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crdt.acting import KINDS_AT_HUBS
from crdt.actions import ACTIONS, Action, Actor
from crdt.identifiers import DeviceId
from meshnode.api.schema import Json
from tui.acting import from_hex, person
from tui.day_words import day_of
from tui.faces import is_task, title_of
from tui.held import Held
from tui.language import translated
from tui.moments import Clock
from tui.plain_text import clean
from tui.wording import knows, say

UNSEEN_ARGUMENTS = frozenset({"item", "status", "task"})
"""Arguments that a selection or a key on screen answers, not a form."""
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a generated form."""

    name: str
    title: str
    hint: str
    kind: str
    required: bool
    value: str
    kinds: tuple[str, ...] = ("task",)
    """What kinds of records a reference finds."""


def action_named(name: str) -> Action:
    """The declared action."""
    return ACTIONS[name]


def actions_of(kind: str) -> list[Action]:
    """Every declared action for records of a kind."""
    return [action for action in ACTIONS.values() if action.record_kind == kind]


def meant(action: Action, held: Held, card: str | None) -> tuple[str | None, Json]:
    """The record that an action on a card is for, and its view: on a day of a series also the series itself."""
    view = held.records.get(card or "", {}) if action.needs_record else {}
    if action.record_kind == "series" and view.get("series"):
        card = str(view["series"])
        view = held.records.get(card, {})
    return (card if action.needs_record else None), view


def why_not(action: Action, view: Mapping[str, object], held: Held, clock: Clock, by: str = "") -> str | None:
    """None when it can be done now (by whoever acts at a hub); otherwise a reason for a person."""
    if not held.linked:
        return say("away.not-done")
    if action.needs_record and not view:
        return say("no-card")
    if action.needs_record and action.record_kind == "note" and is_task(view):
        return say("note.open-first")
    if action.needs_record and view.get("kind") not in (action.record_kind, "unknown"):
        return say("no-card")
    if held.at_hub and action.record_kind not in KINDS_AT_HUBS:
        return say("acting.not-here")
    if held.at_hub and not by:
        return None  # What is possible depends on who acts, and is asked again once that is known.
    return action.possible(dict(view), actor_of(held, clock, by))


def actor_of(held: Held, clock: Clock, by: str = "") -> Actor:
    """Me (at a hub whoever acts), for asking what is possible; ids are made by the node."""
    device = DeviceId(from_hex((held.status.get("me") or {}).get("device")))
    return Actor(person(held, by), device, clock.today().isoformat(), lambda: "", by)


def form_fields(action: Action, view: Json, written: Mapping[str, str] | None = None) -> list[FormField]:
    """The fields a person fills in, with what stands there now, or what is written there beforehand."""
    editing = action.name.endswith(".edit")
    stands = (dict(view) if editing else {}) | dict(written or {})
    return [
        FormField(
            name=argument.name,
            title=translated(argument.title),
            hint=translated(argument.help),
            kind=argument.kind,
            required=argument.required,
            value=str(stands.get(argument.name) or ""),
            kinds=tuple(getattr(argument.field, "kinds", ())) or ("task",),
        )
        for argument in action.arguments
        if argument.name not in UNSEEN_ARGUMENTS
    ]


def given_by(action: Action, card: str | None) -> dict[str, str]:
    """What the screen's card answers: a note that is written on a task's card belongs to that task."""
    takes = not action.needs_record and any(argument.name == "task" for argument in action.arguments)
    return {"task": card} if takes and card else {}


def changed_values(action: Action, fields: list[FormField], typed: Mapping[str, str]) -> dict[str, str]:
    """What to send: when editing, only what differs; else what is not empty."""
    if action.name.endswith(".edit"):
        return {each.name: typed[each.name] for each in fields if typed.get(each.name, "") != each.value}
    return {each.name: typed[each.name] for each in fields if typed.get(each.name) or each.required}


def done_text(action: Action, title: str) -> str:
    """What to say after it was done."""
    keys = (f"did.{action.name}", f"did.{action.name.partition('.')[2]}")
    return say(next(filter(knows, keys), "did.other"), title=title)


def named_records(held: Held, typed: str, but: str | None, kinds: tuple[str, ...] = ("task",)) -> list[str]:
    """The records that a typed title can mean: exactly that one, else all that contain it."""
    wanted = clean(typed).casefold()
    titles = {record: title_of(view).casefold() for record, view in held.records.items() if view.get("kind") in kinds}
    titles.pop(but or "", None)
    exact = [record for record, title in titles.items() if wanted in (title, record)]
    return exact or [record for record, title in titles.items() if wanted and wanted in title]


def with_references(
    held: Held, clock: Clock, fields: list[FormField], typed: dict[str, str], but: str | None
) -> str | None:
    """Put ids in the place of typed titles, and dates in that of days in the screen's language.

    Returns:
        None, or which title means none or several.
    """
    for field in fields:
        if field.kind == "day" and typed.get(field.name):
            typed[field.name] = day_of(typed[field.name], clock.today()) or typed[field.name]
        if field.kind == "reference" and typed.get(field.name):
            found = named_records(held, typed[field.name], but, field.kinds)
            if len(found) != 1:
                several = ", ".join(sorted(title_of(held.records[record]) for record in found)[:MOST_NAMED])
                title = clean(typed[field.name])
                return say("link.several", titles=several) if found else say("link.none", title=title)
            typed[field.name] = found[0]
    return None
