"""The board of offers and requests: what a listing holds, where it stands, and how it is shown.

Rules of this module:
1. "matched" is never stored: a listing with an accepted answer is shown so, and open again when that is taken back.
2. A listing ends by itself on its day: it is then shown as ended, and can be renewed. Nothing is deleted.
3. No figure is attached to a person, and no list is ordered by one: matches, answers and thanks are words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from crdt.board import Board
from crdt.boards.listing_actions import ACTIONS
from crdt.boards.listing_fields import CODE, FIELDS, VERSION
from crdt.edits import Put
from crdt.fields import MEMBER_HEX, Json, entry_text
from crdt.kinds import FieldChange, Kind, View
from crdt.reading import EntryRead, Reading

__all__ = ["ACTIONS", "BOARD", "CODE", "LISTING", "asks_if_still_true", "state_of"]

STATES = ("open", "matched", "given", "thanked", "expired", "withdrawn")
_LINES = ("side", "title", "what", "quantity", "place", "window", "until", "reach", "status")
_VERBS = {"open": "reopen", "given": "given", "withdrawn": "withdraw"}
_GROUP_VERBS = {"response": "respond", "accept": "accept", "given": "given", "thanks": "thanks", "pledge": "pledge"}
_ASKED_DAYS_BEFORE = {"food": 1}
_USUALLY_ASKED_DAYS_BEFORE = 3


def _show(reading: Reading) -> dict[str, Json]:
    return {
        **{key: reading.value(key) for key in _LINES},
        "details": reading.prose("details"),
        "responses": [_said(reading, read) for read in reading.entries("response") if not read.id],
        "accepted": [
            {"member": read.id} | _by(reading, read)
            for read in sorted(reading.entries("accept"), key=lambda read: read.id)
            if MEMBER_HEX.fullmatch(read.id)
        ],
        "givings": [_giving(reading, read) for read in reading.entries("given") if read.id],
        "thanks": [_said(reading, read) for read in reading.entries("thanks") if read.id],
        "pledges": [
            {
                "member": read.member,
                "day": _text(read.content.get("day")),
                "done": read.content.get("done") is True,
            }
            | reading.at_hub(read.last)
            for read in sorted(reading.entries("pledge"), key=lambda read: read.member)
            if not read.id
        ],
        "sealed": reading.sealed(),
    }


def _by(reading: Reading, read: EntryRead) -> dict[str, Json]:
    stamp = reading.stamp(read.last)
    return {"accepted_by": stamp["member"] or stamp["device"], "at_ms": stamp["at_ms"]}


def _said(reading: Reading, read: EntryRead) -> dict[str, Json]:
    return {
        "id": read.id,
        "member": read.member,
        "at_ms": read.last.signed.at_ms,
        "text": entry_text(read.content),
    } | reading.at_hub(read.last)


def _giving(reading: Reading, read: EntryRead) -> dict[str, Json]:
    """One giving; what is no number is none."""
    count, price = read.content.get("count"), read.content.get("price")
    return {
        "id": read.id,
        "member": read.member,
        "day": _text(read.content.get("day")),
        "count": count if _is_count(count) and 0 < count <= 9999 else 1,
        "price": price if _is_count(price) and 0 <= price <= 100_000_000 else 0,
        "per": _text(read.content.get("per")),
    } | reading.at_hub(read.last)


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def state_of(view: View, today: str) -> str:
    """Where a listing stands on a day."""
    status = str(view.get("status") or "open")
    if status == "withdrawn":
        return "withdrawn"
    if status == "given":
        return "thanked" if view.get("thanks") else "given"
    if view.get("until") and str(view["until"]) < today:
        return "expired"
    return "matched" if view.get("accepted") else "open"


def asks_if_still_true(view: View, today: str) -> bool:
    """Whether it is time to ask whoever wrote a listing if it still stands: shortly before its end, and after it."""
    until = str(view.get("until") or "")
    if not until or state_of(view, today) not in {"open", "expired"}:
        return False
    days = _ASKED_DAYS_BEFORE.get(str(view.get("what")), _USUALLY_ASKED_DAYS_BEFORE)
    return date.fromisoformat(until) - timedelta(days) <= date.fromisoformat(today)


def _call(changes: Sequence[FieldChange]) -> str:
    """The action that a change most likely was."""
    written = {change.field: change for change in changes}
    for field, verb in _GROUP_VERBS.items():
        if field in written:
            return "take_back" if written[field].before and not written[field].after else verb
    if "status" in written:
        return _VERBS[written["status"].after]
    return "renew" if set(written) == {"until"} else "seal" if set(written) == {"sealed"} else "edit"


LISTING = Kind(CODE, "listing", VERSION, FIELDS, _show, _call, undo_first=(Put("status", "withdrawn"),))
BOARD = Board(
    name="listing",
    title="Offers and requests",
    help="Offers and requests: what neighbours have to give, and what they need.",
    kind=LISTING,
    actions=ACTIONS,
    states=STATES,
    state=state_of,
    example="ladder",
    finished=frozenset({"given", "thanked", "expired", "withdrawn"}),
    row=("side", "quantity", "window", "place"),
    facts=("side", "what", "quantity", "window", "place", "until", "reach", "accepted"),
    said=("responses", "thanks"),
)
