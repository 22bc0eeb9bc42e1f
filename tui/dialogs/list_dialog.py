"""ListDialog: a window that is one list of lines: its widget, and the keys that move in it."""

from __future__ import annotations

from typing import Generic

from textual.app import ComposeResult

from tui.dialogs.dialog import Answer, Dialog
from tui.widgets.line_list import Line, LineList


class ListDialog(Dialog[Answer], Generic[Answer]):
    """A window with one list of lines, made by `_build`; a window of its own adds `LIST_KEYS` to its bindings."""

    AUTO_FOCUS = "LineList"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=self._title)

    def on_mount(self) -> None:
        """Draw."""
        self.call_after_refresh(self.lines.rebuild)

    @property
    def lines(self) -> LineList:
        """The widget with the lines."""
        return self.query_one(LineList)

    def _build(self, width: int) -> list[Line]:
        raise NotImplementedError

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
