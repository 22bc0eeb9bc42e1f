"""HomeScreen: how things stand, in three numbers to be read from across a room; below, what is at hand.

Rules of this module:
1. Calm first. Everything here is also somewhere else; nothing here is needed to work.
2. Digits and letters are the same keys as everywhere; Tab goes from one list to the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from meshnode.api.schema import Json
from tui.alarm_facts import active_alarms
from tui.faces import meta_line, title_of
from tui.held import EVERYTHING
from tui.home_facts import asking, sentence, slots, today_of
from tui.keymap import HOME_KEYS
from tui.plain_text import fit
from tui.screens.place import Place
from tui.widgets.big_numbers import BigNumbers
from tui.widgets.line_list import Line, LineList
from tui.wording import say

META_CELLS = 22
LEAST_CELLS = 46
"""In less, a line has room for the title alone."""


class HomeScreen(Place):
    """The dashboard."""

    place = "home"
    name_key = "place.home"
    BINDINGS: ClassVar[list[BindingType]] = HOME_KEYS
    AUTO_FOCUS = "#today"

    def body(self) -> Iterable[Widget]:
        """The numbers, and two lists."""
        glyphs, paint = self.mesh.glyphs, self.mesh.paint
        yield BigNumbers(glyphs, paint)
        today = LineList(glyphs, paint, self._build_today, title=say("home.today"), id="today")
        asks = LineList(glyphs, paint, self._build_asks, title=say("home.asking"), id="asking")
        yield Horizontal(today, asks, id="lists")

    def on_mount(self) -> None:
        """Show what is held."""
        self.call_after_refresh(self.paint_changes, {EVERYTHING})

    # -- painting ---------------------------------------------------------------------------------------------------

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Only what differs is painted."""
        if self.is_attached and self.query(BigNumbers):
            held, clock = self.mesh.held, self.mesh.clock
            said, style = sentence(held, clock, active_alarms(held))
            self.query_one(BigNumbers).show(said, style, slots(held, clock))
            for each in self.query(LineList):
                each.rebuild()
        super().paint_changes(dirty)

    def _build_today(self, width: int) -> list[Line]:
        return self._lines(today_of(self.mesh.held, self.mesh.clock), "home.nothing-today", width)

    def _build_asks(self, width: int) -> list[Line]:
        return self._lines(asking(self.mesh.held, self.mesh.clock), "home.nobody-asks", width)

    def _lines(self, views: list[Json], empty: str, width: int) -> list[Line]:
        paint, more = self.mesh.paint, self.mesh.glyphs.ellipsis
        if not views:
            return [Line(((say(empty), paint.dim),))]
        meta = META_CELLS if width >= LEAST_CELLS else 0
        lines = []
        for view in views:
            said = meta_line(self.mesh.held, self.mesh.clock, view) if view.get("kind") == "task" else ""
            pieces = [(fit(title_of(view), width - meta - (2 if meta else 0), more), paint.text)]
            if meta:
                pieces.append((f"  {fit(said, meta, more)}", paint.dim))
            lines.append(Line(tuple(pieces), str(view.get("id"))))
        return lines

    # -- keys -------------------------------------------------------------------------------------------------------

    @property
    def _list(self) -> LineList:
        focused = self.focused
        return focused if isinstance(focused, LineList) else self.query_one("#today", LineList)

    @property
    def card(self) -> str | None:
        """What is selected in the list that has the keys."""
        return self._list.selected

    def action_up(self) -> None:
        """To the line above."""
        self._list.move(-1)

    def action_down(self) -> None:
        """To the line below."""
        self._list.move(1)

    def action_page(self, step: int) -> None:
        """A page of lines."""
        self._list.page(step)

    def action_end(self, last: bool) -> None:
        """To the first or the last line."""
        self._list.end(last)

    @on(LineList.Opened)
    def action_open(self) -> None:
        """Open what is selected."""
        if self.card is not None:
            self.mesh.open_card(self.card)

    @on(LineList.Moved)
    def _selection_moved(self) -> None:
        self.paint_keys()

    @on(BigNumbers.Opened)
    def _number_clicked(self, event: BigNumbers.Opened) -> None:
        self.mesh.action_place(event.place)

    def action_task(self, name: str) -> None:
        """A declared action on what is selected."""
        self.mesh.doing.start(name)

    def action_new(self) -> None:
        """Write down a task."""
        self.mesh.doing.start("task.add")

    def action_undo(self) -> None:
        """Take back my last change of what is selected."""
        self.mesh.doing.undo()

    def action_redo(self) -> None:
        """Take back the undo."""
        self.mesh.doing.redo()

    def action_invite(self) -> None:
        """Invite a neighbour."""
        self.mesh.inviting.invite()
