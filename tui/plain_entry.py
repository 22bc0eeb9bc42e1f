"""PlainEntry: one entry of any board as spoken lines, made from what the board declares.

Rules of this module:
1. One fact a line, its name first: whoever listens knows what comes.
2. Foreign words are cleaned here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crdt.board import Board
from crdt.dates import Day, Moment
from crdt.fields import Member, Prose
from meshnode.api.schema import Json
from tui.held import Held
from tui.language import translated
from tui.moments import Clock, day, moment, moment_or_doubt
from tui.plain_text import clean, clean_lines
from tui.wording import knows, say


@dataclass(frozen=True, slots=True)
class PlainEntry:
    """What one entry says."""

    held: Held
    clock: Clock
    board: Board
    view: Json

    @property
    def title(self) -> str:
        """What it is called."""
        return clean(self.board.summary(self.view)) or say("task.untitled")

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        state = self.board.state(self.view, self.clock.today().isoformat())
        return say(f"state.{state}") if knows(f"state.{state}") else state.replace("_", " ")

    def row(self) -> str:
        """It in one line."""
        said = [f"{self._label(key)} {value}" for key in self.board.row if (value := self._value(key))]
        return ". ".join([self.title, self.state, *said])

    def lines(self) -> Iterator[str]:
        """It whole."""
        yield self.title
        yield say("plain.fact", label=say("card.status"), value=self.state)
        for key in self.board.facts:
            if value := self._value(key):
                yield say("plain.fact", label=self._label(key), value=value)
        for declared in self.board.kind.fields:
            if isinstance(declared, Prose) and str(self.view.get(declared.key) or "").strip():
                yield say("plain.head", label=translated(declared.title))
                yield from clean_lines(str(self.view[declared.key]))
        for number, item in enumerate(self._dicts("checklist"), 1):
            done = say("plain.ticked" if item.get("done") else "plain.not-ticked")
            yield f"{number}  {clean(str(item.get('text') or ''))}: {done}"
        for key in self.board.said:
            yield from self._said(key)
        for name, sealed in (self.view.get("sealed") or {}).items():
            names = sorted((self.held.member_name(each) for each in sealed.get("for") or ()), key=str.casefold)
            yield say("plain.sealed", label=clean(str(name)), people=", ".join(names))

    def _said(self, key: str) -> Iterator[str]:
        for number, each in enumerate(self._dicts(key)):
            if number == 0:
                yield say("plain.head", label=self._label(key))
            at_ms = each.get("at_ms")
            when = moment_or_doubt(self.clock, at_ms) if isinstance(at_ms, int) else ""
            text = " ".join(clean_lines(str(each.get("text") or "")))
            yield say("plain.said", name=self.held.who(each), when=when, text=text)

    def _dicts(self, key: str) -> list[Json]:
        found = self.view.get(key)
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def _label(self, key: str) -> str:
        declared = self.board.kind.index.get(key)
        return translated(declared.title) if declared else key.replace("_", " ").capitalize()

    def _value(self, key: str) -> str:
        """What stands under a key, in words; "" for nothing."""
        value = self.view.get(key)
        match self.board.kind.index.get(key), value:
            case _, None | "" | 0 | False | [] | {}:
                return ""
            case Day(), str():
                return day(self.clock, value)
            case Moment(), int():
                return moment(self.clock, value)
            case Member(), str():
                return self.held.member_name(value)
            case _, list():
                people = [self.held.who(each) for each in value if isinstance(each, dict)]
                return ", ".join(sorted(people, key=str.casefold))
            case _, dict():
                return ""
            case _:
                return clean(str(value))
