"""The alarm's record: what is wrong and where, who has seen it, who is going, and whether it was stood down.

Rules of this module:
1. An alarm lasts until somebody stands it down who knows of it; raised again at the same time, it lasts.
2. Whether it is a drill was said when it was raised. Once it was said to be real it is never taken for a drill.
3. Seen and going are each person's own word. What they said of an earlier raising is not taken for one of the latest.
4. Age silences, it never hides: an alarm of last week is shown and does not ring, unless this clock may be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.ageing import HOUR_MS
from crdt.board import Board
from crdt.boards.alarm_actions import ACTIONS
from crdt.boards.alarm_fields import CODE, FIELDS, STATES, VERSION, WHAT_WORDS
from crdt.edits import Put
from crdt.fields import Json, entry_text
from crdt.history import value_after
from crdt.kinds import FieldChange, Kind, View
from crdt.marks import contradict, marks, top
from crdt.past import Merged
from crdt.reading import EntryRead, Reading

__all__ = ["ACTIONS", "ALARM", "BOARD", "CODE", "is_acknowledged", "is_active", "rings"]

RINGS_MS = 24 * HOUR_MS
_VERBS = {"seen": "seen", "going": "going", "comment": "comment"}


def _show(reading: Reading) -> dict[str, Json]:
    state = marks(reading, "state", {"on": "raised", "down": "stood down"})
    raised = _raisings(reading)
    what = reading.value("what")
    return {
        "title": reading.value("title") or WHAT_WORDS[what],
        "what": what,
        "place": reading.value("place"),
        "needs": reading.value("needs"),
        "drill": is_drill(reading),
        "state": top(state, "on"),
        "marks": state,
        "contradicted": contradict(state),
        "raising": sorted(merged.signed.id.hex() for merged in raised),
        "raised_ms": max((merged.signed.at_ms for merged in raised), default=0),
        "known_on": sorted({each.signed.author.hex() for each in reading.past.order if _knew(each, raised)}),
        "seen": _own_words(reading, "seen", raised),
        "going": _own_words(reading, "going", raised),
        "comments": [_said(reading, read) for read in reading.entries("comment") if read.id],
    }


def _raisings(reading: Reading) -> list[Merged]:
    """The changes that raised it last: several, where people raised it again at the same time."""
    declared = reading.declared("state")
    assert declared is not None
    written = [
        merged
        for merged in reading.counted("state")
        if declared.read(value_after(reading.document, merged, "state")).get("word") == "on"
    ]
    return [each for each in written if not any(other.follows(each) for other in written)]


def is_drill(reading: Reading) -> bool:
    """Whether everybody who ever said so called it a drill."""
    declared = reading.declared("drill")
    assert declared is not None
    written = [declared.read(value_after(reading.document, merged, "drill")) for merged in reading.counted("drill")]
    return bool(written) and all(word == "yes" for word in written)


def _own_words(reading: Reading, group: str, raised: Sequence[Merged]) -> list[dict[str, Json]]:
    """Who said it of the last raising, by key."""
    found = [
        {"member": read.member, "note": entry_text(read.content)} | _by_device(reading, read)
        for read in reading.entries(group)
        if not read.id and read.content.get("on") is True and _knew(read.last, raised)
    ]
    return sorted(found, key=lambda each: str(each["member"]))


def _knew(merged: Merged, raised: Sequence[Merged]) -> bool:
    """Whether its author had seen one of them."""
    return any(merged is each or merged.follows(each) for each in raised)


def _by_device(reading: Reading, read: EntryRead) -> dict[str, Json]:
    stamp = reading.stamp(read.last)
    return {name: value for name, value in stamp.items() if name != "member"}


def _said(reading: Reading, read: EntryRead) -> dict[str, Json]:
    return {
        "id": read.id,
        "member": read.member,
        "at_ms": read.first.signed.at_ms,
        "text": entry_text(read.content),
    } | reading.at_hub(read.first)


def _call(changes: Sequence[FieldChange]) -> str:
    """The action that a change most likely was."""
    for change in changes:
        if change.field == "state" and change.after:
            return "stand_down" if change.after["word"] == "down" else "again"
        if change.field in _VERBS:
            taken = change.field != "comment" and not change.after
            return f"not_{change.field}" if taken else _VERBS[change.field]
    return "edit"


def is_active(view: View) -> bool:
    """Whether it was not stood down, drill or not."""
    return bool(view.get("state") != "down")


def rings(view: View, now_ms: int, *, clock_unsure: bool) -> bool:
    """Whether it still interrupts people: it is active, and not from another day."""
    return is_active(view) and (clock_unsure or now_ms - int(view.get("raised_ms") or 0) < RINGS_MS)


def is_acknowledged(view: View, member: str, device: str) -> bool:
    """Whether a node need not interrupt anybody: its person, or somebody at it, has said to see it or to be going.

    Args:
        view: the alarm.
        member: the key in hex of the person whose device it is; at a hub "".
        device: the node's device in hex.
    """
    said = [*view.get("seen", ()), *view.get("going", ())]
    by_raiser = bool(member) and any(each["word"] == "on" and each["member"] == member for each in view["marks"])
    return by_raiser or any(device in (each.get("device"), each.get("at")) or each["member"] == member for each in said)


def _state(view: View, today: str) -> str:
    return "stood_down" if not is_active(view) else "drill" if view.get("drill") else "active"


ALARM = Kind(CODE, "alarm", VERSION, FIELDS, _show, _call, undo_first=(Put("state", '{"word":"down"}'),))
BOARD = Board(
    name="alarm",
    title="Alarms",
    help="Alarms: what is wrong and where, who has seen it, who is going.",
    kind=ALARM,
    actions=ACTIONS,
    states=STATES,
    state=_state,
    example="smoke at number 7",
    finished=frozenset({"stood_down"}),
    row=("what", "place", "going"),
    facts=("what", "place", "needs", "seen", "going"),
    said=("marks", "comments"),
    due=lambda view: "",
    words=lambda view: " ".join(str(view.get(key) or "") for key in ("title", "what", "place", "needs")),
)
