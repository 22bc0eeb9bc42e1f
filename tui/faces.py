"""Faces: what a task's card says on the board, read from its view.

Rules of this module:
1. Views are foreign: every reading is total and every text is cleaned.
2. A face says only what the view proves; nothing is ordered by a person.
"""

from __future__ import annotations

from collections.abc import Mapping

from meshnode.api.schema import Json
from tui.held import Held
from tui.moments import Clock, day
from tui.plain_text import clean
from tui.wording import say

COLUMNS = ("open", "claimed", "doing", "done")
ASIDE = "aside"
LAST_DAY = "9999"


def is_task(view: Mapping[str, object]) -> bool:
    """Whether this record stands on the task board."""
    return view.get("kind") == "task"


def column_of(view: Mapping[str, object]) -> str:
    """The column a card stands in; an unknown status is open."""
    status = str(view.get("status") or "open")
    return status if status in COLUMNS or status == ASIDE else "open"


def title_of(view: Mapping[str, object]) -> str:
    """The card's title, never empty."""
    return clean(str(view.get("title") or "")).strip() or say("task.untitled")


def claimers(held: Held, view: Json) -> list[str]:
    """The names of those who claimed it, by name."""
    claims = [each for each in view.get("claims") or () if isinstance(each, dict)]
    return sorted((held.who(claim) for claim in claims), key=str.casefold)


def in_one_line(names: list[str]) -> str:
    """Several names in one line; one who stood at a hub has a comma of their own."""
    return ("; " if any("," in name for name in names) else ", ").join(names)


def claimed_by(view: Json, member: str) -> bool:
    """Whether this member has claimed it."""
    return any(isinstance(each, dict) and each.get("member") == member for each in view.get("claims") or ())


def who_line(held: Held, view: Json) -> str:
    """Who does it, or that it is free."""
    names = claimers(held, view)
    needed = view.get("people_needed")
    if isinstance(needed, int) and needed > 1:
        who = say("board.who", who=in_one_line(names)) if names else say("board.free")
        return say("board.who-of", who=who, count=len(names), needed=needed)
    if names:
        return say("board.who", who=in_one_line(names))
    return say("board.free") if column_of(view) in {"open", "claimed", "doing"} else ""


def meta_line(held: Held, clock: Clock, view: Json) -> str:
    """Who, when and where, as far as it is known."""
    if view.get("newer"):
        return say("task.newer")
    due = clean(str(view.get("due") or ""))
    return "  ".join(part for part in (who_line(held, view), day(clock, due) if due else "") if part)


def waiting_order(view: Json) -> tuple[str, int, str]:
    """Soonest due first, then as they were written."""
    return str(view.get("due") or LAST_DAY), _at(view, "created"), str(view.get("id"))


def order_key(view: Json) -> tuple[object, ...]:
    """Soonest due first, then as they were written; what is over stands newest first."""
    record = str(view.get("id"))
    if column_of(view) in {"done", ASIDE}:
        return (-_at(view, "changed"), record)
    return waiting_order(view)


def _at(view: Json, name: str) -> int:
    moment = view.get(name)
    at_ms = moment.get("at_ms") if isinstance(moment, dict) else None
    return at_ms if isinstance(at_ms, int) else 0


def matches(held: Held, view: Json, words: list[str]) -> bool:
    """Whether every word is found in what the card says."""
    if not words:
        return True
    said = " ".join(
        [
            title_of(view),
            clean(str(view.get("place") or "")),
            clean(str(view.get("details") or "")),
            *claimers(held, view),
        ]
    ).casefold()
    return all(word in said for word in words)
