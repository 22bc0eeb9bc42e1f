"""Moments: the screen's clock, and how times and days are said.

Rules of this module:
1. Every time on screen comes through here; a test hands in another clock.
2. A day is a civil date; a moment is UTC milliseconds shown in this machine's zone.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from crdt.identifiers import EARLIEST_AT_MS
from tui.language import short_date, weekday
from tui.wording import say

DOUBTFUL_MS = 10 * 60_000
"""Further ahead than this, a claimed time is marked as a claim, beside the time it came here where that is known."""


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
    return f"{weekday(now)} {now:%H:%M}"


def moment(clock: Clock, at_ms: int) -> str:
    """A moment as people say it: today's hour, this week's day, or the date."""
    at, now = clock.local(at_ms), clock.now()
    days = (now.date() - at.date()).days
    if days == 0:
        return f"{at:%H:%M}"
    if 0 < days < 7:
        return f"{weekday(at)} {at:%H:%M}"
    return f"{short_date(at, year=at.year != now.year)} {at:%H:%M}"


def moment_or_doubt(clock: Clock, at_ms: int, received_ms: int | None = None) -> str:
    """A moment that somebody claims, marked where it cannot be: before there was anything, or after it came here."""
    claimed = moment(clock, at_ms)
    latest = int(clock.now().timestamp() * 1000) if received_ms is None else received_ms
    if EARLIEST_AT_MS <= at_ms <= latest + DOUBTFUL_MS:
        return claimed
    if received_ms is None:
        return say("time.claimed", claimed=claimed)
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
        return weekday(when)
    return short_date(when, year=when.year != clock.today().year)
