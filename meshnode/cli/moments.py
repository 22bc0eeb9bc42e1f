"""Moments: times, days and spans as people say them.

Rules of this module:
1. Pure: now is an argument. A moment is UTC milliseconds, shown in this machine's zone; a day is a civil date.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from crdt.identifiers import EARLIEST_AT_MS

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE_MS: Final = 60_000
_DOUBTFUL_MS: Final = 10 * _MINUTE_MS
"""Clocks of neighbours differ by less."""


def now() -> datetime:
    """Now, in this machine's zone."""
    return datetime.now().astimezone()


def moment(at_ms: int, now: datetime) -> str:
    """A moment: "today 14:05", "yesterday 9:30", "Thu 14:05", "12 Mar 14:05"."""
    try:
        at = datetime.fromtimestamp(at_ms / 1000, now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return "at an impossible time"
    return f"{_day_of(at.date(), now.date())} {at:%H:%M}"


def claimed(at_ms: int, now: datetime, received_ms: int | None = None) -> str:
    """A moment that somebody claims, marked where it cannot be: before there was anything, or after it came here."""
    said = moment(at_ms, now)
    latest = int(now.timestamp() * 1000) if received_ms is None else received_ms
    if EARLIEST_AT_MS <= at_ms <= latest + _DOUBTFUL_MS:
        return said
    return f"says {said}" if received_ms is None else f"says {said}, came {moment(received_ms, now)}"


def _day_of(day: date, today: date) -> str:
    ago = (today - day).days
    if ago in {0, 1}:
        return ("today", "yesterday")[ago]
    if ago == -1:
        return "tomorrow"
    if 0 < abs(ago) < 7:
        return _DAYS[day.weekday()]
    return f"{day.day} {_MONTHS[day.month - 1]}" + ("" if day.year == today.year else f" {day.year}")


def civil_day(text: str, today: date) -> str:
    """A due day: "today", "tomorrow", "Sat", "27 Nov"; what has passed is said with its date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    if -7 < (today - day).days <= 0:
        return _day_of(day, today)
    return f"{day.day} {_MONTHS[day.month - 1]}" + ("" if day.year == today.year else f" {day.year}")


def span(ms: int) -> str:
    """How long something still lasts: "2 days 3 h", "47 h 59 min", "5 min"."""
    minutes = max(0, ms // _MINUTE_MS)
    hours, minutes = divmod(minutes, 60)
    if hours >= 72:
        days, hours = divmod(hours, 24)
        return f"{days} days {hours} h" if hours else f"{days} days"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
