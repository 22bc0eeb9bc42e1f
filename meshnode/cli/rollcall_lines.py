"""Lines of a roll call: who needs help, who is not reached yet and how to try next, who was reached."""

from __future__ import annotations

from collections.abc import Sequence

from crdt.boards.rollcalls import Row, Tally, call_for, tally
from crdt.display import display_line
from meshnode.cli.asking import Snapshot
from meshnode.cli.command import Json
from meshnode.cli.entries import find_entry
from meshnode.cli.roster_lines import RosterLines
from meshnode.errors import UnknownRecord


def tally_of(call: Json, known: Snapshot) -> Tally:
    """A call as it stands now."""
    return tally(call, known.of_kind("household"), known.of_kind("rollcall"))


def meant(known: Snapshot, words: Sequence[str], *, drill: bool = False) -> Json:
    """The call that is named, or the open one.

    Raises:
        UnknownRecord: none is named, and none is open.
    """
    calls = known.of_kind("rollcall")
    if words:
        return find_entry(calls, words, "rollcall")
    found = call_for(calls, drill=drill) or (None if drill else call_for(calls, drill=True))
    if found is None:
        raise UnknownRecord(
            "No roll call is open.", next_step="`meshnode rollcall open WHY` opens one; name a closed one to see it."
        )
    return found


def tally_lines(found: Tally, known: Snapshot, numbers: dict[str, str], width: int) -> list[str]:
    """The three lists, one below the other, each with how many."""
    printed = RosterLines(known, width)
    lines: list[str] = []
    for title, rows in (("NEED HELP", found.need_help), ("NOT YET", found.not_yet), ("REACHED", found.reached)):
        lines += [""] if lines else []
        lines.append(f"{title}: {len(rows)}")
        lines += printed.table([(row.household, _told(row, printed)) for row in rows], numbers)
    return lines


def _told(row: Row, printed: RosterLines) -> list[str]:
    told = printed.how_it_is(row.marks)
    if row.word in ("", "unknown"):
        told.append(_next(row))
    return [*told, *(f"before the call: {each}" for each in printed.how_it_is(row.earlier))]


def _next(row: Row) -> str:
    if row.next_signal is None:
        return "no signal is known: go there, or ask a buddy"
    name, text = row.next_signal
    words = "all were tried, begin again with" if row.all_tried else "try"
    return f"{words} {name}: {display_line(text)}"


def row_value(row: Row) -> Json:
    """A row, for programs."""
    return {
        "household": row.household["id"],
        "title": row.household["title"],
        "word": row.word,
        "contradicted": row.contradicted,
        "marks": list(row.marks),
        "earlier": list(row.earlier),
        "tried": list(row.tried),
        "next": dict(zip(("signal", "text"), row.next_signal, strict=True)) if row.next_signal else None,
    }
