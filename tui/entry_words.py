"""EntryWords: what one entry of any board says, in words, made from what the board declares.

Rules of this module:
1. One fact a line, its name first: whoever listens knows what comes.
2. Foreign words are cleaned here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crdt.board import Board
from crdt.boards.shelf import BOARDS
from crdt.dates import Day, Moment
from crdt.fields import Member, Prose
from meshnode.api.schema import Json
from tui.held import Held
from tui.language import translated
from tui.moments import Clock, day, moment, moment_or_doubt
from tui.plain_text import clean, clean_lines
from tui.wording import knows, say


def board_of(view: Json) -> Board | None:
    """The board that an entry stands on."""
    return next((board for board in BOARDS.values() if board.kind.name == view.get("kind")), None)


@dataclass(frozen=True, slots=True)
class EntryWords:
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

    def facts(self) -> Iterator[tuple[str, str]]:
        """Name and value of everything short that it says."""
        yield say("card.status"), self.state
        for key in self.board.facts:
            if value := self._value(key):
                yield self._label(key), value
        for name, sealed in (self.view.get("sealed") or {}).items():
            names = sorted((self.held.member_name(each) for each in sealed.get("for") or ()), key=str.casefold)
            yield clean(str(name)).capitalize(), say("entry.sealed", people=", ".join(names))

    def texts(self) -> Iterator[tuple[str, list[str]]]:
        """Name and lines of every longer text."""
        for declared in self.board.kind.fields:
            if isinstance(declared, Prose) and str(self.view.get(declared.key) or "").strip():
                yield translated(declared.title), clean_lines(str(self.view[declared.key]))

    def said(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        """Name of every group of what people said, with who, when and what of each."""
        for key in self.board.said:
            if entries := self._dicts(key):
                yield self._label(key), [self._one(each) for each in entries]

    def _one(self, each: Json) -> tuple[str, str, str]:
        at_ms = each.get("at_ms")
        when = moment_or_doubt(self.clock, at_ms) if isinstance(at_ms, int) else ""
        return self.held.who(each), when, " ".join(clean_lines(str(each.get("text") or "")))

    def lines(self) -> Iterator[str]:
        """It whole, one thing a line."""
        yield self.title
        for label, value in self.facts():
            yield say("plain.fact", label=label, value=value)
        for label, text in self.texts():
            yield say("plain.head", label=label)
            yield from text
        for number, item in enumerate(self._dicts("checklist"), 1):
            done = say("plain.ticked" if item.get("done") else "plain.not-ticked")
            yield f"{number}  {clean(str(item.get('text') or ''))}: {done}"
        for label, entries in self.said():
            yield say("plain.head", label=label)
            for name, when, words in entries:
                yield say("plain.said", name=name, when=when, text=words)

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
