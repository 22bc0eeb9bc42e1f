"""BoardPainter: draws the lines of the board's columns and cards.

Rules of this module:
1. It decides nothing: order, selection and sizes come from its callers.
2. A card's place, its conflict and the selection each have a sign or a word besides their colour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from meshnode.api.schema import Json
from tui.columns import Column, Columns
from tui.faces import column_of
from tui.glyphs import Box, Glyphs
from tui.painting import Piece, bottom_corners, frame_line, line, spread, top_corners
from tui.plain_text import fit, wrap
from tui.themes import Paint
from tui.wording import say

LEAST_META_CELLS = 12
"""A remark is shortened before the names beside it are cut to less than this."""


@dataclass(frozen=True, slots=True)
class CardFace:
    """What one card says: its title, and below it something at the left and at the right."""

    title: str
    meta: str
    mark: str
    short_mark: str = ""


@dataclass(frozen=True, slots=True)
class ColumnNow:
    """One column as it is to be drawn now."""

    column: Column
    width: int
    focus: bool
    selected: str | None
    card_rows: int
    cards_visible: int
    rows: int
    """Lines between the frames."""
    first: bool
    """Whether nothing stands to the left of it."""

    @property
    def title_rows(self) -> int:
        """Lines a card's title may take."""
        return 1 if self.card_rows == 2 else 2


@dataclass(slots=True)
class BoardPainter:
    """Draws columns with one set of glyphs and one paint."""

    glyphs: Glyphs
    paint: Paint
    face: Callable[[Json], CardFace]
    empty_text: str = ""
    empty_once: bool = False
    """Whether the first column alone says it for all."""

    def tabs(self, order: Columns, width: int) -> list[Segment]:
        """The names of all columns in one line, for when one is shown at a time."""
        pieces: list[Piece] = []
        for number, column in enumerate(order.columns):
            here = number == order.current
            label = say(f"column.{column.key}", count=len(column.cards))
            pieces.append((f"[{label}]" if here else f" {label} ", self.paint.title_focus if here else self.paint.text))
        return line(pieces, width, self.paint.text, self.glyphs.ellipsis)

    def top(self, now: ColumnNow) -> list[Segment]:
        """A column's upper frame with its name and its count."""
        box, column = self._box(now), now.column
        label = say(f"column.{column.key}", count=len(column.cards))
        styles = (self._frame(now), self.paint.title_focus if now.focus else self.paint.strong)
        return frame_line(
            top_corners(box), box.top, label, width=now.width, styles=styles, ellipsis=self.glyphs.ellipsis
        )

    def bottom(self, now: ColumnNow) -> list[Segment]:
        """A column's lower frame with what is scrolled away above and below."""
        box = self._box(now)
        above = now.column.above
        below = max(0, len(now.column.cards) - above - now.cards_visible)
        label = ""
        if above or below:
            text = "column.both" if above and below else "column.above" if above else "column.below"
            label = say(text, above=above, below=below)
        styles = (self._frame(now), self.paint.text)
        return frame_line(
            bottom_corners(box), box.top, label, width=now.width, styles=styles, ellipsis=self.glyphs.ellipsis
        )

    def row(self, now: ColumnNow, y: int, views: Mapping[str, Json]) -> list[Segment]:
        """Line `y` between the frames of a column."""
        side = Segment(self._box(now).side, self._frame(now))
        inner = now.width - 2
        cards = now.column.cards
        if not cards:
            text = self.empty_text if now.first or not self.empty_once else ""
            lines = ["", *(f" {each}" for each in wrap(text, inner - 2))]
            return [side, Segment(fit(lines[y] if y < len(lines) else "", inner), self.paint.dim), side]
        number, part = divmod(y, now.card_rows)
        number += now.column.above
        view = views.get(cards[number]) if number < len(cards) else None
        fits = y - part + now.title_rows + 1 <= now.rows
        if view is None or not fits or part > now.title_rows:
            return [side, Segment(" " * inner, self.paint.text), side]
        return [side, *self._card_line(now, view, part), side]

    def _box(self, now: ColumnNow) -> Box:
        return self.glyphs.frame_focus if now.focus else self.glyphs.frame

    def _frame(self, now: ColumnNow) -> Style:
        return self.paint.frame_focus if now.focus else self.paint.frame

    def _card_line(self, now: ColumnNow, view: Json, part: int) -> list[Segment]:
        paint, more = self.paint, self.glyphs.ellipsis
        face = self.face(view)
        selected = view.get("id") == now.selected
        ground = (paint.selected if now.focus else paint.selected_away) if selected else paint.text
        mark = Segment(fit(self.glyphs.selected if selected else "", 1), ground)
        width = now.width - 4
        if part < now.title_rows:
            titles = wrap(face.title, width, now.title_rows, more)
            title = fit(titles[part] if part < len(titles) else "", width, more)
            body = [Segment(title, ground if selected else paint.strong)]
        else:
            elsewhere = column_of(view) != now.column.key
            meta = say("board.moves", column=say(f"status.{column_of(view)}")) if elsewhere else face.meta
            low, sign = (ground, ground) if selected else (paint.dim, paint.conflict)
            roomy = cell_len(face.mark) + min(cell_len(meta), LEAST_META_CELLS) < width
            body = spread((meta, low), (face.mark if roomy else face.short_mark, sign), width, more)
        return [mark, *body, Segment(" ", ground)]
