"""`meshnode roster sheet` and `meshnode rollcall sheet`: lists on paper, in the shape that emergency services know.

The contact list has the columns of form ICS-205A, the check-in list those of ICS-211. Each line begins with the short
number by which what was written on paper is keyed in later.

Rules of this module:
1. Nothing is cut off: a cell that is too long goes on in the next line.
2. Households go by name. What was sealed is on no sheet.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence

from crdt.boards.households import signals
from crdt.boards.rollcalls import Row
from crdt.display import display_line
from meshnode.cli.asking import Snapshot, snapshot, with_node
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import short_numbers
from meshnode.cli.moments import moment
from meshnode.cli.rollcall_lines import meant, tally_of

CONTACT_HEAD = ("No.", "Household", "People", "Ways to reach them, in this order")
CHECK_IN_HEAD = ("No.", "Household", "safe help away", "When and by whom", "Try next")
_BOXES = "[ ]  [ ]  [ ]"
_SHARES = {4: (6, 26, 22, 0), 5: (6, 26, 14, 26, 0)}
"""How wide the columns are; the last one takes what is left."""


def contacts(call: Call) -> Answer:
    """The contact list."""
    known = with_node(call, snapshot)
    views = _by_name([view for view in known.of_kind("household") if view["kept"] == "here"])
    numbers = short_numbers(known.of_kind("household"))
    rows = [
        (
            numbers[view["id"]],
            display_line(str(view["title"])),
            display_line(str(view["people"])),
            "; ".join(f"{at}. {display_line(text)}" for at, (_, text) in enumerate(signals(view), 1)),
        )
        for view in views
    ]
    head = [f"CONTACT LIST (in the shape of ICS-205A), {_printed(known)}", ""]
    return Answer(_value(CONTACT_HEAD, rows), head + sheet(CONTACT_HEAD, rows, call.terminal.width))


def check_in_arguments(parser: argparse.ArgumentParser) -> None:
    """What `rollcall sheet` takes."""
    parser.add_argument("entry", metavar="ROLLCALL", nargs="*", help="its number, or words; left out: the open one")


def check_in(call: Call) -> Answer:
    """The check-in list of a roll call, with what is known and boxes for the rest."""
    known = with_node(call, snapshot)
    view = meant(known, call.options.entry)
    numbers = short_numbers(known.of_kind("household"))
    found = sorted(tally_of(view, known).rows, key=lambda row: _name(row.household))
    rows = [_check_in_row(row, numbers, known) for row in found]
    drill = "DRILL: " if view["drill"] else ""
    head = [
        f"{drill}CHECK-IN LIST (in the shape of ICS-211), {_printed(known)}",
        f"{display_line(str(view['title']))}. To key it in: meshnode rollcall mark NUMBER WORD --how paper",
        "",
    ]
    return Answer(_value(CHECK_IN_HEAD, rows), head + sheet(CHECK_IN_HEAD, rows, call.terminal.width))


def _check_in_row(row: Row, numbers: dict[str, str], known: Snapshot) -> tuple[str, ...]:
    said = "; ".join(
        f"{mark['word']}, {moment(mark['at_ms'], known.now())}, {display_line(known.author(mark))}"
        for mark in row.marks
    )
    upcoming = display_line(row.next_signal[1]) if row.next_signal and row.word in ("", "unknown") else ""
    number, title = numbers[row.household["id"]], display_line(str(row.household["title"]))
    return number, title, "" if row.word not in ("", "unknown") else _BOXES, said, upcoming


def sheet(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Rows under their head, each as many lines as its longest cell needs."""
    widths = list(_SHARES[len(head)])
    widths[-1] = max(16, width - sum(widths) - 2 * (len(widths) - 1))
    lines = [*_wrapped(head, widths), "-" * (sum(widths) + 2 * (len(widths) - 1))]
    for row in rows:
        lines += _wrapped(row, widths)
    return lines


def _wrapped(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [textwrap.wrap(cell, wide) or [""] for cell, wide in zip(row, widths, strict=True)]
    return [_line([cell[at] if at < len(cell) else "" for cell in cells], widths) for at in range(max(map(len, cells)))]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(wide) for cell, wide in zip(cells, widths, strict=True)).rstrip()


def _value(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Json:
    return {"columns": list(head), "rows": [list(row) for row in rows]}


def _printed(known: Snapshot) -> str:
    now = known.now()
    unsure = ", by a clock that is not sure" if known.status.get("clock") == "unsure" else ""
    return f"{now:%Y-%m-%d %H:%M}{unsure}"


def _by_name(views: Sequence[Json]) -> list[Json]:
    return sorted(views, key=_name)


def _name(view: Json) -> tuple[str, str]:
    return str(view["title"]).casefold(), str(view["id"])


CONTACTS = Command(
    examples=("meshnode roster sheet", "meshnode roster sheet --json"),
    run=contacts,
    more="Print it before the power is gone: meshnode roster sheet > contacts.txt makes a file. What is\n"
    "sealed (address, medical needs, keys) is never on it.",
)
CHECK_IN = Command(
    examples=("meshnode rollcall sheet", "meshnode rollcall sheet storm"),
    run=check_in,
    arguments=check_in_arguments,
)
