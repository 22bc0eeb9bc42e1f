"""ListingLines: offers and requests with what may fit them and why, as lines for a given width.

Rules of this module:
1. Pure. Listings stand in their board's order, never by person.
2. A match is a suggestion with its reasons in words; it is worked out here and told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crdt.boards.listings import BOARD, asks_if_still_true
from crdt.boards.matching import Shared, suggestions
from meshnode.api.schema import Json
from tui.faces import title_of
from tui.glyphs import Glyphs
from tui.held import Held
from tui.moments import Clock, day
from tui.painting import Piece
from tui.plain_text import clean, clip, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import counted, say

WHO_CELLS = 14
NARROW_WHO_CELLS = 9
NARROW_CELLS = 60


@dataclass(frozen=True, slots=True)
class ListingLines:
    """Builds the lines of the place of offers and requests."""

    held: Held
    clock: Clock
    glyphs: Glyphs
    paint: Paint
    words: tuple[str, ...] = ()
    """Only listings with all these words."""

    @property
    def _today(self) -> str:
        return self.clock.today().isoformat()

    def _views(self) -> list[Json]:
        views = [view for view in self.held.records.values() if view.get("kind") == BOARD.kind.name]
        found = [view for view in views if all(word in BOARD.words(view).casefold() for word in self.words)]
        return sorted(found, key=lambda view: BOARD.order(view, self._today))

    def build(self, width: int) -> list[Line]:
        """What I am asked about, requests, offers, and what stands no more."""
        views = self._views()
        fits = self._fits()
        standing = [view for view in views if BOARD.state(view, self._today) == "open"]
        lines = list(self._still_true(views, width))
        for side, empty in (("request", "asks.nobody"), ("offer", "asks.nothing")):
            of_side = [view for view in standing if view.get("side") == side]
            lines.append(Line(((say(f"asks.{side}s", count=len(of_side)), self.paint.title_focus),)))
            for view in of_side:
                lines += self._listing(view, fits.get(str(view["id"]), []), width)
            if not of_side:
                lines += [Line(((f"  {part}", self.paint.dim),)) for part in wrap(say(empty), width - 2)]
            lines.append(Line())
        others = [view for view in views if view not in standing]
        if others:
            lines.append(Line(((say("asks.other", count=len(others)), self.paint.strong),)))
            for view in others:
                lines += self._listing(view, [], width)
        return lines

    def _still_true(self, views: list[Json], width: int) -> Iterator[Line]:
        """What I wrote that is about to end, or has."""
        for view in views:
            mine = (view.get("created") or {}).get("member") == self.held.me
            if mine and asks_if_still_true(view, self._today):
                text = say("asks.still", title=title_of(view), day=day(self.clock, str(view.get("until"))))
                yield Line(((clip(text, width, self.glyphs.ellipsis), self.paint.pending),), f"{view['id']} still")

    def _listing(self, view: Json, fits: list[tuple[Json, tuple[Shared, ...]]], width: int) -> Iterator[Line]:
        who_cells = WHO_CELLS if width >= NARROW_CELLS else NARROW_WHO_CELLS
        who = clip(self.held.who(view.get("created") or {}), who_cells, self.glyphs.ellipsis)
        parts = [title_of(view)]
        parts += [clean(str(view[key])) for key in ("quantity", "window", "place") if view.get(key)]
        state = BOARD.state(view, self._today)
        if state != "open":
            parts.append(say(f"state.{state}"))
        answers = len(view.get("responses") or ())
        if answers:
            parts.append(counted("asks.answers", answers))
        text = fit("  ".join(parts), max(8, width - who_cells - 4), self.glyphs.ellipsis)
        pieces: tuple[Piece, ...] = ((f"  {fit(who, who_cells)}  ", self.paint.dim), (text, self.paint.text))
        yield Line(pieces, str(view["id"]))
        for other, reasons in fits:
            said = ", ".join(say(f"match.{each.what}", said=clean(each.said)) for each in reasons)
            name = self.held.who(other.get("created") or {})
            told = say("asks.fits", title=title_of(other), name=name, reasons=said)
            for part in wrap(told, max(8, width - 6)):
                yield Line(((f"      {part}", self.paint.good),))

    def _fits(self) -> dict[str, list[tuple[Json, tuple[Shared, ...]]]]:
        """What may fit each listing."""
        fits: dict[str, list[tuple[Json, tuple[Shared, ...]]]] = {}
        every = [view for view in self.held.records.values() if view.get("kind") == BOARD.kind.name]
        for each in suggestions(every, self._today):
            offer, request = self.held.records[each.offer], self.held.records[each.request]
            fits.setdefault(each.request, []).append((offer, each.reasons))
            fits.setdefault(each.offer, []).append((request, each.reasons))
        return fits
