"""Day words: days as people type them in the language of the screen, as civil days.

Rules of this module:
1. What is typed in English is understood in every language: paper and habit mix them.
2. Nothing is guessed at: what is no day is None, and whoever asked says how to write one.
"""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import get_day_names

from crdt.dates import read_day
from tui.language import locale_in_use
from tui.wording import say

SHORTEST = 2
"""Letters of a weekday's name that are enough where they fit one day only."""


def day_of(typed: str, today: date) -> str | None:
    """The day meant, "YYYY-MM-DD"; None where none is."""
    word = typed.strip().casefold()
    for key, ahead in (("day.today", 0), ("day.tomorrow", 1)):
        if word == say(key).casefold():
            return (today + timedelta(ahead)).isoformat()
    names = get_day_names("wide", "stand-alone", locale_in_use())
    fitting = [
        number for number in range(7) if len(word) >= SHORTEST and str(names[number]).casefold().startswith(word)
    ]
    if len(fitting) == 1:
        return (today + timedelta((fitting[0] - today.weekday() - 1) % 7 + 1)).isoformat()
    return read_day(word, today.isoformat())
