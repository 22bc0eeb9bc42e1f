"""The fields that hold a time: a civil day of the network, and a moment that is the same everywhere.

Rules of this module:
1. A day is a word of the neighbourhood ("Friday"), in the network's zone; a moment is UTC milliseconds.
2. Neither decides anything: clocks lie. A time that has passed hides or warns, it never deletes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crdt.edits import Scalar
from crdt.fields import Field, Json

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Day(Field):
    """A civil day in the network's zone, "YYYY-MM-DD" or "" for none."""

    def read(self, raw: Scalar) -> str:
        return raw if isinstance(raw, str) and _is_day(raw) else ""

    def accept(self, value: Json, today: str) -> str:
        word = value.strip().lower() if isinstance(value, str) else None
        if word in {"", "none", "never"}:
            return ""
        day = None if word is None else read_day(word, today)
        if day is None:
            raise self.bad("Write the day as 2026-11-27, or fri, tomorrow, in 3 days.")
        return day


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_day(word: str, today: str) -> str | None:
    """The day meant by a date, a weekday (the next one, never today), "today", "tomorrow", "in 3 days"; or None."""
    if _is_day(word):
        return word
    now = date.fromisoformat(today)
    days = {"today": 0, "tomorrow": 1, "in a week": 7, "next week": 7}.get(word)
    if days is None and len(word) >= 3:
        for number, name in enumerate(_WEEKDAYS):
            if name.startswith(word):
                days = (number - now.weekday() - 1) % 7 + 1
    counted = re.fullmatch(r"(?:in )?\+?([0-9]{1,3}) ?(d|days?|w|weeks?)", word)
    if counted:
        days = int(counted[1]) * (7 if counted[2][0] == "w" else 1)
    return None if days is None else (now + timedelta(days)).isoformat()


LAST_MOMENT_MS = 4102444800000
"""The year 2100: what claims to be later is a mistake."""


@dataclass(frozen=True, slots=True)
class Moment(Field):
    """A point in time in UTC milliseconds; 0 for none.

    What people type for one ("18:00", "tomorrow 9:00", "in 2 hours") is read by the node, which knows zone and clock:
    `crdt.dates.read_moment`."""

    past: bool = False
    """Whether a clock time that is typed means the last one, not the next one."""

    def read(self, raw: Scalar) -> int:
        whole = isinstance(raw, int) and not isinstance(raw, bool)
        return raw if whole and 0 < raw < LAST_MOMENT_MS else 0  # type: ignore[operator, return-value]

    def accept(self, value: Json, today: str) -> int | str:
        if value == "":
            return ""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < LAST_MOMENT_MS:
            raise self.bad(MOMENT_SENTENCE)
        return value


def in_zone(now: datetime, zone: str) -> datetime:
    """A moment as the clocks of a neighbourhood show it; in UTC where its zone is not known here, or none is set."""
    try:
        return now.astimezone(ZoneInfo(zone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return now.astimezone(UTC)


MOMENT_SENTENCE = "Write the time as 18:00, tomorrow 9:00, 2026-11-27 18:00, or in 2 hours."
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_AHEAD = re.compile(r"in ([0-9]{1,3}) ?(m|min|minutes?|h|hours?)")


def read_moment(typed: str, now: datetime) -> datetime | None:
    """The moment meant by a clock time (today, or tomorrow once it has passed), a day with a time, or "in 2 hours".

    Args:
        typed: what a person wrote; a day alone means its beginning.
        now: the moment of asking, in the network's zone.
    """
    word = " ".join(typed.strip().lower().split())
    ahead = _AHEAD.fullmatch(word)
    if ahead:
        count = int(ahead[1])
        return now + (timedelta(minutes=count) if ahead[2][0] == "m" else timedelta(hours=count))
    day_word, _, clock_word = word.rpartition(" ")
    clock = _CLOCK.fullmatch(clock_word or word)
    if clock is None:
        day, clock_time = read_day(word, now.date().isoformat()), time()
    else:
        day = read_day(day_word, now.date().isoformat()) if day_word else now.date().isoformat()
        clock_time = time(int(clock[1]), int(clock[2]))
    if day is None:
        return None
    moment = datetime.combine(date.fromisoformat(day), clock_time, now.tzinfo)
    return moment + timedelta(days=1) if clock and not day_word and moment <= now else moment
