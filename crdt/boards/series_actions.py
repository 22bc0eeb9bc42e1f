"""What people can do with series.

Rules of this module:
1. A rhythm that leaves a day open is closed by the day the series starts.
2. A series never goes on for ever: it is renewed by somebody who wants it.
"""

from __future__ import annotations

from datetime import date, timedelta

from crdt.action import Accepted, Action, Actor, Argument
from crdt.boards.series_fields import ARGUMENTS, ENDS, RHYTHM, STARTS, TERM_DAYS, TITLE, VERSION
from crdt.edits import Edit, Put, splices
from crdt.kinds import VERSION_KEY, View
from crdt.rhythm import read_rhythm


def term_from(day: str) -> str:
    """The day on which half a year from a day is over."""
    return (date.fromisoformat(day) + timedelta(TERM_DAYS)).isoformat()


def _add(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    details = accepted.pop("details", "")
    starts = accepted.get("starts") or actor.today
    given = {**accepted, "starts": starts, "ends": accepted.get("ends") or term_from(starts)}
    given["rhythm"] = read_rhythm(given["rhythm"], starts)
    _in_order(given["starts"], given["ends"])
    return [
        Put(VERSION_KEY, VERSION),
        *(Put(key, value) for key, value in given.items() if value != ""),
        *splices("details", "", details),
    ]


def _in_order(starts: str, ends: str) -> None:
    if ends < starts:
        raise ENDS.bad(f"It starts on {starts}: let it end on that day or later.")


def _edit(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    if accepted.get("starts") == "":
        raise STARTS.bad("A series needs a day to start on: weeks and days are counted from it.")
    if accepted.get("ends") == "":
        raise ENDS.bad("A series has an end; give a later day, and renew it then.")
    starts = accepted.get("starts") or view["starts"] or actor.today
    _in_order(starts, accepted.get("ends") or view["ends"] or starts)
    if "rhythm" in accepted:
        accepted["rhythm"] = read_rhythm(accepted["rhythm"], starts)
    edits: list[Edit] = []
    for key, value in accepted.items():
        if key == "details":
            edits += splices(key, view["details"], value)
        elif value != view[key] or key in view["conflicts"]:
            edits.append(Put(key, value))
    return edits


def _renew(view: View, accepted: Accepted, actor: Actor) -> list[Edit]:
    ends = accepted.get("ends") or term_from(max(actor.today, view["ends"]))
    _in_order(view["starts"] or actor.today, ends)
    return [Put("ends", ends)] if ends != view["ends"] else []


def _aside_why_not(view: View, actor: Actor) -> str | None:
    return "This series is set aside already." if view.get("status") == "aside" else None


def _reopen_why_not(view: View, actor: Actor) -> str | None:
    return None if view.get("status") == "aside" else "This series is on the board already."


_REST_OF = tuple(Argument(field) for field in ARGUMENTS if field not in (TITLE, RHYTHM))
ACTIONS = (
    Action(
        "series.add",
        "Add a series",
        "Put something on the board that comes back in a rhythm.",
        {"title": "Turn the compost", "rhythm": "every friday", "place": "Garden"},
        "series",
        (Argument(TITLE, True), Argument(RHYTHM, True), *_REST_OF),
        _add,
        needs_record=False,
    ),
    Action(
        "series.edit",
        "Edit",
        "Change what a series says, for every time that is to come.",
        {"rhythm": "every 2 weeks"},
        "series",
        tuple(map(Argument, ARGUMENTS)),
        _edit,
    ),
    Action(
        "series.renew",
        "Renew",
        "Let it go on: to the day you say, or for half a year.",
        {"ends": "2027-06-30"},
        "series",
        (Argument(ENDS),),
        _renew,
    ),
    Action(
        "series.aside",
        "Set aside",
        "Take it off the board; what people have claimed stays there.",
        {},
        "series",
        (),
        lambda view, accepted, actor: [Put("status", "aside")],
        why_not=_aside_why_not,
    ),
    Action(
        "series.reopen",
        "Reopen",
        "Put it back on the board.",
        {},
        "series",
        (),
        lambda view, accepted, actor: [Put("status", "running")],
        why_not=_reopen_why_not,
    ),
)
