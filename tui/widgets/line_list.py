"""LineList: any number of prepared lines in one focusable widget; some of them can be selected.

Rules of this module:
1. New lines repaint only where they differ from the old ones.
2. The selection belongs to a line's key, not to its number.
3. The terminal's cursor lies on the selected line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.glyphs import Glyphs
from tui.painting import Piece, bottom_corners, frame_line, line, strip, top_corners
from tui.themes import Paint
from tui.wording import say


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its pieces, and a key when it can be selected."""

    pieces: tuple[Piece, ...] = ()
    key: str | None = None


Build = Callable[[int], list[Line]]


class LineList(Widget, can_focus=True):
    """A framed list of lines."""

    DEFAULT_CSS = "LineList { width: 1fr; height: 1fr; }"

    class Moved(Message):
        """Another line is selected."""

    class Opened(Message):
        """The selected line was clicked once more."""

    def __init__(self, glyphs: Glyphs, paint: Paint, build: Build, *, title: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.paint = paint
        self.title = title
        self.selected: str | None = None
        self.shows_focus = False
        """Look focused although the keys come from elsewhere, as below a search line."""
        self._build = build
        self._lines: list[Line] = []
        self._above = 0

    # -- what is shown ----------------------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Ask for the lines anew and repaint those that differ."""
        if not self.is_attached or self.size.width < 4:
            return
        old, old_above, selected = self._lines, self._above, self.selected
        self._lines = self._build(self.size.width - 4)
        keys = [each.key for each in self._lines if each.key is not None]
        if self.selected not in keys:
            old_keys = [each.key for each in old if each.key is not None]
            at = old_keys.index(self.selected) if self.selected in old_keys else 0
            self.selected = keys[min(at, len(keys) - 1)] if keys else None
        self._above = max(0, min(self._above, len(self._lines) - self._rows))
        if self._above != old_above or selected != self.selected or len(old) != len(self._lines):
            self.refresh()
        else:
            for number, (before, after) in enumerate(zip(old, self._lines, strict=True)):
                if before != after:
                    self._refresh_line(number)
        self._place_cursor()

    def retitle(self, title: str) -> None:
        """Another title in the frame."""
        if title != self.title:
            self.title = title
            self.refresh(Region(0, 0, self.size.width, 1))

    @property
    def keys(self) -> list[str]:
        """The keys that can be selected, from top to bottom."""
        return [each.key for each in self._lines if each.key is not None]

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - 2)

    def _number_of(self, key: str | None) -> int | None:
        return next((n for n, each in enumerate(self._lines) if key is not None and each.key == key), None)

    def _refresh_line(self, number: int | None) -> None:
        if number is not None and self._above <= number < self._above + self._rows:
            self.refresh(Region(0, number - self._above + 1, self.size.width, 1))

    # -- moving -----------------------------------------------------------------------------------------------------

    def move(self, step: int) -> None:
        """To the next line that can be selected, or scroll when it is out of sight."""
        keys = self.keys
        at = self._number_of(self.selected)
        if self.selected in keys and at is not None:
            beside = keys.index(self.selected) + step
            target = self._number_of(keys[beside]) if 0 <= beside < len(keys) else None
            if target is not None and abs(target - at) <= self._rows and self._is_near(target):
                self._go(keys[beside])
                return
        self._show_from(self._above + step)

    def _is_near(self, number: int) -> bool:
        return self._above - 1 <= number <= self._above + self._rows

    def page(self, step: int) -> None:
        """A page up or down; the selection comes along."""
        self._show_from(self._above + step * max(1, self._rows - 1))
        seen = [each.key for each in self._lines[self._above : self._above + self._rows] if each.key is not None]
        if seen and self.selected not in seen:
            self._go(seen[0] if step > 0 else seen[-1])

    def end(self, last: bool) -> None:
        """To the first or the last line."""
        keys = self.keys
        if keys:
            self._go(keys[-1] if last else keys[0])
        self._show_from(len(self._lines) if last else 0)

    def select(self, key: str) -> None:
        """Put the cursor on a line."""
        if key in self.keys:
            self._go(key)

    def _go(self, key: str) -> None:
        old, self.selected = self.selected, key
        at = self._number_of(key)
        assert at is not None
        above = min(max(self._above, at - self._rows + 1), at)
        if above != self._above:
            self._above = above
            self.refresh()
        else:
            self._refresh_line(self._number_of(old))
            self._refresh_line(at)
        self._place_cursor()
        self.post_message(self.Moved())

    def scroll_lines(self, step: int) -> None:
        """Read on without moving the selection."""
        self._show_from(self._above + step)

    def _show_from(self, above: int) -> None:
        above = max(0, min(above, len(self._lines) - self._rows))
        if above != self._above:
            self._above = above
            self.refresh()
            self._place_cursor()

    def _place_cursor(self) -> None:
        if self.has_focus and self.is_attached and self.screen.is_current:
            at = self._number_of(self.selected)
            row = 0 if at is None else at - self._above
            row = max(0, min(row, self._rows - 1))
            self.app.cursor_position = self.content_region.offset + Offset(2, row + 1)

    def on_resize(self) -> None:
        """Other widths break lines elsewhere."""
        self.rebuild()
        self.call_after_refresh(self._place_cursor)

    def on_focus(self) -> None:
        """The cursor belongs here now."""
        self._place_cursor()
        self.refresh()

    def on_blur(self) -> None:
        """The frame says that the keys go elsewhere."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click selects; one on the selected line opens it."""
        number = event.y - 1 + self._above
        key = self._lines[number].key if 0 <= number < len(self._lines) else None
        if key is None:
            return
        if key == self.selected:
            self.post_message(self.Opened())
        else:
            self._go(key)

    def on_mouse_scroll_down(self) -> None:
        """The wheel scrolls."""
        self._show_from(self._above + 1)

    def on_mouse_scroll_up(self) -> None:
        """The wheel scrolls."""
        self._show_from(self._above - 1)

    # -- painting ---------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the frame or of the list."""
        width, focus, paint = self.size.width, self.has_focus or self.shows_focus, self.paint
        box = self.glyphs.frame_focus if focus else self.glyphs.frame
        frame = paint.frame_focus if focus else paint.frame
        more = self.glyphs.ellipsis
        if y == 0:
            named = paint.title_focus if focus else paint.strong
            return strip(
                frame_line(top_corners(box), box.top, self.title, width=width, styles=(frame, named), ellipsis=more),
                width,
            )
        if y >= self.size.height - 1:
            below = len(self._lines) - self._above - self._rows
            label = say("list.below", count=below) if below > 0 else ""
            return strip(
                frame_line(bottom_corners(box), box.top, label, width=width, styles=(frame, paint.text), ellipsis=more),
                width,
            )
        number = y - 1 + self._above
        side = Segment(box.side, frame)
        shown = self._lines[number] if number < len(self._lines) else Line()
        return strip([side, *self._body(shown, width - 2), side], width)

    def _body(self, shown: Line, width: int) -> list[Segment]:
        paint, more = self.paint, self.glyphs.ellipsis
        selected = shown.key is not None and shown.key == self.selected
        ground = (
            (paint.selected if self.has_focus or self.shows_focus else paint.selected_away) if selected else paint.text
        )
        pieces = [(text, ground if selected else style) for text, style in shown.pieces]
        mark = self.glyphs.selected if selected else " "
        return [Segment(mark, ground), *line(list(pieces), width - 2, ground, more), Segment(" ", ground)]
