"""SearchedPlace: a place with one list of a board's entries and a line to search in.

Rules of this module:
1. What the lines say is the matter of each place. A line's key begins with its record.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.held import EVERYTHING
from tui.screens.list_place import ListPlace
from tui.widgets.line_list import LineList
from tui.wording import say


class SearchedPlace(ListPlace):
    """A list that can be searched."""

    title_key = ""

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The list, and the line to search in."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say(self.title_key))
        find = Input(id="words")
        find.cursor_blink = False
        yield Horizontal(Static(say("board.find"), markup=False), find, id="find")

    def on_mount(self) -> None:
        """Show what is held."""
        self.call_after_refresh(self.paint_changes, {EVERYTHING})

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Only lines that differ are painted."""
        if self.is_attached and self.query(LineList) and dirty:
            self.lines.rebuild()
        super().paint_changes(dirty)

    @property
    def card(self) -> str | None:
        """The entry under the cursor."""
        selected = self.lines.selected
        return selected.partition(" ")[0] if selected else None

    @on(LineList.Moved)
    def _selection_moved(self) -> None:
        self.paint_keys()

    # -- keys -------------------------------------------------------------------------------------------------------

    @on(LineList.Opened)
    def action_open(self) -> None:
        """Open the selected entry."""
        if self.card is not None:
            self.mesh.open_card(self.card)

    def action_do(self) -> None:
        """Everything that can be done with it."""
        from tui.screens.entry import offer_actions

        if self.card is not None:
            offer_actions(self, self.card)

    def action_undo(self) -> None:
        """Take back my last change of the selected entry."""
        self.mesh.doing.undo()

    def action_redo(self) -> None:
        """Take back the undo."""
        self.mesh.doing.redo()

    def action_invite(self) -> None:
        """Invite a neighbour."""
        self.mesh.inviting.invite()

    # -- searching --------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Open the search line."""
        self.query_one("#find").add_class("open")
        self.query_one("#words", Input).focus()

    @on(Input.Changed, "#words")
    def _searched(self, event: Input.Changed) -> None:
        self._words = tuple(event.value.casefold().split())
        self.lines.rebuild()

    @on(Input.Submitted, "#words")
    def _found(self) -> None:
        self.lines.focus()

    def action_clear_search(self) -> None:
        """Esc clears the search; elsewhere it leads home."""
        if self.query_one("#find").has_class("open"):
            self.query_one("#words", Input).value = ""
            self.query_one("#find").remove_class("open")
            self.lines.focus()
        else:
            self.mesh.show_place("home")
