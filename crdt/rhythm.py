"""Rhythms: on which days something comes back, as people say it: "every friday", "2nd sat", "new moon".

Every rhythm has one spelling, which is what records hold:

    every 3 days  ·  weekly mon thu  ·  fortnightly fri  ·  monthly 15  ·  monthly last  ·  monthly 2nd sat
    monthly last sun  ·  new moon  ·  full moon

Rules of this module:
1. Pure: a rhythm, the day it starts and a range in, days out; the same on every node, whatever its clock says.
2. Where a rhythm leaves something open ("every week"), the day it starts says it.
3. A month without a 31st has its last day instead: nobody skips a month.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crdt.edits import Scalar
from crdt.fields import Field, Json
from crdt.moon import FULL, NEW, days_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST = -1
"""Of a month: its last day, or its last Sunday."""
_MOONS = {"new moon": NEW, "full moon": FULL}
_PLACES = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "last": LAST, "first": 1, "second": 2, "third": 3, "fourth": 4}
_SPELT = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", LAST: "last"}
_FILLING = frozenset({"and", "on", "the", "every", "each"})
_FORTNIGHT = 14
MOST_DAYS = 366
SENTENCE = (
    "Write the rhythm as: every friday, mon thu, every 2 weeks, every 3 days, monthly 15, 2nd sat, last sun, "
    "new moon, or full moon."
)


@dataclass(frozen=True, slots=True)
class Rhythm(Field):
    """How often something comes back; "" for a rhythm that this version cannot read."""

    def read(self, raw: Scalar) -> str:
        return raw if isinstance(raw, str) and _beats(raw) is not None else ""

    def accept(self, value: Json, today: str) -> str:
        # What it leaves open stays so here: whoever plans knows the day it starts.
        spelt = read_rhythm(value, "") if isinstance(value, str) else None
        if spelt is None:
            raise self.bad(SENTENCE)
        return spelt


def read_rhythm(typed: str, start: str) -> str | None:
    """The one spelling of a rhythm that a person typed, or None.

    Args:
        typed: what was typed.
        start: the day that says what was left open, "YYYY-MM-DD"; "" leaves "weekly", "fortnightly" and "monthly" so.
    """
    said = " ".join(re.sub("[,;&.]", " ", typed.lower()).split())
    # "Every second Friday" is each other one; "the second Friday" is one of the month.
    said = re.sub(f"^(?:every|each) (?:second|other) (?={'|'.join(WEEKDAYS)})", "fortnightly ", said)
    word = " ".join(each for each in re.sub("of (?:the|every|each) month$", "", said).split() if each not in _FILLING)
    begin = date.fromisoformat(start) if start else None
    weekday = [WEEKDAYS[begin.weekday()]] if begin else []
    if word in ("day", "daily"):
        return "every 1 days"
    if word in _MOONS or word.removesuffix("s") in _MOONS:
        return word.removesuffix("s")
    if counted := re.fullmatch(r"([0-9]{1,3}|2nd|second|other) days?", word):
        count = int(counted[1]) if counted[1].isdigit() else 2
        return f"every {count} days" if 1 <= count <= MOST_DAYS else None
    if word in ("week", "weekly", "1 week"):
        return " ".join(["weekly", *weekday])
    if apart := re.fullmatch(r"(?:fortnightly|fortnight|(?:2|two|2nd|second|other) weeks?)(?: (.+))?", word):
        days = _weekdays(apart[1]) if apart[1] else weekday
        return " ".join(["fortnightly", *days]) if days or not apart[1] else None
    if word in ("month", "monthly", "1 month"):
        return f"monthly {begin.day}" if begin else "monthly"
    if days := _weekdays(word.removeprefix("weekly ").removeprefix("week ")):
        return f"weekly {' '.join(days)}"
    return _monthly(re.sub("^(?:monthly|month) | monthly$| month$", "", word))


def _weekdays(text: str) -> list[str]:
    """The weekdays that are named, in the order of the week; [] if anything else is."""
    found = set()
    for word in text.split():
        short = word.removesuffix("s") if len(word) > 3 else word
        named = [day for day in _LONG if len(short) >= 3 and (day.startswith(short) or day == word)]
        if len(named) != 1:
            return []
        found.add(named[0][:3])
    return [day for day in WEEKDAYS if day in found]


_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _monthly(word: str) -> str | None:
    if word in ("last", "last day"):
        return "monthly last"
    if numbered := re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?", word):
        return f"monthly {int(numbered[1])}" if 1 <= int(numbered[1]) <= 31 else None
    place, _, named = word.partition(" ")
    days = _weekdays(named)
    if place not in _PLACES or len(days) != 1:
        return None
    return f"monthly {_SPELT[_PLACES[place]]} {days[0]}"


@dataclass(frozen=True, slots=True)
class _Beat:
    """A rhythm taken apart: exactly one of these says something."""

    days_apart: int = 0
    weekdays: tuple[int, ...] = ()
    weeks_apart: int = 1
    month_day: int = 0
    month_weekday: tuple[int, int] | None = None
    moon: float | None = None


def _beats(rhythm: str) -> _Beat | None:
    """A rhythm in its one spelling, taken apart; None for anything else."""
    if read_rhythm(rhythm, "2000-01-01") != rhythm:
        return None
    head, *rest = rhythm.split()
    if rhythm in _MOONS:
        return _Beat(moon=_MOONS[rhythm])
    if head == "every":
        return _Beat(days_apart=int(rest[0]))
    if head in ("weekly", "fortnightly"):
        weekdays = tuple(WEEKDAYS.index(day) for day in rest)
        return _Beat(weekdays=weekdays, weeks_apart=2 if head == "fortnightly" else 1)
    if len(rest) == 2:
        return _Beat(month_weekday=(_PLACES[rest[0]], WEEKDAYS.index(rest[1])))
    return _Beat(month_day=LAST if rest[0] == "last" else int(rest[0]))


def occurrences(rhythm: str, start: str, first: str, last: str, zone: str = "") -> Iterator[str]:
    """The days on which something comes back, in order; none for what is no rhythm or no day.

    Args:
        rhythm: in its one spelling.
        start: the day it starts; nothing is before it, and weeks and days are counted from it.
        first: the first day asked about.
        last: the last one.
        zone: the network's, in which the moon's moments fall on days.
    """
    beat = _beats(rhythm)
    if beat is None or not (start and first and last):
        return
    begin, until = date.fromisoformat(start), date.fromisoformat(last)
    since = max(begin, date.fromisoformat(first))
    if since <= until:
        yield from (day.isoformat() for day in _days(beat, begin, since, until, zone))


def _days(beat: _Beat, begin: date, since: date, until: date, zone: str) -> Iterator[date]:
    if beat.moon is not None:
        yield from days_of(beat.moon, since, until, zone)
    elif beat.days_apart:
        step = beat.days_apart
        yield from _stepped(since + timedelta(-(since - begin).days % step), until, step)
    elif beat.weekdays:
        monday = begin - timedelta(begin.weekday())
        day = since
        while day <= until:
            apart = (day - monday).days % _FORTNIGHT >= 7 if beat.weeks_apart == 2 else False
            if day.weekday() in beat.weekdays and not apart:
                yield day
            if day == date.max:
                return
            day += timedelta(1)
    else:
        yield from (day for day in _monthly_days(beat, since, until) if since <= day <= until)


def _stepped(day: date, until: date, step: int) -> Iterator[date]:
    while day <= until:
        yield day
        if (date.max - day).days < step:
            return
        day += timedelta(step)


def _monthly_days(beat: _Beat, since: date, until: date) -> Iterator[date]:
    for month in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
        year, number = divmod(month, 12)
        count = monthrange(year, number + 1)[1]
        if beat.month_weekday is None:
            yield date(year, number + 1, count if beat.month_day == LAST else min(beat.month_day, count))
            continue
        place, weekday = beat.month_weekday
        fitting = [day for day in range(1, count + 1) if date(year, number + 1, day).weekday() == weekday]
        yield date(year, number + 1, fitting[-1] if place == LAST else fitting[place - 1])


def around(rhythm: str, start: str, ends: str, today: str, zone: str = "") -> tuple[str, str]:
    """The latest day that is due (today or before) and the next one after today; "" where there is none.

    Args:
        rhythm, start, zone: as in `occurrences`.
        ends: the last day it may come back; "" for no end.
        today: the civil day in the network's zone.
    """
    now = date.fromisoformat(today)
    reach = timedelta(max(MOST_DAYS, 62))
    back = (max(date.min + reach, now) - reach).isoformat()
    ahead = (min(date.max - reach, now) + reach).isoformat()
    due = next_day = ""
    for day in occurrences(rhythm, start, back, min(ends, ahead) if ends else ahead, zone):
        if day > today:
            next_day = day
            break
        due = day
    if not next_day and start > ahead and (not ends or start <= ends):
        far = (min(date.max - reach, date.fromisoformat(start)) + reach).isoformat()
        next_day = next(occurrences(rhythm, start, start, min(ends, far) if ends else far, zone), "")
    return due, next_day


def spoken(rhythm: str) -> str:
    """A rhythm as people say it: "every Friday", "each 2nd Saturday of the month"."""
    beat = _beats(rhythm)
    if beat is None:
        return "in a rhythm that this version cannot read"
    if beat.moon is not None:
        return f"every {rhythm}"
    if beat.days_apart:
        return "every day" if beat.days_apart == 1 else f"every {beat.days_apart} days"
    if beat.weekdays:
        names = [_LONG[day].capitalize() for day in beat.weekdays]
        named = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f"every second {named}" if beat.weeks_apart == 2 else f"every {named}"
    if beat.month_weekday is not None:
        place, weekday = beat.month_weekday
        return f"every {_SPELT[place]} {_LONG[weekday].capitalize()} of the month"
    return "on the last day of the month" if beat.month_day == LAST else f"on day {beat.month_day} of the month"
