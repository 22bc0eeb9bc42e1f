"""AlarmLines: an alarm as it covers the screen: what, where, who raised it, and how far it has come.

Rules of this module:
1. Pure. The most important line stands first: at the smallest size it is the one that is seen.
2. Nothing is called reached that is not proved; a node that is not proved to hold it is called not known, never missed.
3. A drill says so in words, first and last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from meshnode.api.schema import Json
from tui.alarm_facts import age, own_words, what_of
from tui.faces import in_one_line
from tui.glyphs import Glyphs
from tui.held import Held
from tui.moments import Clock
from tui.plain_text import clean, clean_lines, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import counted, say


@dataclass(frozen=True, slots=True)
class AlarmLines:
    """Builds the lines of one alarm."""

    held: Held
    clock: Clock
    glyphs: Glyphs
    paint: Paint
    view: Json
    reach: Json | None
    """The node's answer to how far it has come; None before there is one."""

    def build(self, width: int) -> list[Line]:
        """All of it."""
        if not self.view:
            return list(self._wrapped(say("alarm.gone"), width, self.paint.text))
        return [
            *self._head(width),
            Line(),
            *self._facts(width),
            Line(),
            *self._reached(width),
            *self._comments(width),
        ]

    def _head(self, width: int) -> Iterator[Line]:
        drill = bool(self.view.get("drill"))
        key = "alarm.head-drill" if drill else "alarm.head"
        style = self.paint.drill if drill else self.paint.error
        yield self._centred(say(key, sign=self.glyphs.warning, what=what_of(self.view)), width, style)
        for part in wrap(own_words(self.view), width):
            yield self._centred(part, width, self.paint.strong)

    def _centred(self, text: str, width: int, style: Style) -> Line:
        before = max(0, (width - cell_len(text)) // 2)
        return Line(((fit(" " * before + text, width, self.glyphs.ellipsis), style),))

    def _wrapped(self, text: str, width: int, style: Style) -> Iterator[Line]:
        for part in wrap(text, width):
            yield Line(((part, style),))

    def _facts(self, width: int) -> Iterator[Line]:
        view = self.view
        for key in ("place", "needs"):
            if said := clean(str(view.get(key) or "")):
                yield from self._wrapped(say(f"alarm.{key}", **{key: said}), width, self.paint.strong)
        for mark in view.get("marks") or ():
            yield from self._wrapped(self._mark(mark), width, self.paint.text)
        if view.get("contradicted"):
            yield from self._wrapped(say("alarm.both"), width, self.paint.conflict)
        if view.get("drill"):
            yield from self._wrapped(say("alarm.is-drill"), width, self.paint.pending)

    def _mark(self, mark: Json) -> str:
        said = {"name": self.held.who(mark), "age": age(self.held, self.clock, mark.get("at_ms"))}
        if mark.get("word") != "down":
            return say("alarm.raised", **said)
        people = clean(str(mark.get("how") or ""))
        return say("alarm.stood-down-with", people=people, **said) if people else say("alarm.stood-down", **said)

    def _reached(self, width: int) -> Iterator[Line]:
        text = self.paint.text
        yield Line(((say("alarm.reach"), self.paint.strong),))
        if self.reach is None:
            yield from self._wrapped(say("alarm.reach-asking"), width, text)
        else:
            on = self._nodes("on")
            line = counted("alarm.on", len(on), names=in_one_line(on)) if on else say("alarm.only")
            yield from self._wrapped(line, width, self.paint.good if on else self.paint.pending)
            if unknown := self._nodes("not_proved"):
                yield from self._wrapped(say("alarm.not-proved", names=in_one_line(unknown)), width, text)
        for key in ("seen", "going"):
            people = self._people(key)
            line = say(f"alarm.{key}", names=in_one_line(people)) if people else say(f"alarm.{key}-nobody")
            yield from self._wrapped(line, width, text)

    def _nodes(self, key: str) -> list[str]:
        return [clean(str(each.get("name") or "")) for each in (self.reach or {}).get(key) or ()]

    def _people(self, key: str) -> list[str]:
        named = []
        for each in self.view.get(key) or ():
            name, note = self.held.who(each), clean(str(each.get("note") or ""))
            named.append(say("alarm.with-note", name=name, note=note) if note else name)
        return sorted(named, key=str.casefold)

    def _comments(self, width: int) -> Iterator[Line]:
        for each in self.view.get("comments") or ():
            said = " ".join(clean_lines(str(each.get("text") or "")))
            name, ago = self.held.who(each), age(self.held, self.clock, each.get("at_ms"))
            yield from self._wrapped(say("alarm.comment", name=name, age=ago, text=said), width, self.paint.text)
