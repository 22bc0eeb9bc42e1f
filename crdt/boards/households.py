"""The emergency roster's record: what a household's entry holds, how it is shown, and what follows from it.

Rules of this module:
1. Contradicting marks are all shown, the more worrying one on top, until a later mark that has seen them settles it.
2. What an entry says in clear is shown as long as somebody who lives there agrees, or nobody has been asked yet; once
   the last one has taken it back, or gone, only the name is shown.
3. Households are ordered by how they are, then by name; never by a time or a figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crdt.board import Board
from crdt.boards.household_actions import ACTIONS
from crdt.boards.household_fields import CODE, FIELDS, OPEN_LINES, SIGNALS, VERSION, WORDS
from crdt.edits import Put
from crdt.fields import RECORD_HEX, Json
from crdt.kinds import FieldChange, Kind, View
from crdt.marks import contradict, marks, top
from crdt.reading import EntryRead, Reading

__all__ = ["ACTIONS", "BOARD", "CODE", "HOUSEHOLD", "is_review_due", "overdue", "signals", "who_has"]

SLACK_MS = 10 * 60_000
"""Nobody is called overdue because two clocks differ."""
_VERBS = {"status": "mark", "drill": "drill_mark", "buddy": "buddy", "lives": "agree", "sealed": "seal"}


def _show(reading: Reading) -> dict[str, Json]:
    agreements = [read for read in reading.entries("lives") if not read.id]
    lives = [
        {"member": read.member}
        for read in agreements
        if read.content.get("on") is True and not reading.has_gone(read.member)
    ]
    consent = "given" if lives else "withdrawn" if agreements else "open"
    status, drill = marks(reading, "status"), marks(reading, "drill")
    shown = {field.key: reading.value(field.key) for field in OPEN_LINES}
    if consent == "withdrawn":
        shown |= {field.key: "" for field in OPEN_LINES if field.key != "title"}
    return shown | {
        "kept": reading.value("kept"),
        "status": top(status, "unknown"),
        "marks": status,
        "contradicted": contradict(status),
        "drill": top(drill, "unknown"),
        "drill_marks": drill,
        "drill_contradicted": contradict(drill),
        "outs": [out for read in reading.entries("out") if (out := _trip(reading, read))],
        "buddies": sorted(read.id for read in reading.entries("buddy") if RECORD_HEX.fullmatch(read.id)),
        "lives": sorted(lives, key=lambda each: str(each["member"])),
        "consent": consent,
        "sealed": reading.sealed(),
    }


def _trip(reading: Reading, read: EntryRead) -> dict[str, Json]:
    """Who is out, where, and until when; {} for what is no such thing."""
    back, who, where = (read.content.get(key) for key in ("back", "who", "where"))
    if not read.id or not isinstance(back, int) or isinstance(back, bool) or back <= 0:
        return {}
    said = {"who": who if isinstance(who, str) else "", "where": where if isinstance(where, str) else ""}
    text = ": ".join(each for each in said.values() if each)
    return {"id": read.id, "back_ms": back, "text": text} | said | reading.stamp(read.last)


def _call(changes: Sequence[FieldChange]) -> str:
    """The action that a change most likely was."""
    for change in changes:
        match change.field:
            case "out":
                return "out" if change.after else "back"
            case "kept":
                return "aside" if change.after == "aside" else "restore"
            case "buddy" if not change.after:
                return "unbuddy"
            case "lives" if not (change.after or {}).get("on"):
                return "withdraw"
            case "status" | "drill" if not change.after:
                return "undo"
            case field if field in _VERBS:
                return _VERBS[field]
    return "edit"


def signals(view: View) -> list[tuple[str, str]]:
    """The ways to reach a household that it has named, in the order to try them."""
    return [(name, str(view[name])) for name in SIGNALS if view.get(name)]


def overdue(view: View, now_ms: int) -> list[View]:
    """Who of a household wanted to be back by now and is not noted as back, by name."""
    late = [each for each in view.get("outs", ()) if each["back_ms"] + SLACK_MS < now_ms]
    return sorted(late, key=lambda each: (each["who"].casefold(), each["id"]))


def is_review_due(view: View, today: str) -> bool:
    """Whether an entry should be looked through again."""
    return bool(view.get("review")) and str(view["review"]) <= today


def who_has(views: Iterable[View], words: str) -> list[View]:
    """The households on the roster whose skills, equipment or languages hold all these words, by name."""
    wanted = words.casefold().split()
    found = [
        view
        for view in views
        if view.get("kept") != "aside"
        and wanted
        and all(word in " ".join(str(view.get(key) or "") for key in _COMMONS).casefold() for word in wanted)
    ]
    return sorted(found, key=lambda view: (str(view["title"]).casefold(), str(view["id"])))


_COMMONS = ("skills", "equipment", "languages")
_SEARCHED = ("title", "people", "place", *_COMMONS)


def _state(view: View, today: str) -> str:
    return "aside" if view.get("kept") == "aside" else str(view.get("status") or "unknown")


HOUSEHOLD = Kind(CODE, "household", VERSION, FIELDS, _show, _call, undo_first=(Put("kept", "aside"),))
BOARD = Board(
    name="roster",
    title="Emergency roster",
    help="How to reach every household in an emergency, and how it is.",
    kind=HOUSEHOLD,
    actions=ACTIONS,
    states=(*WORDS, "aside"),
    state=_state,
    example="number 7",
    finished=frozenset({"aside"}),
    row=("place", "primary"),
    facts=("people", "place", *SIGNALS, "languages", "skills", "equipment", "lives", "review"),
    said=("marks",),
    due=lambda view: "",
    words=lambda view: " ".join(str(view.get(key) or "") for key in _SEARCHED),
)
