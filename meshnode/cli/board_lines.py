"""Lines of any board: its entries in a list, one entry whole, made from what the board declares.

Rules of this module:
1. Nothing about a particular board stands here, but how each kind of field is shown.
2. Lists are ordered by the board: state, day, title; never by a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crdt.board import Board
from crdt.dates import Day, Moment
from crdt.display import display_line
from crdt.fields import Member, Prose
from meshnode.cli.asking import Snapshot
from meshnode.cli.command import Json
from meshnode.cli.entries import field_name
from meshnode.cli.layout import columns, prose
from meshnode.cli.moments import civil_day, claimed, moment
from meshnode.wording import listed

STATE_WORDS = {"aside": "set aside", "help": "needs help", "unknown": "no word yet"}
"""States whose word is not what people say."""


def state_word(state: str) -> str:
    """A state as people say it."""
    return STATE_WORDS.get(state, state.replace("_", " "))


def title_of(board: Board, view: Json) -> str:
    """What an entry is called, also where it has no title."""
    return display_line(board.summary(view)) or "(no title)"


@dataclass(frozen=True, slots=True)
class BoardLines:
    """The lines of one board, for one terminal at one moment."""

    board: Board
    known: Snapshot
    width: int
    now: datetime
    """As the neighbourhood's clocks show it."""

    @property
    def today(self) -> str:
        """The civil day that states are derived for."""
        return self.now.date().isoformat()

    def listed(self, views: Sequence[Json], numbers: dict[str, str]) -> list[str]:
        """Entries in their order, one state below the other."""
        rows = [self.row(view, numbers[view["id"]]) for view in views]
        lines: list[str] = []
        shown = ""
        for view, text in zip(views, columns(rows, self.width, flexible=1), strict=True):
            state = self.board.state(view, self.today)
            if state != shown:
                lines += [""] if lines else []
                lines.append(state_word(state).upper())
                shown = state
            lines.append(text)
        return lines

    def row(self, view: Json, number: str) -> list[str]:
        """An entry as the cells of a line: number, title, and what the board shows beside it."""
        remarks = [self._remark(view, key) for key in self.board.row]
        if view.get("conflicts"):
            remarks.append("two versions of " + ", ".join(map(field_name, view["conflicts"])))
        if view.get("newer"):
            remarks.append("needs a newer version")
        return [number, title_of(self.board, view), "; ".join(remark for remark in remarks if remark)]

    def entry(self, view: Json, number: str) -> list[str]:
        """One entry whole, as people read it."""
        lines = columns([(number, title_of(self.board, view))], self.width, indent=0)
        lines += columns([fact for fact in self._facts(view) if fact[1]], self.width, flexible=1)
        if view.get("newer"):
            lines.append("  This needs a newer version of meshnode to be shown whole.")
        for declared in self.board.kind.fields:
            if isinstance(declared, Prose) and view.get(declared.key):
                lines += ["", *prose(str(view[declared.key]), self.width)]
        for key in self.board.said:
            lines += self._said(self._label(key), view.get(key) or ())
        return lines

    def _facts(self, view: Json) -> list[tuple[str, str]]:
        facts = [("State", state_word(self.board.state(view, self.today)))]
        facts += [(self._label(key), self._value(view, key)) for key in self.board.facts]
        facts += [("Sealed", self._sealed(field, sealed)) for field, sealed in (view.get("sealed") or {}).items()]
        facts.append(("Written", self._stamp(view["created"])))
        facts.append(("Changed", self._stamp(view["changed"]) if view["changes"] > 1 else ""))
        return facts

    def _value(self, view: Json, key: str) -> str:
        """What an entry says under a key, on one line; "" for nothing."""
        value = view.get(key)
        match self.board.kind.index.get(key), value:
            case _, None | "" | 0 | False | [] | {}:
                return ""
            case Day(), str():
                return civil_day(value, self.now.date())
            case Moment(), int():
                return moment(value, self.now)
            case Member(), str():
                return display_line(self.known.name(value))
            case _, list() if all(isinstance(each, dict) and "member" in each for each in value):
                return self.known.authors(value)
            case _, list():
                return ", ".join(display_line(str(each)) for each in value)
            case _, dict():
                return ""
            case _:
                return display_line(str(value))

    def _remark(self, view: Json, key: str) -> str:
        said, declared = self._value(view, key), self.board.kind.index.get(key)
        return f"{self._label(key).lower()} {said}" if said and isinstance(declared, Day | Moment) else said

    def _label(self, key: str) -> str:
        """What a key is called: its field's title, or its own words."""
        declared = self.board.kind.index.get(key)
        return declared.title if declared else field_name(key).capitalize()

    def _said(self, title: str, entries: Sequence[Json]) -> list[str]:
        lines = ["", f"{title}:"] if entries else []
        for each in entries:
            lines.append(f"  {display_line(self.known.author(each))}, {claimed(each['at_ms'], self.now)}:")
            lines += prose(str(each.get("text") or ""), self.width, indent=4)
        return lines

    def _sealed(self, field: str, sealed: Json) -> str:
        """That something is sealed, and for whom; never what it says."""
        names = sorted((self.known.name(member) for member in sealed.get("for", ())), key=str.casefold)
        return f"{field_name(field)}, for {listed(names)}"

    def _stamp(self, entry: Json) -> str:
        return f"{claimed(entry['at_ms'], self.now)} by {self.known.author(entry)}"


def conflict_lines(word: str, conflicts: list[Json], number: str, known: Snapshot, now: datetime) -> list[str]:
    """Both values of every disputed field, who wrote which, and how to settle it."""
    lines: list[str] = []
    for conflict in conflicts:
        field = str(conflict["field"])
        lines += ["", f"Two versions of {field_name(field)}: people changed it while apart. Nothing is lost."]
        lines += columns(
            [
                (str(each["value"]) or "(empty)", f"{known.author(each)}, {claimed(each['at_ms'], now)}")
                for each in conflict["values"]
            ],
            100,
            flexible=0,
        )
        lines.append(f"  Settle it: meshnode {word} edit {number} --{field.replace('_', '-')} VALUE")
    return lines
