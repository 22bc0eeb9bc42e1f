"""AsksScreen: offers and requests, what may fit what, and one key for each thing people do with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.held import EVERYTHING
from tui.keymap import ASKS_KEYS
from tui.listing_lines import ListingLines
from tui.screens.list_place import ListPlace
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class AsksScreen(ListPlace):
    """The board of offers and requests."""

    place = "asks"
    name_key = "place.asks"
    BINDINGS: ClassVar[list[BindingType]] = ASKS_KEYS

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The list, and the line to search in."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say("asks.title"))
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

    def _build(self, width: int) -> list[Line]:
        app = self.mesh
        return ListingLines(app.held, app.clock, app.glyphs, app.paint, self._words).build(width)

    @property
    def card(self) -> str | None:
        """The listing under the cursor."""
        selected = self.lines.selected
        return selected.partition(" ")[0] if selected else None

    @on(LineList.Moved)
    def _selection_moved(self) -> None:
        self.paint_keys()

    # -- keys -------------------------------------------------------------------------------------------------------

    @on(LineList.Opened)
    def action_open(self) -> None:
        """Open the selected listing."""
        if self.card is not None:
            self.mesh.open_card(self.card)

    def action_new(self) -> None:
        """Offer or ask for something."""
        self.mesh.doing.start("listing.add")

    def action_listing(self, name: str) -> None:
        """A declared action on the selected listing."""
        self.mesh.doing.start(name)

    def action_still(self) -> None:
        """It is still true: for another while, without questions."""
        self.mesh.doing.at_once("listing.renew")

    def action_do(self) -> None:
        """Everything that can be done with it."""
        from tui.screens.entry import offer_actions

        if self.card is not None:
            offer_actions(self, self.card)

    def action_undo(self) -> None:
        """Take back my last change of the selected listing."""
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
