"""The roll call's record, and its tally: which households were reached, which need help, whom to try next and how.

Rules of this module:
1. A call holds why, whether it is a drill, and what was tried. How a household is stands in the household's entry:
   several callers on several nodes write into one list, and what they write while apart merges by union.
2. A mark answers a call if it names it, or names another call of the same kind that is open, or says to be newer than
   the call. Nothing else counts as reached: an old word is shown with its age.
3. Whether it is a drill was said when it was opened, as with alarms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crdt.board import Board
from crdt.boards.alarms import is_drill
from crdt.boards.household_fields import SIGNALS
from crdt.boards.households import signals
from crdt.boards.rollcall_actions import ACTIONS
from crdt.boards.rollcall_fields import CODE, FIELDS, STATES, VERSION
from crdt.edits import Put
from crdt.fields import Json
from crdt.history import value_after
from crdt.kinds import FieldChange, Kind, View
from crdt.marks import contradict, marks, top
from crdt.past import Merged
from crdt.reading import Reading

__all__ = ["ACTIONS", "BOARD", "CODE", "ROLLCALL", "Row", "Tally", "call_for", "mark_arguments", "tally"]

_RECORD_LETTERS = 32


def _show(reading: Reading) -> dict[str, Json]:
    state = marks(reading, "state", {"open": "opened"})
    opened = [merged.signed.at_ms for merged in reading.counted("state") if _opens(reading, merged)]
    tried: dict[str, list[str]] = {}
    for read in reading.entries("tried"):
        household, dot, signal = read.id.partition(".")
        if dot and len(household) == _RECORD_LETTERS and read.content.get("on") is True:
            tried.setdefault(household, []).append(signal)
    return {
        "title": reading.value("title"),
        "drill": is_drill(reading),
        "state": top(state, "open"),
        "marks": state,
        "contradicted": contradict(state),
        "opened_ms": min(opened, default=0),
        "tried": {household: sorted(tried[household]) for household in sorted(tried)},
    }


def _opens(reading: Reading, merged: Merged) -> bool:
    """Whether a change opened the call; that stays so once it is closed."""
    declared = reading.declared("state")
    assert declared is not None
    return bool(declared.read(value_after(reading.document, merged, "state")).get("word") == "open")


def _call(changes: Sequence[FieldChange]) -> str:
    """The action that a change most likely was."""
    for change in changes:
        if change.field == "state" and change.after:
            return "close" if change.after["word"] == "closed" else "reopen"
        if change.field == "tried":
            return "tried"
    return "edit"


@dataclass(frozen=True, slots=True)
class Row:
    """One household in a roll call."""

    household: View
    word: str
    """How it is, as far as this call knows; "" where it was not reached. A call for help from before it stands."""
    marks: Sequence[View]
    """The marks that answer this call, the most worrying first."""
    contradicted: bool
    earlier: Sequence[View]
    """What was said before the call, where nothing answers it."""
    tried: Sequence[str]
    """The signals that were tried in vain, in their order."""
    next_signal: tuple[str, str] | None
    """What to try next: the name of the signal and what it says; the first again once all were tried; None without."""
    all_tried: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """A roll call as it stands: every household on the roster once."""

    need_help: Sequence[Row]
    not_yet: Sequence[Row]
    reached: Sequence[Row]

    @property
    def rows(self) -> list[Row]:
        """All of them, in this order."""
        return [*self.need_help, *self.not_yet, *self.reached]


def tally(call: View, households: Iterable[View], calls: Iterable[View] = ()) -> Tally:
    """Who was reached in a call, and whom to try next.

    Args:
        call: the roll call's view.
        households: the views of the roster.
        calls: every roll call there is: two that were opened while apart are one.
    """
    ids = {call["id"]} | {each["id"] for each in calls if _same_round(call, each)}
    tried = _tried([call, *(each for each in calls if each["id"] in ids and each["id"] != call["id"])])
    rows = [_row(call, ids, view, tried.get(view["id"], set())) for view in households if view.get("kept") != "aside"]
    rows.sort(key=lambda row: (str(row.household["title"]).casefold(), str(row.household["id"])))
    not_yet = [row for row in rows if row.word in ("", "unknown")]
    return Tally(
        need_help=[row for row in rows if row.word == "help"],
        not_yet=sorted(not_yet, key=_pace),
        reached=[row for row in rows if row.word in ("away", "safe")],
    )


def _same_round(call: View, other: View) -> bool:
    return (call["state"], other["state"]) == ("open", "open") and call["drill"] == other["drill"]


def _tried(calls: Iterable[View]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for call in calls:
        for household, names in call["tried"].items():
            found.setdefault(household, set()).update(names)
    return found


def _row(call: View, ids: set[str], view: View, tried: set[str]) -> Row:
    every: list[View] = view["drill_marks" if call["drill"] else "marks"]
    answers = [each for each in every if each["call"] in ids or each["at_ms"] >= call["opened_ms"]]
    if not answers and not call["drill"] and any(each["word"] == "help" for each in every):
        # Nobody who needs help waits in the list of the others until they are called.
        answers = every
    words = [str(each["word"]) for each in answers]
    named = signals(view)
    left = [each for each in named if each[0] not in tried]
    return Row(
        household=view,
        word=words[0] if words else "",
        marks=answers,
        contradicted=len(set(words)) > 1,
        earlier=[] if answers else every,
        tried=[name for name, _ in named if name in tried],
        next_signal=next(iter(left or named), None),
        all_tried=bool(named) and not left,
    )


def _pace(row: Row) -> int:
    """Whom to try first: who has a first signal left, then a second, ...; last who can be tried in no way."""
    return len(SIGNALS) if row.next_signal is None else len(row.tried)


def call_for(calls: Iterable[View], *, drill: bool = False) -> View | None:
    """The open call that a mark belongs to; of several the lowest id, which every node chooses alike."""
    found = [call for call in calls if call["state"] == "open" and call["drill"] is drill]
    return min(found, key=lambda call: str(call["id"]), default=None)


def mark_arguments(call: View | None, word: str, how: str = "", note: str = "") -> dict[str, Json]:
    """The arguments of `roster.mark` for one key pressed in a roll call: a drill's mark goes under the drill's key."""
    said = {"word": word, "how": how, "note": note}
    if call is not None:
        said |= {"call": str(call["id"]), "drill": "yes" if call["drill"] else "no"}
    return {name: value for name, value in said.items() if value}


def _state(view: View, today: str) -> str:
    return "closed" if view.get("state") == "closed" else "drill" if view.get("drill") else "open"


ROLLCALL = Kind(CODE, "rollcall", VERSION, FIELDS, _show, _call, undo_first=(Put("state", '{"word":"closed"}'),))
BOARD = Board(
    name="rollcall",
    title="Roll calls",
    help="Roll calls: ask every household how it is, with as many callers as there are.",
    kind=ROLLCALL,
    actions=ACTIONS,
    states=STATES,
    state=_state,
    example="storm",
    finished=frozenset({"closed"}),
    said=("marks",),
    due=lambda view: "",
    words=lambda view: str(view.get("title") or ""),
)
