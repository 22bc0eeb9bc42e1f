"""Ageing: how long ago somebody says something was, in words, and when that is too long to be relied on.

Rules of this module:
1. Clocks lie. What is said to be in the future, or before there was anything, is called so instead of counted.
2. Age warns; it never hides and never deletes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crdt.identifiers import EARLIEST_AT_MS

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
OLD_MS: Final = 6 * HOUR_MS
"""In an emergency, how somebody was this morning says little about the evening."""
_AHEAD_MS: Final = 10 * MINUTE_MS
"""Clocks of neighbours differ by less."""


@dataclass(frozen=True, slots=True)
class Age:
    """How long ago, in one unit: now, minutes, hours or days; or `ahead` and `impossible`, where a clock is wrong."""

    unit: str
    count: int = 0

    @property
    def is_old(self) -> bool:
        """Whether it should be asked again."""
        return self.unit in {"days", "impossible"} or (self.unit == "hours" and self.count * HOUR_MS >= OLD_MS)

    @property
    def words(self) -> str:
        """In English: "just now", "12 min ago", "3 h ago", "2 days ago"."""
        match self.unit:
            case "now":
                return "just now"
            case "minutes":
                return f"{self.count} min ago"
            case "hours":
                return f"{self.count} h ago"
            case "days":
                return f"{self.count} day{'' if self.count == 1 else 's'} ago"
            case "ahead":
                return "by a clock that is ahead"
            case _:
                return "at a time that cannot be"


def age_of(at_ms: int, now_ms: int) -> Age:
    """How long ago a claimed moment was."""
    if at_ms < EARLIEST_AT_MS:
        return Age("impossible")
    passed = now_ms - at_ms
    if passed < -_AHEAD_MS:
        return Age("ahead")
    if passed < 2 * MINUTE_MS:
        return Age("now")
    if passed < 2 * HOUR_MS:
        return Age("minutes", passed // MINUTE_MS)
    if passed < 48 * HOUR_MS:
        return Age("hours", passed // HOUR_MS)
    return Age("days", passed // (24 * HOUR_MS))


def age_words(at_ms: int, now_ms: int, *, clock_unsure: bool = False) -> str:
    """The age in words, with what this node knows of its own clock."""
    words = age_of(at_ms, now_ms).words
    return f"{words}, but this clock is not sure" if clock_unsure else words
