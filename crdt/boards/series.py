"""Series: what comes back in a rhythm. Each of its days stands on the task board as a task (`occurrences`).

Rules of this module:
1. Title, place and rhythm are here once; what people do on a day is in that day's own record.
2. Who is willing is shown by name; who is not, and who said so, is nowhere shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.board import Board
from crdt.boards.series_actions import ACTIONS
from crdt.boards.series_fields import CODE, FIELDS, VERSION
from crdt.edits import Put
from crdt.fields import Json
from crdt.kinds import FieldChange, Kind, View
from crdt.reading import Reading
from crdt.rhythm import around, spoken

__all__ = ["ACTIONS", "BOARD", "CODE", "SERIES"]

_WILLING = "willing"
_VALUES = ("title", "rhythm", "place", "window", "work", "people_needed", "starts", "ends", "rotates", "status")


def _show(reading: Reading) -> dict[str, Json]:
    said = [read for read in reading.entries("willing") if not read.id and not reading.has_gone(read.member)]
    willing = [
        {"member": read.member} | reading.at_hub(read.last) for read in said if read.content.get("word") == _WILLING
    ]
    willing.sort(key=lambda each: each["member"])
    return {key: reading.value(key) for key in _VALUES} | {"details": reading.prose("details"), "willing": willing}


def _call(changes: Sequence[FieldChange]) -> str:
    """The action that a change most likely was."""
    written = {change.field: change for change in changes}
    if "status" in written:
        return "aside" if written["status"].after == "aside" else "reopen"
    return "renew" if set(written) == {"ends"} else "edit"


def state(view: View, today: str) -> str:
    """Whether it comes back: running, ended, or set aside."""
    if view.get("status") == "aside":
        return "aside"
    return "ended" if str(view.get("ends") or "9999") < today else "running"


def days_around(view: View, today: str, zone: str) -> tuple[str, str]:
    """The latest due day of a series and the next one after today; "" where there is none."""
    return around(view["rhythm"], view["starts"], view["ends"], today, zone)


def rhythm_words(view: View) -> str:
    """What a series is called in one line."""
    return f"{view.get('title') or ''}, {spoken(str(view.get('rhythm') or ''))}"


SERIES = Kind(CODE, "series", VERSION, FIELDS, _show, _call, undo_first=(Put("status", "aside"),))
BOARD = Board(
    name="series",
    title="Series",
    help="What comes back, in which rhythm; its days stand on the task board.",
    kind=SERIES,
    actions=ACTIONS,
    states=("running", "ended", "aside"),
    state=state,
    example="turn the compost",
    finished=frozenset({"ended", "aside"}),
    row=("place", "ends"),
    facts=("rhythm", "place", "window", "work", "people_needed", "starts", "ends"),
    summary=rhythm_words,
    due=lambda view: "",
)
