"""Moments: the screen's clock, and how times and days are said.

Rules of this module:
1. Every time on screen comes through here; a test hands in another clock.
2. A day is a civil date; a moment is UTC milliseconds shown in this machine's zone.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from tui.wording import say

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DOUBTFUL_MS = 10 * 60_000
"""Further apart than this, the time somebody claims and the time it came here are both shown."""


class Clock:
    """The time, in the ways the screen needs it."""

    def now(self) -> datetime:
        """Now, in this machine's zone."""
        return datetime.now(UTC).astimezone()

    def local(self, at_ms: int) -> datetime:
        """A moment in this machine's zone; a year that cannot be shown becomes the first."""
        try:
            return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()
        except (ValueError, OverflowError, OSError):
            return datetime(1970, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()

    def today(self) -> date:
        """The civil date here."""
        return self.now().date()


def minute_line(now: datetime) -> str:
    """What the clock in the bar says."""
    return f"{DAY_NAMES[now.weekday()]} {now:%H:%M}"


def moment(clock: Clock, at_ms: int) -> str:
    """A moment as people say it: today's hour, this week's day, or the date."""
    at, now = clock.local(at_ms), clock.now()
    days = (now.date() - at.date()).days
    if days == 0:
        return f"{at:%H:%M}"
    if 0 < days < 7:
        return f"{DAY_NAMES[at.weekday()]} {at:%H:%M}"
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {MONTH_NAMES[at.month - 1]}{year} {at:%H:%M}"


def moment_or_doubt(clock: Clock, at_ms: int, received_ms: int | None) -> str:
    """A claimed moment; with the hour it came here when the two are far apart backwards."""
    claimed = moment(clock, at_ms)
    if received_ms is None or at_ms <= received_ms + DOUBTFUL_MS:
        return claimed
    return say("time.doubtful", claimed=claimed, received=moment(clock, received_ms))


def day(clock: Clock, due: str) -> str:
    """A due date as people say it."""
    try:
        when = date.fromisoformat(due)
    except ValueError:
        return due
    days = (when - clock.today()).days
    if days == 0:
        return say("day.today")
    if days == 1:
        return say("day.tomorrow")
    if 1 < days < 7:
        return DAY_NAMES[when.weekday()]
    year = "" if when.year == clock.today().year else f" {when.year}"
    return f"{when.day} {MONTH_NAMES[when.month - 1]}{year}"
