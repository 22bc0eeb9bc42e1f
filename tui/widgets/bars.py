"""Bars: the one-line widgets above and below every place.

Rules of this module:
1. A bar repaints only when what it says differs.
2. The key bar never wraps: what does not fit is left to the help, which always fits.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.glyphs import Glyphs
from tui.painting import Piece, line, spread, strip
from tui.themes import Paint

GAP = "  "


class Bar(Widget):
    """One line of pieces."""

    DEFAULT_CSS = "Bar { width: 1fr; height: 1; }"

    def __init__(self, glyphs: Glyphs, paint: Paint, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.paint = paint
        self._said: object = None

    def say_once(self, said: object) -> None:
        """Remember what is said; repaint when it is news."""
        if said != self._said:
            self._said = said
            self.refresh()

    @property
    def ground(self) -> Style:
        """What fills the rest of the line."""
        return self.paint.text


class TopBar(Bar):
    """Where one is at the left; nodes, what is unsent and the time at the right."""

    left = ""
    right = ""
    away = False

    def show(self, left: str, right: str, away: bool) -> None:
        """Say this from now on."""
        self.left, self.right, self.away = left, right, away
        self.say_once((left, right, away))

    def render_line(self, y: int) -> Strip:
        """The bar."""
        style = self.paint.away if self.away else self.paint.bar
        width = self.size.width
        pieces = spread((f" {self.left}", style), (f"{self.right} ", style), width, self.glyphs.ellipsis)
        return strip(pieces, width)


class Band(Bar):
    """One line about an alarm, on every place until it is stood down; not there in calm times."""

    DEFAULT_CSS = "Band { display: none; }"
    text = ""
    drill = False

    def show(self, text: str, drill: bool) -> None:
        """Say this from now on; nothing where there is nothing to say."""
        self.text, self.drill = text, drill
        self.display = bool(text)
        self.say_once((text, drill))

    def render_line(self, y: int) -> Strip:
        """The line."""
        style = self.paint.drill if self.drill else self.paint.error
        return strip(line([(f" {self.text}", style)], self.size.width, style, self.glyphs.ellipsis), self.size.width)


class NavRow(Bar):
    """The places there are, with their numbers; the one here stands in brackets."""

    places: Sequence[tuple[str, str, bool]] = ()

    def show(self, places: Sequence[tuple[str, str, bool]]) -> None:
        """Number, name and whether it is here, of every place."""
        self.places = tuple(places)
        self.say_once(self.places)

    def pieces(self, width: int) -> list[Piece]:
        """The row; at small widths the names of other places are left out."""
        whole = self._pieces(True)
        return whole if sum(cell_len(text) for text, _ in whole) <= width else self._pieces(False)

    def _pieces(self, names: bool) -> list[Piece]:
        pieces: list[Piece] = []
        for number, name, here in self.places:
            if here:
                pieces.append((f"[{number} {name}]", self.paint.title_focus))
            else:
                pieces.append((f" {number} {name} " if names else f" {number} ", self.paint.text))
        return pieces

    def render_line(self, y: int) -> Strip:
        """The row."""
        width = self.size.width
        return strip(line(self.pieces(width), width, self.paint.text, self.glyphs.ellipsis), width)


class KeyBar(Bar):
    """The keys that do something here; for a while, what was just done."""

    keys: Sequence[tuple[str, str]] = ()
    last: Sequence[tuple[str, str]] = ()
    notice = ""

    def show(self, keys: Sequence[tuple[str, str]], *last: tuple[str, str]) -> None:
        """Key and name of what can be done here; what is `last` always fits."""
        self.keys, self.last = tuple(keys), last
        self.say_once((self.keys, last, self.notice))

    def tell(self, notice: str) -> None:
        """Say this instead of the keys, until told otherwise."""
        self.notice = notice
        self.say_once((self.keys, self.last, notice))

    def shown_keys(self, width: int) -> list[tuple[str, str]]:
        """As many keys as fit, the last ones among them."""
        room = width - 1 - sum(map(self._length, self.last)) - len(GAP) * (len(self.last) - 1)
        shown: list[tuple[str, str]] = []
        for each in self.keys:
            room -= self._length(each) + len(GAP)
            if room < 0:
                break
            shown.append(each)
        return [*shown, *self.last]

    def _length(self, each: tuple[str, str]) -> int:
        return cell_len(each[0]) + 1 + cell_len(each[1])

    def render_line(self, y: int) -> Strip:
        """Keys, or the notice."""
        width, paint = self.size.width, self.paint
        if self.notice:
            return strip(line([(f" {self.notice}", paint.bar)], width, paint.bar, self.glyphs.ellipsis), width)
        pieces: list[Piece] = [(" ", paint.low)]
        for number, (key, name) in enumerate(self.shown_keys(width)):
            pieces += [(GAP if number else "", paint.low), (key, paint.key), (f" {name}", paint.low)]
        return strip(line(pieces, width, paint.low, self.glyphs.ellipsis), width)
