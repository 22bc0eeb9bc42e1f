"""What the screen makes of roll calls: which one is open, how it stands, and when the last one was.

Rules of this module:
1. Pure. A real call comes before a drill.
2. An alarm without a roll call is counted as if one had been opened when it was raised: nobody is called safe who has
   said nothing since.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.boards.households import HOUSEHOLD
from crdt.boards.rollcalls import ROLLCALL, Row, Tally, call_for, tally
from meshnode.api.schema import Json
from tui.alarm_facts import active_alarms
from tui.faces import title_of
from tui.held import Held
from tui.moments import Clock, moment
from tui.widgets.big_numbers import Slot
from tui.wording import say


def households(held: Held) -> list[Json]:
    """Every household's entry."""
    return [view for view in held.records.values() if view.get("kind") == HOUSEHOLD.name]


def calls(held: Held) -> list[Json]:
    """Every roll call."""
    return [view for view in held.records.values() if view.get("kind") == ROLLCALL.name]


def open_call(held: Held) -> Json | None:
    """The roll call that is open."""
    every = calls(held)
    found = call_for(every) or call_for(every, drill=True)
    return None if found is None else dict(found)


def tally_of(held: Held, call: Json) -> Tally:
    """How a call stands."""
    return tally(call, households(held), calls(held))


def round_of(held: Held, call: Json) -> list[Json]:
    """The call and every other that is open for the same: opened while apart, they are one."""
    return [each for each in calls(held) if each["state"] == "open" and each["drill"] == call["drill"]]


def now_asked(held: Held) -> Json | None:
    """What households are counted by now: an open call, else an alarm that is on, else None."""
    alarms = active_alarms(held)
    call = open_call(held)
    if call is not None and (not alarms or not call["drill"] or alarms[0].get("drill")):
        return call
    if not alarms:
        return None
    alarm = alarms[0]
    return {
        "id": alarm["id"],
        "title": title_of(alarm),
        "state": "open",
        "drill": bool(alarm.get("drill")),
        "opened_ms": alarm.get("raised_ms") or 0,
        "tried": {},
    }


def called_slots(held: Held, call: Json) -> list[Slot]:
    """The three numbers of an emergency, with names below."""
    found = tally_of(held, call)
    safe = [row for row in found.reached if row.word == "safe"]
    away = [row for row in found.reached if row.word == "away"]
    below = _names(safe)
    if away:
        below = "  ".join(each for each in (below, say("call.away-too", names=_names(away))) if each)
    return [
        Slot(len(safe), say("home.safe"), below, "good", opens="roll"),
        Slot(len(found.need_help), say("home.help"), _names(found.need_help), "error", opens="roll"),
        Slot(len(found.not_yet), say("home.no-word"), _names(found.not_yet), "pending", opens="roll"),
    ]


def _names(rows: Sequence[Row]) -> str:
    return ", ".join(title_of(row.household) for row in rows)


def quiet_sentence(held: Held, clock: Clock) -> str:
    """What is said in calm times: when a roll call was last held."""
    closed = [view for view in calls(held) if view.get("state") == "closed"]
    last = max(closed, key=_begun_ms, default=None)
    if last is None:
        return say("home.quiet")
    key = "home.quiet-drill" if last.get("drill") else "home.quiet-call"
    return say(key, when=moment(clock, _begun_ms(last)))


def _begun_ms(call: Json) -> int:
    at_ms = (call.get("created") or {}).get("at_ms")
    return at_ms if isinstance(at_ms, int) else 0


def called_tail(held: Held) -> str:
    """How the open call stands, for the line about an alarm; nothing without one."""
    call = open_call(held)
    if call is None or not active_alarms(held):
        return ""
    found = tally_of(held, call)
    return say("band.called", help=len(found.need_help), waiting=len(found.not_yet))
