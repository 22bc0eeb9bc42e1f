"""BoardColumns: the task board's columns as one focusable widget that paints its own lines.

Rules of this module:
1. No widget per card. A changed card repaints its own few lines and nothing else.
2. Nothing changes its place within SETTLE_SECONDS of a key; the text of a card may.
3. The terminal's cursor lies on the selected card: that is what a screen reader reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from meshnode.api.schema import Json
from tui.board_painting import BoardPainter, ColumnNow
from tui.columns import Columns
from tui.faces import column_of
from tui.painting import strip

SETTLE_SECONDS = 2.0
NARROW_CELLS = 76
FLAT_ROWS = 14
"""Below this height a card has two lines instead of four."""


class BoardColumns(Widget, can_focus=True):
    """Columns of cards; one card is selected."""

    DEFAULT_CSS = "BoardColumns { width: 1fr; height: 1fr; }"

    class Moved(Message):
        """The selection is on another card."""

    class Opened(Message):
        """A card was clicked twice or Enter pressed on it."""

    def __init__(self, painter: BoardPainter, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self.painter = painter
        self.order = Columns()
        self._monotonic = monotonic
        self._views: Mapping[str, Json] = {}
        self._last_key = -SETTLE_SECONDS
        self._later: Timer | None = None

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def selected(self) -> str | None:
        """The selected card's id."""
        return self.order.selected

    @property
    def narrow(self) -> bool:
        """Whether one column is shown at a time."""
        return self.size.width < NARROW_CELLS

    def show(self, views: Mapping[str, Json], keys: tuple[str, ...]) -> None:
        """Show these cards from now on, everything anew."""
        self._views = views
        if keys != self.order.keys:
            self.order.show(keys)
        self.order.arrange(views.values())
        self._repaint_all()

    def changed(self, views: Mapping[str, Json], dirty: Iterable[str]) -> None:
        """Some cards have another text or place now; places change when no key was pressed for a while."""
        self._views = views
        moved = [card for card in dirty if self._is_misplaced(card)]
        for card in dirty:
            self._refresh_card(card)
        if not moved:
            return
        wait = self._last_key + SETTLE_SECONDS - self._monotonic()
        if wait <= 0:
            self._settle()
        elif self._later is None:
            self._later = self.set_timer(wait, self._settle)

    def _is_misplaced(self, card: str) -> bool:
        place = self.order.place_of(card)
        view = self._views.get(card)
        if view is None or place is None:
            return (view is None) != (place is None)
        return column_of(view) != self.order.columns[place[0]].key

    def _settle(self) -> None:
        """Put every card where it belongs now."""
        if self._later is not None:
            self._later.stop()
            self._later = None
        before = [(column.key, tuple(column.cards), column.above) for column in self.order.columns]
        selected, current = self.selected, self.order.current
        self.order.arrange(self._views.values())
        self._scroll_all()
        if current != self.order.current or (self.narrow and selected is None):
            self.refresh()
        for number, (key, cards, above) in enumerate(before):
            column = self.order.columns[number]
            if (column.key, tuple(column.cards), column.above) != (key, cards, above):
                self._refresh_column(number)
        self._place_cursor()
        if selected != self.selected:
            self.post_message(self.Moved())

    def settle_now(self, card: str | None = None) -> None:
        """My own key changed something: show its place at once, with the cursor on `card`."""
        self._settle()
        if card is not None and self.order.select(card):
            self._repaint_all()

    def touched(self) -> None:
        """A key was pressed: nothing moves under the cursor for a while."""
        self._last_key = self._monotonic()

    # -- moving -----------------------------------------------------------------------------------------------------

    def move(self, columns: int = 0, rows: int = 0) -> None:
        """Move the selection and repaint what it touched."""
        self.touched()
        old_card, old_column = self.selected, self.order.current
        if columns:
            self.order.move_column(columns)
        else:
            self.order.move_row(rows)
        scrolled = self.order.scroll(self.order.current, self._cards_visible)
        if old_column != self.order.current:
            if self.narrow:
                self.refresh()
            else:
                self._refresh_column(old_column)
                self._refresh_column(self.order.current)
        elif scrolled:
            self._refresh_column(old_column)
        else:
            self._refresh_card(old_card)
            self._refresh_card(self.selected)
        self._place_cursor()
        self.post_message(self.Moved())

    @property
    def page(self) -> int:
        """How many cards PageDown goes."""
        return max(1, self._cards_visible - 1)

    # -- where things are -------------------------------------------------------------------------------------------

    @property
    def _flat(self) -> bool:
        return self.narrow or self.size.height < FLAT_ROWS

    @property
    def _card_rows(self) -> int:
        return 2 if self._flat else 4

    @property
    def _top_rows(self) -> int:
        return 2 if self.narrow else 1

    @property
    def _cards_visible(self) -> int:
        rows = self.size.height - self._top_rows - 1
        return max(1, (rows + (0 if self._flat else 1)) // self._card_rows)

    def _columns_shown(self) -> list[int]:
        return [self.order.current] if self.narrow else list(range(len(self.order.columns)))

    def _span(self, number: int) -> tuple[int, int]:
        """Where a column begins, and its width."""
        if self.narrow:
            return 0, self.size.width
        count = len(self.order.columns)
        begin = self.size.width * number // count
        return begin, self.size.width * (number + 1) // count - begin

    def _card_region(self, card: str | None) -> Region | None:
        place = self.order.place_of(card)
        if place is None or place[0] not in self._columns_shown():
            return None
        row = place[1] - self.order.columns[place[0]].above
        if not 0 <= row <= self._cards_visible:
            return None
        begin, width = self._span(place[0])
        return Region(begin + 1, self._top_rows + row * self._card_rows, width - 2, self._card_rows)

    def _refresh_card(self, card: str | None) -> None:
        region = self._card_region(card)
        if region is not None:
            self.refresh(region.intersection(Region(0, 0, *self.size)))

    def _refresh_column(self, number: int) -> None:
        if number in self._columns_shown():
            begin, width = self._span(number)
            self.refresh(Region(begin, 0, width, self.size.height))

    def _scroll_all(self) -> None:
        for number in range(len(self.order.columns)):
            self.order.scroll(number, self._cards_visible)

    def _repaint_all(self) -> None:
        self._scroll_all()
        self.refresh()
        self._place_cursor()
        self.post_message(self.Moved())

    def _place_cursor(self) -> None:
        if self.has_focus and self.is_attached and self.screen.is_current:
            region = self._card_region(self.selected)
            offset = region.offset if region else Offset(1, 1)
            self.app.cursor_position = self.content_region.offset + offset

    def on_resize(self) -> None:
        """Another size shows another number of cards."""
        self._scroll_all()
        self.call_after_refresh(self._place_cursor)

    def on_focus(self) -> None:
        """The cursor belongs here now."""
        self._place_cursor()
        self._refresh_column(self.order.current)

    def on_blur(self) -> None:
        """The selection stays visible without the focus."""
        self._refresh_column(self.order.current)

    def on_click(self, event: events.Click) -> None:
        """A click selects; a click on the selected card opens it."""
        self.touched()
        for number in self._columns_shown():
            begin, width = self._span(number)
            row = (event.y - self._top_rows) // self._card_rows + self.order.columns[number].above
            cards = self.order.columns[number].cards
            if begin <= event.x < begin + width and event.y >= self._top_rows and row < len(cards):
                again = self.selected == cards[row]
                self.order.select(cards[row])
                self._repaint_all()
                if again:
                    self.post_message(self.Opened())

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the selection."""
        self.move(rows=1)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the selection."""
        self.move(rows=-1)

    # -- painting ---------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the board."""
        width = self.size.width
        if self.narrow and y == 0:
            return strip(self.painter.tabs(self.order, width), width)
        segments: list[Segment] = []
        for number in self._columns_shown():
            segments.extend(self._column_line(number, y))
        return strip(segments, width)

    def _column_line(self, number: int, y: int) -> list[Segment]:
        here = number == self.order.current
        now = ColumnNow(
            column=self.order.columns[number],
            width=self._span(number)[1],
            focus=here and self.has_focus,
            selected=self.selected if here else None,
            card_rows=self._card_rows,
            cards_visible=self._cards_visible,
            rows=self.size.height - self._top_rows - 1,
            first=self.narrow or number == 0,
        )
        if y == self._top_rows - 1:
            return self.painter.top(now)
        if y >= self.size.height - 1:
            return self.painter.bottom(now)
        return self.painter.row(now, y - self._top_rows, self._views)
