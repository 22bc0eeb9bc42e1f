"""Plain text: foreign strings made safe to show, and cut to cells.

Rules of this module:
1. Everything that somebody else wrote passes `clean` before it reaches a widget. Nothing is ever parsed as markup.
2. Widths are cells, never characters: a wide letter takes two.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size

from crdt.display import display_line, display_text


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """One line of foreign text without control characters, escapes and reordering marks."""
    return display_line(text)


def clean_lines(text: str) -> list[str]:
    """Foreign prose as lines, each of them clean."""
    return [line.replace("\t", "  ") for line in display_text(text).split("\n")]


def clip(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells; what is cut off is marked."""
    if cell_len(text) <= width:
        return text
    if width <= cell_len(ellipsis):
        return set_cell_size(text, max(0, width))
    return set_cell_size(text, width - cell_len(ellipsis)).rstrip() + ellipsis


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells."""
    return set_cell_size(clip(text, width, ellipsis), max(0, width))


def wrap(text: str, width: int, rows: int | None = None, ellipsis: str = "…") -> list[str]:
    """`text` broken between words into lines of at most `width` cells; with `rows`, the last one says what is cut."""
    width = max(1, width)
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        *whole, line = chop_cells(word, width) or [""]
        lines.extend(whole)
    lines.append(line)
    if rows is not None and len(lines) > rows:
        lines = [*lines[: rows - 1], clip(" ".join(lines[rows - 1 :]), width, ellipsis)]
    return lines
