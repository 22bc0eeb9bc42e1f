"""EntryLines: the middle of any entry's card: facts, texts, and what people said, as lines for a given width.

Rules of this module:
1. Pure, and about no board in particular: what there is to say, the board declares (`entry_words`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui.entry_words import EntryWords
from tui.plain_text import fit, wrap
from tui.themes import Paint
from tui.widgets.line_list import Line
from tui.wording import say

LABEL_CELLS = 18
NARROW_LABEL_CELLS = 12
NARROW_CELLS = 60


@dataclass(frozen=True, slots=True)
class EntryLines:
    """Builds the lines of one entry."""

    words: EntryWords
    paint: Paint

    def build(self, width: int) -> Iterator[Line]:
        """Facts, texts, and what was said."""
        label_cells = LABEL_CELLS if width >= NARROW_CELLS else NARROW_LABEL_CELLS
        for label, value in self.words.facts():
            for number, part in enumerate(wrap(value, width - label_cells)):
                named = fit("" if number else label, label_cells)
                yield Line(((named, self.paint.dim), (part, self.paint.text)))
        for label, text in self.words.texts():
            yield from self._head(label)
            for each in text:
                for part in wrap(each, width - 2):
                    yield Line(((f"  {part}", self.paint.text),))
        for label, entries in self.words.said():
            yield from self._head(label)
            for name, when, said in entries:
                yield Line(((f"  {say('card.said', name=name, when=when)}", self.paint.dim),))
                for part in wrap(said, width - 4):
                    yield Line(((f"    {part}", self.paint.text),))

    def _head(self, text: str) -> Iterator[Line]:
        yield Line()
        yield Line(((text, self.paint.strong),))
