"""ListPlace: a place that is one list of lines: its keys, and where the cursor goes.

Rules of this module:
1. What the lines say is the matter of each place; moving among them is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui.screens.place import Place
from tui.widgets.line_list import Line, LineList


class ListPlace(Place):
    """A place with one list of lines, made by `_build`."""

    AUTO_FOCUS = "LineList"

    def body(self) -> Iterable[Widget]:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build)

    def _build(self, width: int) -> list[Line]:
        raise NotImplementedError

    @property
    def lines(self) -> LineList:
        """The widget with the lines."""
        return self.query_one(LineList)

    def action_up(self) -> None:
        """To the line above."""
        self.lines.move(-1)

    def action_down(self) -> None:
        """To the line below."""
        self.lines.move(1)

    def action_page(self, step: int) -> None:
        """A page of lines."""
        self.lines.page(step)

    def action_end(self, last: bool) -> None:
        """To the first or the last line."""
        self.lines.end(last)
