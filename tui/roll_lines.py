"""RollLines: the emergency roster, and a roll call as it stands, as lines for a given width.

Rules of this module:
1. Pure. Who needs help stands first, then who has not been reached, then the others; within that by PACE and name.
2. A status is a word and a sign, never a colour alone; old words are shown with their age.
3. In a drill every line comes from the drill: nothing said in one is taken for real.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.style import Style

from crdt.ageing import age_words
from crdt.boards.households import BOARD, overdue, signals
from crdt.boards.rollcalls import Row, Tally, call_for, tally
from meshnode.api.schema import Json
from tui.faces import title_of
from tui.glyphs import Glyphs
from tui.held import Held
from tui.moments import Clock, moment
from tui.painting import Piece
from tui.plain_text import clean, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import say

WORD_CELLS = 15
NAME_CELLS = 24
NARROW_NAME_CELLS = 16
NARROW_CELLS = 70
_WORDS = {"help": "roll.help", "safe": "roll.safe", "away": "roll.away"}


def open_call(held: Held) -> Json | None:
    """The roll call that a mark belongs to now: a real one before a drill."""
    calls = [view for view in held.records.values() if view.get("kind") == "rollcall"]
    return call_for(calls) or call_for(calls, drill=True)


def households_of(held: Held) -> list[Json]:
    """Every household on the roster."""
    return [view for view in held.records.values() if view.get("kind") == "household" and view.get("kept") != "aside"]


def tally_of(held: Held, call: Json) -> Tally:
    """A roll call as it stands here."""
    calls = [view for view in held.records.values() if view.get("kind") == "rollcall"]
    return tally(call, households_of(held), calls)


@dataclass(frozen=True, slots=True)
class RollLines:
    """Builds the lines of the roll call's place."""

    held: Held
    clock: Clock
    glyphs: Glyphs
    paint: Paint
    words: tuple[str, ...] = ()
    """Only households with all these words."""

    def title(self) -> str:
        """How it stands, in the frame."""
        call = open_call(self.held)
        if call is None:
            return say("roll.title-calm", count=len(households_of(self.held)))
        found = tally_of(self.held, call)
        counts = {"help": len(found.need_help), "missing": len(found.not_yet), "reached": len(found.reached)}
        return say("roll.title-drill" if call["drill"] else "roll.title-open", title=title_of(call), **counts)

    def build(self, width: int) -> list[Line]:
        """Who is overdue, then every household."""
        lines = list(self._overdue(width))
        call = open_call(self.held)
        if not households_of(self.held):
            return lines + [Line(((part, self.paint.dim),)) for part in wrap(say("roll.nobody"), width)]
        if call is None:
            lines += self._calm(width)
        else:
            for row in tally_of(self.held, call).rows:
                if self._matches(row.household):
                    lines += self._row(row, width)
        return lines

    def _matches(self, view: Json) -> bool:
        return all(word in BOARD.words(view).casefold() for word in self.words)

    @property
    def _now_ms(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    def _overdue(self, width: int) -> Iterator[Line]:
        for view in households_of(self.held):
            for out in overdue(view, self._now_ms):
                when = moment(self.clock, int(out["back_ms"]))
                text = say("roll.overdue", title=title_of(view), when=when)
                yield Line(((fit(text, width, self.glyphs.ellipsis), self.paint.error),))

    def _calm(self, width: int) -> Iterator[Line]:
        yield from (Line(((part, self.paint.dim),)) for part in wrap(say("roll.calm"), width))
        today = self.clock.today().isoformat()
        for view in sorted(households_of(self.held), key=lambda view: BOARD.order(view, today)[2:]):
            if self._matches(view):
                ways = "  ".join(clean(text) for _, text in signals(view))
                yield self._line(view, str(view.get("status") or "unknown"), ways, width)

    def _row(self, row: Row, width: int) -> Iterator[Line]:
        marks: Sequence[Json] = row.marks or row.earlier
        told = ""
        if row.contradicted:
            told = say("roll.contradicted")
        elif marks:
            unsure = self.held.status.get("clock") == "unsure"
            age = age_words(int(marks[0]["at_ms"]), self._now_ms, clock_unsure=unsure)
            told = "  ".join(part for part in (age, clean(str(marks[0].get("how") or ""))) if part)
        if row.word in {"", "unknown"}:
            signal = row.next_signal
            told = (
                say("roll.try", signal=say(f"signal.{signal[0]}"), text=clean(signal[1]))
                if signal
                else say("roll.try-none")
            )
        yield self._line(row.household, row.word or "unknown", told, width)

    def _line(self, view: Json, word: str, told: str, width: int) -> Line:
        name_cells = NAME_CELLS if width >= NARROW_CELLS else NARROW_NAME_CELLS
        named = fit(title_of(view), name_cells, self.glyphs.ellipsis)
        status = fit(say(_WORDS.get(word, "roll.unknown")), WORD_CELLS)
        rest = fit(told, max(0, width - name_cells - WORD_CELLS - 4), self.glyphs.ellipsis)
        pieces: tuple[Piece, ...] = (
            (f"{named}  ", self.paint.text), (f"{status}  ", self._style(word)), (rest, self.paint.dim),
        )  # fmt: skip
        return Line(pieces, str(view["id"]))

    def _style(self, word: str) -> Style:
        return {"help": self.paint.error, "safe": self.paint.good, "away": self.paint.good}.get(
            word, self.paint.pending
        )
