"""RollLines: the place of the roll call: in calm times the roster, with a call open whom to reach and how.

Rules of this module:
1. Pure. How a household is, is a word, a sign and a colour; how long ago it was said stands beside it.
2. Contradicting words are all shown, the more worrying one on top.
3. Whoever is overdue stands above everything else. Nobody is ordered by a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.style import Style

from crdt.ageing import age_of
from crdt.boards.households import BOARD, is_review_due, overdue, signals
from crdt.boards.rollcalls import Row
from meshnode.api.schema import Json
from tui.alarm_facts import age, now_ms
from tui.call_facts import households, tally_of
from tui.faces import title_of
from tui.glyphs import Glyphs
from tui.held import Held
from tui.moments import Clock, day, moment
from tui.plain_text import clean, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import say

NAME_CELLS = 24
NARROW_NAME_CELLS = 13
NARROW_CELLS = 60
WORD_CELLS = 15
_STYLES = {"help": "error", "unknown": "pending", "away": "text", "safe": "good"}


@dataclass(frozen=True, slots=True)
class RollLines:
    """Builds the lines of the roll call's place."""

    held: Held
    clock: Clock
    glyphs: Glyphs
    paint: Paint
    call: Json | None
    """The call that is open."""
    words: tuple[str, ...] = ()
    """Only households with all these words."""

    def build(self, width: int) -> list[Line]:
        """Who is overdue; then the call, or the roster."""
        views = [view for view in households(self.held) if view.get("kept") != "aside" and self._fits(view)]
        views.sort(key=lambda view: (title_of(view).casefold(), str(view.get("id"))))
        lines = [line for view in views for line in self._late(view, width)]
        if self.call is not None:
            return [*lines, *self._called(self.call, width)]
        if views:
            lines += [Line(((part, self.paint.dim),)) for part in wrap(say("roster.how"), width)]
        for view in views:
            lines += self._calm(view, width)
        empty = "roster.no-match" if self.words else "roster.empty"
        return lines or [Line(((part, self.paint.dim),)) for part in wrap(say(empty), width)]

    def _fits(self, view: Json) -> bool:
        return all(word in BOARD.words(view).casefold() for word in self.words)

    def _late(self, view: Json, width: int) -> Iterator[Line]:
        for trip in overdue(view, now_ms(self.clock)):
            who = clean(str(trip.get("text") or "")) or title_of(view)
            said = say("roster.overdue", name=title_of(view), who=who, back=moment(self.clock, int(trip["back_ms"])))
            for part in wrap(said, width):
                yield Line(((part, self.paint.error),), f"{view['id']} out")

    # -- calm -------------------------------------------------------------------------------------------------------

    def _calm(self, view: Json, width: int) -> Iterator[Line]:
        name_cells = self._name_cells(width)
        ways = [clean(text) for _, text in signals(view)]
        parts = [f" {self.glyphs.arrow} ".join(ways) if ways else say("roster.no-signal")]
        buddies = [title_of(self.held.records[each]) for each in view.get("buddies") or () if each in self.held.records]
        if buddies:
            parts.append(say("roster.buddies", names=", ".join(buddies)))
        if view.get("consent") == "open":
            parts.append(say("roster.not-asked"))
        if is_review_due(view, self.clock.today().isoformat()):
            parts.append(say("roster.review", day=day(self.clock, str(view["review"]))))
        if self.words:
            parts = [clean(str(view[key])) for key in ("skills", "equipment", "languages") if view.get(key)] + parts
        text = fit("  ".join(parts), max(8, width - name_cells - 1), self.glyphs.ellipsis)
        yield Line(((self._name(view, name_cells), self.paint.strong), (" " + text, self.paint.text)), str(view["id"]))
        for mark in view.get("marks") or ():
            if mark.get("word") != "safe" or view.get("contradicted"):
                yield self._mark(mark, name_cells)

    # -- called -----------------------------------------------------------------------------------------------------

    def _called(self, call: Json, width: int) -> Iterator[Line]:
        found = tally_of(self.held, call)
        safe = [row for row in found.reached if row.word == "safe"]
        away = [row for row in found.reached if row.word == "away"]
        rows: Sequence[tuple[str, Sequence[Row]]] = (
            ("help", found.need_help), ("unknown", found.not_yet), ("away", away), ("safe", safe),
        )  # fmt: skip
        yield Line(
            tuple(
                (f"{self._word(word)} {len(group)}   ", self._style(word))
                for word, group in rows
                if group or word != "away"
            )
        )
        for word, group in rows:
            shown = [row for row in group if self._fits(dict(row.household))]
            if shown:
                yield Line()
                yield Line(((f"{self._word(word)} {len(group)}", self._style(word)),))
            for row in shown:
                yield from self._row(row, word, width)

    def _row(self, row: Row, word: str, width: int) -> Iterator[Line]:
        name_cells, view = self._name_cells(width), dict(row.household)
        told = self._told(row, word)
        text = fit(told, max(8, width - name_cells - WORD_CELLS - 2), self.glyphs.ellipsis)
        pieces = (
            (f"{self._name(view, name_cells)} ", self.paint.text),
            (fit(self._word(word), WORD_CELLS), self._style(word)),
            (f" {text}", self.paint.text),
        )
        yield Line(pieces, str(view["id"]))
        if row.contradicted:
            for mark in row.marks:
                yield self._mark(dict(mark), name_cells)

    def _told(self, row: Row, word: str) -> str:
        if word != "unknown":
            return self._said(dict(row.marks[0])) if row.marks else ""
        if row.next_signal is None:
            told = say("call.no-signal")
        else:
            key = "call.try-again" if row.all_tried else "call.try"
            told = say(key, signal=clean(row.next_signal[1]))
        if row.earlier:
            before = dict(row.earlier[0])
            told = say("call.before", told=told, word=say(f"word.{before['word']}"), age=self._age(before))
        return told

    def _said(self, mark: Json) -> str:
        told = ", ".join(clean(str(mark[key])) for key in ("how", "note") if mark.get(key))
        key = "call.said-how" if told else "call.said"
        return say(key, name=self.held.who(mark), age=self._age(mark), told=told)

    def _age(self, mark: Json) -> str:
        words = age(self.held, self.clock, mark.get("at_ms"))
        old = age_of(int(mark.get("at_ms") or 0), now_ms(self.clock)).is_old
        return say("call.old", age=words) if old else words

    def _mark(self, mark: Json, indent: int) -> Line:
        word = str(mark.get("word") or "unknown")
        said = (f" {self._word(word)}  ", self._style(word))
        return Line(
            (
                (" " * min(indent, 4) + self.glyphs.conflict, self.paint.conflict),
                said,
                (self._said(mark), self.paint.text),
            )
        )

    def _word(self, word: str) -> str:
        signs = {"help": "!!", "unknown": "?", "away": self.glyphs.bullet, "safe": self.glyphs.done}
        return say("call.word", sign=signs.get(word, "?"), word=say(f"word.{word}"))

    def _style(self, word: str) -> Style:
        style: Style = getattr(self.paint, _STYLES.get(word, "text"))
        return style

    def _name_cells(self, width: int) -> int:
        return NAME_CELLS if width >= NARROW_CELLS else NARROW_NAME_CELLS

    def _name(self, view: Json, cells: int) -> str:
        return fit(title_of(view), cells, self.glyphs.ellipsis)
