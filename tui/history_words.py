"""HistoryWords: what a change did, in a sentence.

Rules of this module:
1. Total: a change of an unknown kind is still a sentence.
2. Values of fields pass here on their way to the screen: cleaned, short, days said as days.
"""

from __future__ import annotations

from meshnode.api.schema import Json
from tui.glyphs import Glyphs
from tui.held import Held
from tui.moments import Clock, day
from tui.plain_text import clean, clip
from tui.wording import knows, say

MOST_VALUE_CELLS = 40
SHOWN_FIELDS = frozenset({"title", "place", "due", "people_needed"})
"""Fields whose values are worth reading in the history; of the others the name says enough."""


def history_text(held: Held, clock: Clock, glyphs: Glyphs, entry: Json) -> str:
    """What one change did."""
    what = str(entry.get("what") or "")
    said = say(f"history.{what}") if knows(f"history.{what}") else ""
    fields = [each for each in entry.get("fields") or () if isinstance(each, dict)]
    parts = [said] if said else []
    if what == "edit":
        parts = [_field_text(held, clock, glyphs, each) for each in fields] or [say("history.settled")]
    elif what in {"comment", "check_add", "thanks"}:
        parts = [": ".join(part for part in (said, _entry_text(fields)) if part)]
    return ", ".join(part for part in parts if part) or say("history.other")


def _field_text(held: Held, clock: Clock, glyphs: Glyphs, field: Json) -> str:
    name = str(field.get("field") or "")
    known = say(f"field.{name}") if knows(f"field.{name}") else clean(name)
    what = say("history.changed", field=known)
    if name not in SHOWN_FIELDS:
        return what
    before = _short(value_text(held, clock, name, field.get("before")), glyphs)
    after = _short(value_text(held, clock, name, field.get("after")), glyphs) or say("conflict.empty")
    if before:
        return say("history.from-to", what=what, before=before, arrow=glyphs.arrow, after=after)
    return say("history.to", what=what, after=after)


def _entry_text(fields: list[Json]) -> str:
    for field in fields:
        after = field.get("after")
        if isinstance(after, dict) and isinstance(after.get("text"), str):
            return clip(clean(after["text"]), MOST_VALUE_CELLS)
    return ""


def _short(text: str, glyphs: Glyphs) -> str:
    return clip(text, MOST_VALUE_CELLS, glyphs.ellipsis)


def value_text(held: Held, clock: Clock, field: str, value: object) -> str:
    """A field's value for the screen."""
    if field == "due" and isinstance(value, str) and value:
        return f"{day(clock, clean(value))} ({clean(value)})"
    if field == "status" and isinstance(value, str) and knows(f"status.{value}"):
        return say(f"status.{value}")
    if isinstance(value, str | int):
        return clean(str(value))
    return ""
