"""DoMenu: everything that can be done with one entry; what cannot be done now stands there with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from crdt.actions import Action
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, LIST_KEYS, bind
from tui.language import translated
from tui.plain_text import clean, wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class DoMenu(Dialog[str]):
    """A list of actions; the answer is the name of one, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("do.choose", "enter", "choose", "open", display="Enter"),
        *LIST_KEYS,
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = "DoMenu LineList { width: 76; max-width: 100%; height: 100%; max-height: 20; }"

    def __init__(self, offered: Sequence[tuple[Action, str | None]]) -> None:
        """Prepare the menu.

        Args:
            offered: every action, with the reason where it cannot be done now.
        """
        super().__init__()
        self._offered = offered

    def compose(self) -> ComposeResult:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say("do.title"))

    def on_mount(self) -> None:
        """Draw."""
        self.call_after_refresh(self.lines.rebuild)

    @property
    def lines(self) -> LineList:
        """The widget with the lines."""
        return self.query_one(LineList)

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines: list[Line] = []
        for action, reason in self._offered:
            title = translated(action.title)
            if reason is None:
                text, style, key = say("do.line", title=title, help=translated(action.help)), paint.text, action.name
            else:
                text, style, key = say("do.not", title=title, reason=clean(reason)), paint.dim, None
            parts = wrap(text, width - 2)
            lines += [
                Line(((part if number == 0 else f"  {part}", style),), key if number == 0 else None)
                for number, part in enumerate(parts)
            ]
        return lines

    @on(LineList.Opened)
    def action_choose(self) -> None:
        """Do the selected one."""
        self.dismiss(self.lines.selected)

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
