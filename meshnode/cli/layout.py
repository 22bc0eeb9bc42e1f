"""Layout: aligned columns and wrapped paragraphs, in the cells of a terminal.

Rules of this module:
1. A wide letter takes two cells, a combining one none.
2. What somebody else wrote is cleaned here, so that no caller can forget it.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from crdt.display import display_line, display_text

GAP = 2


def cells(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(letter) for letter in text)


def _cells_of(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def clip(text: str, width: int) -> str:
    """One clean line of at most `width` columns; what is cut off is marked."""
    line = display_line(text)
    if cells(line) <= width:
        return line
    kept = ""
    taken = 0
    for letter in line:
        taken += _cells_of(letter)
        if taken > width - 3:
            break
        kept += letter
    return f"{kept.rstrip()}..."


def columns(rows: Sequence[Sequence[str]], width: int, *, indent: int = 2, flexible: int = 1) -> list[str]:
    """Rows as aligned lines; the flexible column gives way where the line would be too long."""
    if not rows:
        return []
    clean = [[display_line(cell) for cell in row] for row in rows]
    count = max(len(row) for row in clean)
    widths = [max((cells(row[at]) for row in clean if at < len(row)), default=0) for at in range(count)]
    over = indent + sum(widths) + GAP * (count - 1) - width
    if over > 0 and flexible < count:
        widths[flexible] = max(12, widths[flexible] - over)
    lines = []
    for row in clean:
        shown = [clip(cell, widths[at]) for at, cell in enumerate(row)]
        padded = [cell + " " * (widths[at] - cells(cell)) for at, cell in enumerate(shown)]
        lines.append((" " * indent + (" " * GAP).join(padded)).rstrip())
    return lines


def paragraph(text: str, width: int, *, indent: int = 0, bullet: str = "") -> str:
    """A text wrapped to a width; long words such as paths and codes stay whole."""
    return textwrap.fill(
        display_line(text),
        width=max(20, width),
        initial_indent=" " * indent + bullet,
        subsequent_indent=" " * (indent + len(bullet)),
        break_long_words=False,
        break_on_hyphens=False,
    )


def prose(text: str, width: int, *, indent: int = 2) -> list[str]:
    """A text of several lines, each wrapped."""
    return [paragraph(line, width, indent=indent) for line in display_text(text).split("\n")]
