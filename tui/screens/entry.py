"""EntryScreen: one entry of any board but the tasks: what it says, what is disputed, who did what, what can be done."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui import actions
from tui.entry_words import board_of
from tui.keymap import ENTRY_KEYS
from tui.plain_text import clean
from tui.screens.card import CardScreen
from tui.screens.place import Place


class EntryScreen(CardScreen, inherit_bindings=False):
    """A card whose actions are its board's."""

    name_key = "bar.entry"
    BINDINGS: ClassVar[list[BindingType]] = ENTRY_KEYS

    def _title(self) -> None:
        view = self._view()
        board = board_of(view)
        self.lines.retitle(clean(board.summary(view)) if board else "")

    def action_do(self) -> None:
        """Everything that can be done with it."""
        offer_actions(self, self._record)

    def action_edit(self) -> None:
        """Change what it says."""
        board = board_of(self._view())
        if board is not None:
            self.mesh.doing.start(f"{board.name}.edit")


def offer_actions(place: Place, record: str) -> None:
    """Let one of everything that can be done with an entry be chosen."""
    from tui.dialogs.do_menu import DoMenu

    app = place.mesh
    view = app.held.records.get(record, {})
    board = board_of(view)
    if board is None:
        return
    offered = [
        (action, actions.why_not(action, view, app.held, app.clock, app.doing.acting.by))
        for action in board.actions
        if action.needs_record
    ]

    def chosen(name: str | None) -> None:
        if name:
            app.doing.start(name, on=record)

    app.push_screen(DoMenu(offered), chosen)
