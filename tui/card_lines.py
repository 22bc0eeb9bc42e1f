"""CardLines: everything one task says, as lines for a given width.

Rules of this module:
1. Pure: from views, history and conflicts to lines; every foreign text is cleaned here.
2. A line that something can be done with has a key: `check:`, `value:`, `link:`, `note:` or `change:` and an id.
3. Copies are told only as far as they are proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from meshnode.api.schema import Json
from tui.entry_lines import EntryLines
from tui.entry_words import EntryWords, board_of
from tui.faces import claimers, column_of, in_one_line, is_task
from tui.glyphs import Glyphs
from tui.held import Held
from tui.history_words import history_text, value_text
from tui.moments import Clock, day, moment_or_doubt
from tui.note_lines import note_text, notes_of
from tui.painting import Piece
from tui.plain_text import clean, clean_lines, fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import knows, say

LABEL_CELLS = 9
MOMENT_CELLS = 9
LETTERS = "ab"
MOST_HISTORY = 200
"""Entries painted at once; a record may have 2,000."""


@dataclass(frozen=True, slots=True)
class CardLines:
    """Builds the lines of one card."""

    held: Held
    clock: Clock
    glyphs: Glyphs
    paint: Paint
    view: Json
    history: Sequence[Json]
    conflicts: Sequence[Json]

    def build(self, width: int) -> list[Line]:
        """All lines."""
        middle = self._task(width) if is_task(self.view) else self._entry(width)
        return [*self._conflicts(width), *middle, *self._copies(width), *self._history(width)]

    def _task(self, width: int) -> Iterator[Line]:
        yield from self._facts(width)
        yield from self._details(width)
        yield from self._checklist(width)
        yield from self._said("comments", width)
        yield from self._said("thanks", width)
        yield from self._links(width)
        yield from self._notes(width)

    def _entry(self, width: int) -> Iterator[Line]:
        """What an entry of another board says, as its board declares it."""
        board = board_of(self.view)
        if board is not None:
            words = EntryWords(self.held, self.clock, board, self.view)
            yield from EntryLines(words, self.paint).build(width)

    # -- parts ------------------------------------------------------------------------------------------------------

    def _facts(self, width: int) -> Iterator[Line]:
        view, paint = self.view, self.paint
        due = clean(str(view.get("due") or ""))
        status = column_of(view)
        style = paint.good if status == "done" else paint.strong
        yield self._fact(say("card.status"), say(f"status.{status}"), style)
        names = claimers(self.held, view)
        yield from self._wrapped(say("card.who"), in_one_line(names) or say("card.nobody"), width)
        yield self._fact(say("card.due"), f"{day(self.clock, due)}  ({due})" if due else say("card.no-due"), paint.text)
        for key in ("place", "copied"):
            if said := clean(str(view.get(key) or "")):
                yield from self._wrapped(say(f"card.{key}"), said, width)
        needed = view.get("people_needed")
        if isinstance(needed, int) and needed > 1:
            people = say("card.people-needed", needed=needed, count=len(names))
            yield self._fact(say("card.people"), people, paint.text)

    def _fact(self, label: str, text: str, style: Style) -> Line:
        return Line(((fit(label, LABEL_CELLS), self.paint.dim), (text, style)))

    def _wrapped(self, label: str, text: str, width: int) -> Iterator[Line]:
        for number, part in enumerate(wrap(text, width - LABEL_CELLS)):
            yield Line(((fit("" if number else label, LABEL_CELLS), self.paint.dim), (part, self.paint.text)))

    def _head(self, text: str) -> Iterator[Line]:
        yield Line()
        yield Line(((text, self.paint.strong),))

    def _details(self, width: int) -> Iterator[Line]:
        details = str(self.view.get("details") or "")
        if not details.strip():
            return
        yield from self._head(say("card.details"))
        for each in clean_lines(details):
            for part in wrap(each, width - 2):
                yield Line(((f"  {part}", self.paint.text),))

    def _checklist(self, width: int) -> Iterator[Line]:
        items = [each for each in self.view.get("checklist") or () if isinstance(each, dict)]
        if not items:
            return
        yield from self._head(say("card.checklist-keys"))
        for item in items:
            box = f"[{self.glyphs.done if item.get('done') else ' '}] "
            ticked = item.get("ticked")
            by = f"  ({self.held.who(ticked)})" if isinstance(ticked, dict) else ""
            for number, part in enumerate(wrap(clean(str(item.get("text") or "")) + by, width - 6)):
                key = f"check:{item.get('id')}" if number == 0 else None
                yield Line(((f"  {box if number == 0 else '    '}{part}", self.paint.text),), key)

    def _said(self, name: str, width: int) -> Iterator[Line]:
        said = [each for each in self.view.get(name) or () if isinstance(each, dict)]
        if not said:
            return
        yield from self._head(say(f"card.{name}"))
        for each in said:
            at_ms = each.get("at_ms")
            when = moment_or_doubt(self.clock, at_ms) if isinstance(at_ms, int) else ""
            name_piece = say("card.said", name=self.held.who(each), when=when)
            yield Line(((f"  {name_piece}", self.paint.dim),))
            for paragraph in clean_lines(str(each.get("text") or "")):
                for part in wrap(paragraph, width - 4):
                    yield Line(((f"    {part}", self.paint.text),))

    def _links(self, width: int) -> Iterator[Line]:
        links = [each for each in self.view.get("links") or () if isinstance(each, dict)]
        if not links:
            return
        yield from self._head(say("card.links"))
        for each in links:
            record = str(each.get("record") or "")
            title = clean(str(self.held.records.get(record, {}).get("title") or "")) or say("card.gone")
            relation = clean(str(each.get("relation") or ""))
            yield Line(((f"  {relation}: {title}", self.paint.text),), f"link:{record}")

    def _notes(self, width: int) -> Iterator[Line]:
        notes = notes_of(self.held, str(self.view.get("id")))
        if notes:
            yield from self._head(say("note.head"))
        for note in notes:
            for number, part in enumerate(wrap(note_text(self.held, note), width - 4)):
                key = f"note:{note.get('id')}" if number == 0 else None
                yield Line(((f"  {part}" if number == 0 else f"    {part}", self.paint.text),), key)

    def _copies(self, width: int) -> Iterator[Line]:
        yield Line()
        yield from self._wrapped(say("card.copies"), copies_text(self.held), width)

    # -- conflicts --------------------------------------------------------------------------------------------------

    def _conflicts(self, width: int) -> Iterator[Line]:
        for number, conflict in enumerate(self.conflicts):
            field = str(conflict.get("field") or "")
            head = say("conflict.head", sign=self.glyphs.conflict, field=field_name(field))
            yield Line(((head, self.paint.conflict),))
            if number == 0:
                for part in wrap(say("conflict.why"), width):
                    yield Line(((part, self.paint.text),))
            for at, value in enumerate(conflict.get("values") or ()):
                yield from self._value(field, number, at, value, width)
        if self.conflicts:
            for part in wrap(say("conflict.how"), width - 3):
                yield Line(((f"   {part}", self.paint.dim),))
            yield Line()

    def _value(self, field: str, number: int, at: int, value: Json, width: int) -> Iterator[Line]:
        letter = LETTERS[at] if number == 0 and at < len(LETTERS) else self.glyphs.bullet
        at_ms = value.get("at_ms")
        when = moment_or_doubt(self.clock, at_ms) if isinstance(at_ms, int) else ""
        who = say("conflict.value-low", name=self.held.who(value), when=when)
        shown = value_text(self.held, self.clock, field, value.get("value")) or say("conflict.empty")
        for part_number, part in enumerate(wrap(shown, width - 7)):
            start = f"   {letter}   " if part_number == 0 else " " * 7
            pieces: list[Piece] = [(start, self.paint.strong), (part, self.paint.strong)]
            yield Line(tuple(pieces), f"value:{number}:{at}" if part_number == 0 else None)
        yield Line(((f"       {who}", self.paint.dim),))

    # -- history ----------------------------------------------------------------------------------------------------

    def _history(self, width: int) -> Iterator[Line]:
        if not self.history:
            return
        yield from self._head(say("card.history" if width > 60 else "card.history-short"))
        for entry in self.history[:MOST_HISTORY]:
            at_ms = entry.get("at_ms")
            received = entry.get("received_ms")
            when = moment_or_doubt(self.clock, at_ms, received) if isinstance(at_ms, int) else ""
            who = self.held.who(entry)
            text = history_text(self.held, self.clock, self.glyphs, entry)
            room = max(MOMENT_CELLS, cell_len(when))
            for number, part in enumerate(wrap(say("history.line", who=who, what=text), width - room - 4)):
                key = f"change:{entry.get('change')}" if number == 0 else None
                shown = f"  {fit(when if number == 0 else '', room)}  "
                yield Line(((shown, self.paint.dim), (part, self.paint.text)), key)


def field_name(field: str) -> str:
    """How a field is called in a sentence."""
    return say(f"field.{field}") if knows(f"field.{field}") else clean(field)


def copies_text(held: Held) -> str:
    """Where this is, as far as the node can prove it."""
    peers = held.peers
    if not peers:
        return say("copies.alone")
    lacking = [peer for peer in peers if peer.get("they_lack")]
    unknown = [peer for peer in peers if peer.get("they_lack") is None]
    if not lacking and not unknown:
        return say("copies.all", nodes=_names(held, peers))
    if lacking:
        return say("copies.some", nodes=_names(held, lacking))
    return say("copies.unknown", nodes=_names(held, unknown))


def _names(held: Held, peers: Sequence[Json]) -> str:
    return ", ".join(sorted((held.device_name(peer.get("device")) for peer in peers), key=str.casefold))
