"""Painting: lines of styled pieces that are always exactly as wide as asked.

Rules of this module:
1. A line's width is counted in cells and never differs from what was asked for.
2. Text here has been cleaned; it is never parsed.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.glyphs import Box
from tui.plain_text import clip, fit

Piece = tuple[str, Style]


def line(pieces: list[Piece], width: int, ground: Style, ellipsis: str) -> list[Segment]:
    """Pieces one after another, clipped and padded to `width`."""
    segments: list[Segment] = []
    left = width
    for text, style in pieces:
        if left <= 0:
            break
        shown = clip(text, left, ellipsis)
        segments.append(Segment(shown, style))
        left -= cell_len(shown)
        if shown != text:
            break
    if left > 0:
        segments.append(Segment(" " * left, ground))
    return segments


def spread(left: Piece, right: Piece, width: int, ellipsis: str) -> list[Segment]:
    """One piece at the left, one at the right; the left one gives way."""
    right_text = clip(right[0], width, ellipsis)
    room = max(0, width - cell_len(right_text) - (1 if right_text else 0))
    gap = " " if right_text and width > cell_len(right_text) else ""
    return [Segment(fit(left[0], room, ellipsis), left[1]), Segment(gap + right_text, right[1])]


def frame_line(
    corners: tuple[str, str], rule: str, label: str, *, width: int, styles: tuple[Style, Style], ellipsis: str
) -> list[Segment]:
    """The top or bottom of a frame with a label let into it; `styles` are the frame's and the label's."""
    frame, named = styles
    inner = max(0, width - 2)
    if not label or inner < 6:
        return [Segment(corners[0] + rule * inner + corners[1], frame)]
    shown = clip(label, inner - 4, ellipsis)
    rest = inner - 3 - cell_len(shown)
    return [
        Segment(f"{corners[0]}{rule} ", frame),
        Segment(shown, named),
        Segment(f" {rule * rest}{corners[1]}", frame),
    ]


def top_corners(box: Box) -> tuple[str, str]:
    """The two upper corners."""
    return box.top_left, box.top_right


def bottom_corners(box: Box) -> tuple[str, str]:
    """The two lower corners."""
    return box.bottom_left, box.bottom_right


def strip(segments: list[Segment], width: int) -> Strip:
    """Segments as one line of the screen; neighbours of one style are one, which halves what goes to the terminal."""
    return Strip([segment for segment in segments if segment.text], width).simplify()
