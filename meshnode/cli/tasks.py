"""Tasks on the command line: where they stand, and how one is shown in a line."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from meshnode.cli.asking import Snapshot
from meshnode.cli.command import Json
from meshnode.cli.entries import field_name, title_of
from meshnode.cli.moments import civil_day

ORDER: Final = ("open", "claimed", "doing", "done", "aside")
STATUS_WORDS: Final = {
    "open": "open",
    "claimed": "claimed",
    "doing": "doing",
    "done": "done",
    "aside": "set aside",
}


def urgency(view: Json) -> tuple[int, str, str, str]:
    """How tasks are ordered: where they stand, the due day, then the title; never by who or how much."""
    status = str(view.get("status"))
    place = ORDER.index(status) if status in ORDER else len(ORDER)
    return place, str(view.get("due") or "9999"), str(view.get("title")).casefold(), str(view["id"])


def row(view: Json, number: str, known: Snapshot, now: datetime) -> list[str]:
    """A task as the cells of a line: number, title, and the remarks that fit it."""
    remarks = []
    claims = view.get("claims", ())
    needed = int(view.get("people_needed") or 1)
    if claims or needed > 1:
        who = known.authors(claims) or "nobody yet"
        remarks.append(f"{who} ({len(claims)} of {needed})" if needed > 1 else who)
    if view.get("due"):
        remarks.append(f"due {civil_day(str(view['due']), now.date())}")
    remarks += [str(view[key]) for key in ("window", "place", "work") if view.get(key)]
    if view.get("conflicts"):
        remarks.append("two versions of " + ", ".join(map(field_name, view["conflicts"])))
    if view.get("newer"):
        remarks.append("needs a newer version")
    return [number, title_of(view), "; ".join(remarks)]
