"""CardPaper: the key card on the screen, to be written down, printed, or put into a file.

Rules of this module:
1. It is shown only after a yes that said what the card is, and only while this window is open.
2. What stands here is in no log, in no picture that the screen saves, and never goes over the node's socket.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from meshnode.cards.paper import KeyCard
from tui.dialogs.list_dialog import ListDialog
from tui.keymap import DIALOG_KEYS, LIST_KEYS, bind
from tui.plain_text import clean, wrap
from tui.widgets.line_list import Line
from tui.wording import say

PRINT, FILE, CHECK = "print", "file", "check"


class CardPaper(ListDialog[str]):
    """Eight lines of four words; the answer is what is wanted next, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("paper.print", "p", f"next('{PRINT}')", "paper-print", display="p"),
        bind("paper.file", "f", f"next('{FILE}')", "paper-file", display="f"),
        bind("paper.check", "c", f"next('{CHECK}')", "paper-check", display="c"),
        *LIST_KEYS,
        *DIALOG_KEYS,
    ]
    DEFAULT_CSS = "CardPaper LineList { width: 66; max-width: 100%; height: 100%; max-height: 20; }"

    def __init__(self, card: KeyCard) -> None:
        super().__init__(say("paper.of", name=clean(card.name)))
        self._card = card

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines = [Line(((part, paint.text),)) for part in wrap(say("paper.write-down"), width)]
        lines.append(Line())
        lines += [Line(((f"   {number}  {line}", paint.strong),)) for number, line in enumerate(self._card.lines, 1)]
        lines.append(Line())
        return lines + [Line(((part, paint.text),)) for part in wrap(say("paper.keys"), width)]

    def action_next(self, what: str) -> None:
        """Print it, put it into a file, or try what was written down."""
        self.dismiss(what)
