"""RollScreen: the emergency roster in calm times; with a roll call open, one key a household.

Rules of this module:
1. A mark is one key: what was heard is written at once, and can be taken back.
2. While a drill is open, marks belong to the drill; how households really are stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from crdt.boards.rollcalls import mark_arguments
from tui.held import EVERYTHING
from tui.keymap import ROLL_KEYS
from tui.roll_lines import RollLines, open_call, tally_of
from tui.screens.list_place import ListPlace
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class RollScreen(ListPlace):
    """The roster and the roll call."""

    place = "roll"
    name_key = "place.roll"
    BINDINGS: ClassVar[list[BindingType]] = ROLL_KEYS

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The list, and the line to search in."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build)
        find = Input(id="words")
        find.cursor_blink = False
        yield Horizontal(Static(say("board.find"), markup=False), find, id="find")

    @property
    def _made(self) -> RollLines:
        app = self.mesh
        return RollLines(app.held, app.clock, app.glyphs, app.paint, self._words)

    def on_mount(self) -> None:
        """Show what is held."""
        self.call_after_refresh(self.paint_changes, {EVERYTHING})

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Only lines that differ are painted; ages grow with the minutes."""
        if self.is_attached and self.query(LineList):
            self.lines.retitle(self._made.title())
            self.lines.rebuild()
        super().paint_changes(dirty)

    def _build(self, width: int) -> list[Line]:
        return self._made.build(width)

    @property
    def card(self) -> str | None:
        """The household under the cursor."""
        return self.lines.selected

    @on(LineList.Moved)
    def _selection_moved(self) -> None:
        self.paint_keys()

    # -- keys -------------------------------------------------------------------------------------------------------

    @on(LineList.Opened)
    def action_open(self) -> None:
        """Open the selected household."""
        if self.card is not None:
            self.mesh.open_card(self.card)

    def action_new(self) -> None:
        """Write down a household."""
        self.mesh.doing.start("roster.add")

    def action_edit(self) -> None:
        """Change what the roster says of a household."""
        self.mesh.doing.start("roster.edit")

    def action_mark(self, word: str) -> None:
        """How a household is, as it was just heard."""
        if self.card is not None:
            call = open_call(self.mesh.held)
            given = {"word": word} if call is None else mark_arguments(call, word, "", "")
            self.mesh.doing.at_once("roster.mark", on=self.card, given=given)

    def action_tried(self) -> None:
        """The next way to reach them was tried in vain."""
        call = open_call(self.mesh.held)
        if call is None or self.card is None:
            return
        row = next((row for row in tally_of(self.mesh.held, call).rows if row.household["id"] == self.card), None)
        if row is not None and row.next_signal is not None:
            given = {"household": self.card, "signal": row.next_signal[0]}
            self.mesh.doing.at_once("rollcall.tried", on=str(call["id"]), given=given)

    def action_call(self, drill: bool) -> None:
        """Open a roll call, or a drill."""
        self.mesh.doing.start("rollcall.open", written={"drill": "yes" if drill else "no"})

    def action_close_call(self) -> None:
        """The roll call is over."""
        if (call := open_call(self.mesh.held)) is not None:
            self.mesh.doing.at_once("rollcall.close", on=str(call["id"]))

    def action_do(self) -> None:
        """Everything that can be done with a household."""
        from tui.screens.entry import offer_actions

        if self.card is not None:
            offer_actions(self, self.card)

    def action_undo(self) -> None:
        """Take back my last mark of the selected household."""
        self.mesh.doing.undo()

    def action_redo(self) -> None:
        """Take back the undo."""
        self.mesh.doing.redo()

    # -- searching --------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Who near has first aid, a generator, a language."""
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
