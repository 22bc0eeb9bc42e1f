"""BigNumbers: three numbers with their words, large enough to be read from across a room.

Rules of this module:
1. The numbers carry the whole message; what stands below them is for whoever comes nearer.
2. A digit is drawn from full blocks, which every terminal and every stock console font has; in ASCII from "#".
3. No figure here is a person's: things, households and nodes are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.glyphs import Glyphs
from tui.painting import bottom_corners, frame_line, strip, top_corners
from tui.plain_text import clip, fit
from tui.themes import Paint

ROWS = 5
DIGIT_CELLS = 6
_GAP = 2
_SHAPES = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", " ##", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    "+": ("   ", " # ", "###", " # ", "   "),
}
"""Each point is two cells wide, so that digits are about as high as wide."""
MOST = 99
"""More is "99+": nobody reads a third digit from across a room."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One number: what it counts, the line below, and how it is painted."""

    number: int
    words: str
    below: str
    style: str = "strong"
    """The name of a role in `Paint`."""
    opens: str = ""
    """What a click on it does: the name of a place."""


def digits(number: int, block: str) -> list[str]:
    """The rows of a number, all of one width."""
    shown = str(number) if 0 <= number <= MOST else f"{MOST}+" if number > MOST else "0"
    gap = " " * _GAP
    return [
        gap.join("".join(block * 2 if point == "#" else "  " for point in _SHAPES[digit][row]) for digit in shown)
        for row in range(ROWS)
    ]


class BigNumbers(Widget):
    """A frame with a sentence in its top line and up to three numbers side by side."""

    DEFAULT_CSS = "BigNumbers { width: 1fr; height: 9; }"

    class Opened(Message):
        """A number was clicked: the place that it belongs to."""

        def __init__(self, place: str) -> None:
            super().__init__()
            self.place = place

    def __init__(self, glyphs: Glyphs, paint: Paint) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.paint = paint
        self._sentence: tuple[str, str] = ("", "title_focus")
        self._slots: Sequence[Slot] = ()

    def show(self, sentence: str, style: str, slots: Sequence[Slot]) -> None:
        """Say this from now on; nothing is painted where nothing differs."""
        if (self._sentence, list(self._slots)) != ((sentence, style), list(slots)):
            self._sentence, self._slots = (sentence, style), tuple(slots)
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A number leads to where it comes from."""
        if self._slots:
            slot = self._slots[min(len(self._slots) - 1, event.x * len(self._slots) // max(1, self.size.width))]
            if slot.opens:
                self.post_message(self.Opened(slot.opens))

    def render_line(self, y: int) -> Strip:
        """The frame, the rows of the numbers, their words, and the lines below."""
        width, paint, box = self.size.width, self.paint, self.glyphs.frame_focus
        sentence, role = self._sentence
        role_style: Style = getattr(paint, role)
        if y == 0 or y >= self.size.height - 1:
            corners = top_corners(box) if y == 0 else bottom_corners(box)
            label = sentence if y == 0 else ""
            styles = (paint.frame_focus, role_style)
            return strip(
                frame_line(corners, box.top, label, width=width, styles=styles, ellipsis=self.glyphs.ellipsis), width
            )
        side = Segment(box.side, paint.frame_focus)
        return strip([side, *self._row(y - 1, width - 2), side], width)

    def _row(self, row: int, width: int) -> list[Segment]:
        count = max(1, len(self._slots))
        widths = [width // count + (1 if at < width % count else 0) for at in range(count)]
        if not self._slots:
            return [Segment(" " * width, self.paint.text)]
        return [self._cell(slot, row, cells) for slot, cells in zip(self._slots, widths, strict=True)]

    def _cell(self, slot: Slot, row: int, width: int) -> Segment:
        paint = self.paint
        style: Style = getattr(paint, slot.style)
        if row < ROWS:
            return Segment(_centred(digits(slot.number, self.glyphs.block)[row], width, ""), style)
        text, look = (
            (slot.words, style) if row == ROWS else (slot.below, paint.dim) if row == ROWS + 1 else ("", paint.dim)
        )
        return Segment(_centred(text, width, self.glyphs.ellipsis), look)


def _centred(text: str, width: int, ellipsis: str) -> str:
    shown = clip(text, max(0, width - 1), ellipsis) if ellipsis else text[:width]
    before = max(0, (width - cell_len(shown)) // 2)
    return fit(" " * before + shown, width)
