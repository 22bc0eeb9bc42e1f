"""Columns: which card stands where on the board, and which one is selected. Pure.

Rules of this module:
1. The selection belongs to a card, not to a place: it follows the card's id.
2. A card that vanishes hands the selection to the one that takes its place.
3. What is above the first visible card is a count of cards: a scrolled column does not jump under the cursor, and one
   that shows its beginning goes on showing it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from meshnode.api.schema import Json
from tui.faces import COLUMNS, column_of, order_key


@dataclass(slots=True)
class Column:
    """One column's cards in order, and how many are scrolled away above."""

    key: str
    cards: list[str] = field(default_factory=list)
    above: int = 0


class Columns:
    """The order of the board."""

    def __init__(self) -> None:
        self.keys: tuple[str, ...] = COLUMNS
        self.columns: list[Column] = [Column(key) for key in COLUMNS]
        self.current = 0
        self.selected: str | None = None

    def show(self, keys: tuple[str, ...]) -> None:
        """Which columns there are."""
        key = self.column.key
        known = {column.key: column for column in self.columns}
        self.keys = keys
        self.columns = [known.get(each) or Column(each) for each in keys]
        self.current = keys.index(key) if key in keys else 0

    @property
    def column(self) -> Column:
        """The column the cursor is in."""
        return self.columns[min(self.current, len(self.columns) - 1)]

    def place_of(self, card: str | None) -> tuple[int, int] | None:
        """Column and row of a card."""
        for number, column in enumerate(self.columns):
            if card in column.cards:
                return number, column.cards.index(card)
        return None

    def arrange(self, views: Iterable[Json]) -> None:
        """Put every card where it belongs and keep the selection on its card and on its line."""
        old = self.place_of(self.selected)
        old_above = [column.above for column in self.columns]
        sorted_views = sorted(views, key=lambda view: tuple(map(_comparable, order_key(view))))
        by_key: dict[str, list[str]] = {key: [] for key in self.keys}
        for view in sorted_views:
            by_key.get(column_of(view), []).append(str(view["id"]))
        for column in self.columns:
            column.cards = by_key[column.key]
        new = self.place_of(self.selected)
        if new is None:
            row = old[1] if old else 0
            self._select_row(row)
            return
        self.current = new[0]
        if old is not None and old[0] == new[0] and old_above[old[0]]:
            self.column.above = max(0, new[1] - (old[1] - old_above[old[0]]))

    def _select_row(self, row: int) -> None:
        cards = self.column.cards
        if not cards and self.selected is None:
            self.current = next((n for n, column in enumerate(self.columns) if column.cards), self.current)
            cards = self.column.cards
        self.selected = cards[min(row, len(cards) - 1)] if cards else None

    def select(self, card: str) -> bool:
        """Put the cursor on this card; False when it is not on the board."""
        place = self.place_of(card)
        if place is None:
            return False
        self.current, self.selected = place[0], card
        return True

    def move_row(self, step: int) -> None:
        """Up or down in the column; stops at its ends."""
        cards = self.column.cards
        if not cards:
            return
        row = cards.index(self.selected) if self.selected in cards else 0
        self.selected = cards[max(0, min(len(cards) - 1, row + step))]

    def move_column(self, step: int) -> None:
        """To the next column, on the line where the cursor was."""
        cards = self.column.cards
        row = cards.index(self.selected) - self.column.above if self.selected in cards else 0
        self.current = max(0, min(len(self.columns) - 1, self.current + step))
        column = self.column
        target = max(0, min(len(column.cards) - 1, column.above + row))
        self.selected = column.cards[target] if column.cards else None

    def scroll(self, number: int, rows: int) -> bool:
        """Let `rows` cards of a column be visible and the selected one among them; True when it scrolled."""
        column = self.columns[number]
        above = max(0, min(column.above, len(column.cards) - rows))
        if number == self.current and self.selected in column.cards:
            row = column.cards.index(self.selected)
            above = max(min(above, row), row - rows + 1, 0)
        changed, column.above = above != column.above, above
        return changed


def _comparable(part: object) -> tuple[int, int, str]:
    """A total order over numbers and texts."""
    return (0, part, "") if isinstance(part, int) else (1, 0, str(part))
