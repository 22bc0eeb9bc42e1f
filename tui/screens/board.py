"""BoardScreen: the task board.

Rules of this module:
1. Every key here is one declared action of the board, or a movement; what it means is the board's business.
2. A search narrows what is shown and nothing else; Esc shows all again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from meshnode.api.schema import Json
from tui.board_painting import BoardPainter, CardFace
from tui.faces import ASIDE, COLUMNS, is_task, matches, meta_line, title_of
from tui.held import EVERYTHING
from tui.keymap import BOARD_KEYS
from tui.screens.place import Place
from tui.widgets.bars import KeyBar
from tui.widgets.board_columns import BoardColumns
from tui.wording import say

NEXT_STEP: Mapping[str, str] = {
    "open": "task.claim",
    "claimed": "task.start",
    "doing": "task.done",
    "done": "",
    "aside": "task.reopen",
}
STEP_BACK: Mapping[str, str] = {
    "open": "",
    "claimed": "task.pass",
    "doing": "task.reopen",
    "done": "task.reopen",
    "aside": "",
}


class BoardScreen(Place):
    """Tasks in columns."""

    place = "board"
    name_key = "place.board"
    BINDINGS: ClassVar[list[BindingType]] = BOARD_KEYS
    AUTO_FOCUS = "BoardColumns"

    def __init__(self) -> None:
        super().__init__()
        self._words: list[str] = []
        self._shows_aside = False

    def body(self) -> Iterable[Widget]:
        """Columns, and the line to search in."""
        painter = BoardPainter(self.mesh.glyphs, self.mesh.paint, self._face)
        yield BoardColumns(painter, self.mesh.clock.monotonic)
        find = Input(id="words")
        find.cursor_blink = False
        yield Horizontal(Static(say("board.find"), markup=False), find, id="find")

    def on_mount(self) -> None:
        """Show what is held."""
        self._show_all()

    @property
    def columns(self) -> BoardColumns:
        """The widget with the cards."""
        return self.query_one(BoardColumns)

    @property
    def card(self) -> str | None:
        """The selected card."""
        return self.columns.selected

    def _face(self, view: Json) -> CardFace:
        title, meta = title_of(view), meta_line(self.mesh.held, self.mesh.clock, view)
        if not view.get("conflicts"):
            return CardFace(title, meta, "")
        sign = self.mesh.glyphs.conflict
        return CardFace(title, meta, say("board.mark", sign=sign), say("board.mark-short", sign=sign))

    # -- painting ---------------------------------------------------------------------------------------------------

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Only the cards that changed, unless everything did."""
        if not self.is_attached or not self.query(BoardColumns):
            return
        if EVERYTHING in dirty:
            self._show_all()
        elif dirty:
            before = self.columns.painter.empty_text
            self._say_when_empty()
            self.columns.changed(self._shown(), dirty)
            if before != self.columns.painter.empty_text:
                self.columns.refresh()
        self.paint_bars()

    def paint_my_change(self, record: str) -> None:
        """The answer to a key here: places change at once, the cursor goes along."""
        if self.is_attached and self.query(BoardColumns):
            self._say_when_empty()
            self.columns.changed(self._shown(), {record})
            self.columns.settle_now(record)
            self.paint_bars()

    def _shown(self) -> dict[str, Json]:
        held = self.mesh.held
        return {
            record: view for record, view in held.records.items() if is_task(view) and matches(held, view, self._words)
        }

    def _show_all(self) -> None:
        self._say_when_empty()
        self.columns.show(self._shown(), (*COLUMNS, ASIDE) if self._shows_aside else COLUMNS)

    def _say_when_empty(self) -> None:
        held, painter = self.mesh.held, self.columns.painter
        some = any(map(is_task, held.records.values()))
        if not held.complete:
            painter.empty_text = say("board.reading")
        elif self._words:
            painter.empty_text = say("board.no-match")
        else:
            painter.empty_text = say("board.empty" if some else "board.new")
        painter.empty_once = not some

    @on(BoardColumns.Moved)
    def _selection_moved(self) -> None:
        self.paint_keys()

    # -- keys -------------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Nothing moves under the cursor for a while after a key."""
        self.columns.touched()

    def action_up(self) -> None:
        """To the card above."""
        self.columns.move(rows=-1)

    def action_down(self) -> None:
        """To the card below."""
        self.columns.move(rows=1)

    def action_page(self, step: int) -> None:
        """A page of cards."""
        self.columns.move(rows=step * self.columns.page)

    def action_end(self, last: bool) -> None:
        """To the first or last card of the column."""
        count = len(self.columns.order.column.cards)
        self.columns.move(rows=count if last else -count)

    def action_column(self, step: int) -> None:
        """To the column beside."""
        self.columns.move(columns=step)

    @on(BoardColumns.Opened)
    def action_open(self) -> None:
        """Open the selected card."""
        if self.card is not None:
            self.mesh.open_card(self.card)

    def action_new(self) -> None:
        """Write down a task."""
        self.mesh.doing.start("task.add")

    def action_task(self, name: str) -> None:
        """A declared action on the selected card."""
        self.mesh.doing.start(name)

    def _status(self) -> str:
        return str(self.mesh.held.records.get(self.card or "", {}).get("status") or "")

    def action_move_on(self) -> None:
        """To the next column, by the action that leads there."""
        step = NEXT_STEP.get(self._status(), "")
        if step:
            self.mesh.doing.at_once(step)

    def action_move_back(self) -> None:
        """To the column before, by the action that leads there."""
        step = STEP_BACK.get(self._status(), "")
        if step:
            self.mesh.doing.at_once(step)

    def action_undo(self) -> None:
        """Take back my last change of the selected card."""
        self.mesh.doing.undo()

    def action_redo(self) -> None:
        """Take back the undo."""
        self.mesh.doing.redo()

    def action_invite(self) -> None:
        """Invite a neighbour."""
        self.mesh.inviting.invite()

    def action_show_aside(self) -> None:
        """Show or hide what was set aside."""
        self._shows_aside = not self._shows_aside
        self._show_all()

    # -- searching --------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Open the search line."""
        self.query_one("#find").add_class("open")
        self.query_one("#words", Input).focus()

    def paint_keys(self) -> None:
        """While a search is typed, letters are letters: only two keys are left."""
        if isinstance(self.focused, Input):
            keys = self.query_one(KeyBar)
            keys.show([("Enter", say("key.to-cards"))], ("Esc", say("key.show-all")))
        else:
            super().paint_keys()

    @on(Input.Changed, "#words")
    def _searched(self, event: Input.Changed) -> None:
        self._words = event.value.casefold().split()
        self._show_all()

    @on(Input.Submitted, "#words")
    def _found(self) -> None:
        self.columns.focus()
        if not self._words:
            self._close_search()

    def _close_search(self) -> None:
        self.query_one("#words", Input).value = ""
        self.query_one("#find").remove_class("open")
        self.columns.focus()
        self._words = []
        self._show_all()

    def action_clear_search(self) -> None:
        """Esc clears the search; elsewhere it leads home."""
        if self.query_one("#find").has_class("open"):
            self._close_search()
        else:
            self.mesh.show_place("home")
