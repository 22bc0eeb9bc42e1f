"""What people can do with roll calls. How a household is, is marked in its own entry (`roster.mark`).

Rules of this module:
1. Anyone may open a call, and anyone may call: what several callers write merges by union.
"""

from __future__ import annotations

from crdt.action import Accepted, Action, Actor, Argument
from crdt.boards import rollcall_fields as fields
from crdt.boards.rollcall_fields import VERSION
from crdt.edits import Planned, Put
from crdt.fields import entry
from crdt.kinds import VERSION_KEY, View
from crdt.marks import mark

KIND = "rollcall"


def _open(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    drill = Put("drill", str(accepted.get("drill", "no")))
    return [Put(VERSION_KEY, VERSION), Put("title", accepted["title"]), drill, mark("state", "open")]


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    title = str(accepted.get("title", view["title"]))
    return [Put("title", title)] if title != view["title"] or "title" in view.get("conflicts", ()) else []


def _tried(view: View, accepted: Accepted, actor: Actor) -> list[Planned]:
    key = f"tried/{accepted['household']}.{accepted['signal']}"
    return [Put(key, entry("tried", on=True))]


def _state(word: str) -> list[Planned]:
    return [mark("state", word)]


def _close_why_not(view: View, actor: Actor) -> str | None:
    return "This roll call is closed already." if view.get("state") == "closed" else None


def _reopen_why_not(view: View, actor: Actor) -> str | None:
    return None if view.get("state") == "closed" or view.get("contradicted") else "This roll call is open."


ACTIONS = (
    Action(
        "rollcall.open",
        "Open a roll call",
        "Begin to ask every household on the roster how it is.",
        {"title": "storm, evening round"},
        KIND,
        (Argument(fields.TITLE, True), Argument(fields.DRILL)),
        _open,
        needs_record=False,
    ),
    Action(
        "rollcall.edit",
        "Edit",
        "Change what the call is for.",
        {"title": "storm, morning round"},
        KIND,
        (Argument(fields.TITLE),),
        _edit,
    ),
    Action(
        "rollcall.tried",
        "Tried",
        "Note that a household did not answer on one of its signals; the next one is shown.",
        {"household": "01" + "0" * 30, "signal": "primary"},
        KIND,
        (Argument(fields.HOUSEHOLD, True), Argument(fields.SIGNAL, True)),
        _tried,
        why_not=_close_why_not,
    ),
    Action(
        "rollcall.close",
        "Close",
        "End the call; who was not reached stays listed as not yet reached.",
        {},
        KIND,
        (),
        lambda view, accepted, actor: _state("closed"),
        why_not=_close_why_not,
    ),
    Action(
        "rollcall.reopen",
        "Reopen",
        "Go on calling.",
        {},
        KIND,
        (),
        lambda view, accepted, actor: _state("open"),
        why_not=_reopen_why_not,
    ),
)
