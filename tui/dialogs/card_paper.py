"""CardPaper: the key card on the screen, to be written down, printed, or put into a file.

Rules of this module:
1. It is shown only after a yes that said what the card is, and only while this window is open.
2. What stands here is in no log, in no picture that the screen saves, and never goes over the node's socket.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from meshnode.cards.paper import KeyCard
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, LIST_KEYS, bind
from tui.plain_text import clean, wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import say

PRINT, FILE, CHECK = "print", "file", "check"


class CardPaper(Dialog[str]):
    """Eight lines of four words; the answer is what is wanted next, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("paper.print", "p", f"next('{PRINT}')", "paper-print", display="p"),
        bind("paper.file", "f", f"next('{FILE}')", "paper-file", display="f"),
        bind("paper.check", "c", f"next('{CHECK}')", "paper-check", display="c"),
        *LIST_KEYS,
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = "CardPaper LineList { width: 66; max-width: 100%; height: 100%; max-height: 20; }"

    def __init__(self, card: KeyCard) -> None:
        super().__init__()
        self._card = card

    def compose(self) -> ComposeResult:
        """One list of lines."""
        title = say("paper.of", name=clean(self._card.name))
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=title)

    def on_mount(self) -> None:
        """Draw."""
        self.call_after_refresh(self.query_one(LineList).rebuild)

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines = [Line(((part, paint.text),)) for part in wrap(say("paper.write-down"), width)]
        lines.append(Line())
        lines += [Line(((f"   {number}  {line}", paint.strong),)) for number, line in enumerate(self._card.lines, 1)]
        lines.append(Line())
        return lines + [Line(((part, paint.text),)) for part in wrap(say("paper.keys"), width)]

    def action_up(self) -> None:
        """Read on above."""
        self.query_one(LineList).move(-1)

    def action_down(self) -> None:
        """Read on below."""
        self.query_one(LineList).move(1)

    def action_page(self, step: int) -> None:
        """A page of lines."""
        self.query_one(LineList).page(step)

    def action_end(self, last: bool) -> None:
        """To the first or the last line."""
        self.query_one(LineList).end(last)

    def action_next(self, what: str) -> None:
        """Print it, put it into a file, or try what was written down."""
        self.dismiss(what)
