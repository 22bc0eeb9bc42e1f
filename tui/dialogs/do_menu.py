"""DoMenu: everything that can be done with one entry; what cannot be done now stands there with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from crdt.actions import Action
from tui.dialogs.list_dialog import ListDialog
from tui.keymap import DIALOG_KEYS, LIST_KEYS, bind
from tui.language import translated
from tui.plain_text import clean, wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class DoMenu(ListDialog[str]):
    """A list of actions; the answer is the name of one, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("do.choose", "enter", "choose", "open", display="Enter"),
        *LIST_KEYS,
        *DIALOG_KEYS,
    ]
    DEFAULT_CSS = "DoMenu LineList { width: 76; max-width: 100%; height: 100%; max-height: 20; }"

    def __init__(self, offered: Sequence[tuple[Action, str | None]]) -> None:
        """Prepare the menu.

        Args:
            offered: every action, with the reason where it cannot be done now.
        """
        super().__init__(say("do.title"))
        self._offered = offered

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
