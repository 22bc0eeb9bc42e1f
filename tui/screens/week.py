"""WeekScreen: the calendar of a week: what is due on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from tui.keymap import WEEK_KEYS
from tui.screens.list_place import ListPlace
from tui.week_lines import DAYS, WeekLines
from tui.widgets.line_list import Line, LineList


class WeekScreen(ListPlace):
    """Seven days, from today on or from another day."""

    name_key = "bar.week"
    BINDINGS: ClassVar[list[BindingType]] = WEEK_KEYS

    def __init__(self) -> None:
        super().__init__()
        self._first: date | None = None

    @property
    def _lines(self) -> WeekLines:
        app = self.mesh
        return WeekLines(app.held, app.clock, app.glyphs, app.paint, self._first or app.clock.today())

    def on_mount(self) -> None:
        """Show what is held."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self.lines.retitle(self._lines.title())
        self.lines.rebuild()

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Only days that differ are painted."""
        if self.is_attached and self.query(LineList):
            self._show()
        super().paint_changes(dirty)

    def _build(self, width: int) -> list[Line]:
        return self._lines.build(width)

    @property
    def card(self) -> str | None:
        """The task under the cursor."""
        kind, _, rest = (self.lines.selected or "").partition(":")
        return rest if kind == "card" else None

    @on(LineList.Opened)
    def action_open(self) -> None:
        """Open the task under the cursor; on a day, write down a task for it."""
        kind, _, rest = (self.lines.selected or "").partition(":")
        if kind == "card":
            self.mesh.open_card(rest)
        elif kind == "day":
            self.mesh.doing.start("task.add", written={"due": rest})

    def action_turn(self, step: int) -> None:
        """A week on or back."""
        self._first = (self._first or self.mesh.clock.today()) + timedelta(days=DAYS * step)
        self._show()

    def action_today(self) -> None:
        """Back to this week."""
        self._first = None
        self._show()
