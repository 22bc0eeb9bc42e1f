"""Texts of the roster and of the roll call."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROLL: Mapping[str, str] = MappingProxyType(
    {
        "place.roll": "Roll call",
        "key.roll": "Roll call",
        "key.safe": "Safe",
        "key.needs-help": "Needs help",
        "key.away": "Away",
        "key.no-word": "No word",
        "key.tried": "Tried in vain",
        "key.open-call": "Open a roll call",
        "key.open-drill": "Open a drill",
        "key.close-call": "Close the roll call",
        "key.new-household": "New household",
        "roll.title-calm": "Emergency roster: {count} households",
        "roll.title-open": "{title}: {help} need help, {missing} no word yet, {reached} reached",
        "roll.title-drill": "DRILL {title}: {help} need help, {missing} no word yet, {reached} reached",
        "roll.nobody": "No household is on the roster yet. n = write one down.",
        "roll.calm": "O opens a roll call, D a drill. Enter shows a household.",
        "roll.help": "NEEDS HELP !!",
        "roll.unknown": "NO WORD YET ?",
        "roll.safe": "SAFE",
        "roll.away": "AWAY",
        "roll.try": "try {signal}: {text}",
        "roll.try-none": "no way to try is written down",
        "roll.contradicted": "two words on this, look",
        "roll.overdue": "OVERDUE: {title}, wanted to be back {when}",
        "roll.why": "Why do you call?",
        "signal.primary": "first",
        "signal.alternate": "second",
        "signal.contingency": "third",
        "signal.emergency": "last",
        "state.active": "active",
        "state.drill": "drill",
        "state.stood_down": "stood down",
        "state.safe": "safe",
        "state.help": "needs help",
        "state.away": "away",
        "state.unknown": "no word yet",
        "state.closed": "closed",
        "home.alarm": "{title} {place}   ! = look, 5 = roll call",
        "home.alarm-drill": "DRILL: {title} {place}   ! = look, 5 = roll call",
        "home.call": "Roll call: {title}   5 = roll call",
        "home.call-drill": "DRILL roll call: {title}   5 = roll call",
        "home.safe": "SAFE",
        "home.help": "NEEDS HELP !!",
        "home.no-word": "NO WORD YET ?",
        "did.roster.mark": "Marked: {title}",
        "did.rollcall.open": "Roll call open: {title}",
        "did.rollcall.close": "Roll call closed: {title}",
        "did.rollcall.tried": "Tried: {title}",
    }
)
