"""CardTyping: a key card typed line by line, each line checked while the card is at hand.

Rules of this module:
1. A mistake is named with its line, and what was typed of that line stays to be mended.
2. Nothing of what is typed is kept once the window closes; lines that are right are shown no more.
"""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from meshnode.cards.paper import LINES, CardEntry, typed_text
from meshnode.errors import BadInput
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS
from tui.plain_text import clean
from tui.widgets.line_entry import LineEntry
from tui.wording import say


class CardTyping(Dialog[str]):
    """Eight lines; the answer is the whole card, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*DIALOG_KEYS]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._entry = CardEntry()

    def compose(self) -> ComposeResult:
        """One line at a time."""
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            self.frame(box, self._title)
            yield Static("", markup=False, id="so-far")
            entry = LineEntry("", id="line", select_on_focus=False)
            entry.cursor_blink = False
            self.frame(entry, say("paper.line"), say("paper.line-hint"))
            yield entry
            yield Static("", markup=False, classes="error-line", id="refusal")
            yield Static(say("paper.typing-keys"), markup=False)

    def on_mount(self) -> None:
        """Begin with the first line."""
        self._say("")
        self.query_one("#line").focus()

    def _say(self, refusal: str) -> None:
        self.query_one("#so-far", Static).update(Text(say("paper.so-far", number=self._entry.next_line, lines=LINES)))
        line = self.query_one("#refusal", Static)
        line.update(Text(clean(refusal)))
        line.display = bool(refusal)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        try:
            self._entry.take(event.value)
        except BadInput as mistake:
            self._say(mistake.sentence)
            return
        if self._entry.is_whole:
            self.dismiss(typed_text(self._entry))
            return
        self.query_one("#line", Input).value = ""
        self._say("")
