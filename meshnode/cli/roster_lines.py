"""Lines of the emergency roster: how households are, on whose word, how long ago, and who is late.

Rules of this module:
1. Households go by how they are, then by name; the most worrying word is on top, and every current mark is shown.
2. What is old is said to be old; a clock that may be wrong is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crdt.ageing import age_of, age_words
from crdt.boards.households import overdue
from crdt.display import display_line
from meshnode.cli.asking import Snapshot
from meshnode.cli.command import Json
from meshnode.cli.layout import columns
from meshnode.cli.moments import moment

WORDS = {"help": "NEEDS HELP", "unknown": "no word yet", "away": "away", "safe": "safe"}


@dataclass(frozen=True, slots=True)
class RosterLines:
    """Lines for one terminal at one moment."""

    known: Snapshot
    width: int

    @property
    def now_ms(self) -> int:
        """Now, in milliseconds."""
        return int(self.known.now().timestamp() * 1000)

    @property
    def unsure(self) -> bool:
        """Whether this node's clock may be wrong."""
        return self.known.status.get("clock") == "unsure"

    def mark(self, mark: Json) -> str:
        """One mark: "safe, said Ana 12 min ago (heard on radio: all four)"."""
        said = f"{WORDS[mark['word']]}, said {display_line(self.known.author(mark))} {self.age(mark)}"
        told = ": ".join(display_line(mark[key]) for key in ("how", "note") if mark[key])
        return f"{said} ({told})" if told else said

    def age(self, mark: Json) -> str:
        """How long ago a mark was made, and whether to ask again."""
        words = age_words(mark["at_ms"], self.now_ms, clock_unsure=self.unsure)
        return f"{words}, ask again" if age_of(mark["at_ms"], self.now_ms).is_old else words

    def how_it_is(self, marks: Sequence[Json]) -> list[str]:
        """Every current mark of a household, the most worrying first, each one line."""
        told = [self.mark(each) for each in marks]
        told[1:] = [f"but {each}" for each in told[1:]]
        return told + (["(a new mark settles it)"] if len({each["word"] for each in marks}) > 1 else [])

    def table(self, rows: Sequence[tuple[Json, Sequence[str]]], numbers: dict[str, str]) -> list[str]:
        """Households, each with some lines of its own beside its name."""
        cells: list[tuple[str, str, str]] = []
        for view, told in rows:
            first, *others = told or [""]
            cells.append((numbers[view["id"]], display_line(str(view["title"])) or "(no name)", first))
            cells += [("", "", each) for each in others]
        return columns(cells, self.width, flexible=2)

    def listed(self, views: Sequence[Json], numbers: dict[str, str]) -> list[str]:
        """Households, the worrying ones first."""
        return self.table([(view, self.how_it_is(view["marks"]) or [WORDS["unknown"]]) for view in views], numbers)

    def out(self, trip: Json) -> str:
        """Somebody who is out: "Jon, creek path, back by today 18:00"."""
        named = [display_line(trip[key]) for key in ("who", "where") if trip[key]]
        return ", ".join([*(named or ["the household"]), f"back by {moment(trip['back_ms'], self.known.now())}"])

    def late(self, views: Iterable[Json]) -> list[str]:
        """Who wanted to be back by now."""
        return [
            f"OVERDUE: {display_line(str(view['title']))}: {self.out(trip)}"
            for view in views
            for trip in overdue(view, self.now_ms)
        ]
