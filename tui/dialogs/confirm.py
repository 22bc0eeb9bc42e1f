"""Confirm and Tell: a question with yes and no, and a sentence to be read.

Rules of this module:
1. A question says what a yes does. Esc is always no; of what cannot be taken back, Enter is no, too.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.dialogs.dialog import Choices, Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.wording import say


class Confirm(Dialog[bool]):
    """A question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("dialog.yes", "y,Y", "answer(True)", "yes", display="y"),
        bind("dialog.no", "n,N", "answer(False)", "no", display="n"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "Choices"

    def __init__(self, title: str, text: str, *, for_ever: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._for_ever = for_ever

    def compose(self) -> ComposeResult:
        """Text, and two words."""
        choices = Choices([say("key.yes"), say("key.no")], self.mesh.glyphs, self.mesh.paint)
        choices.number = int(self._for_ever)
        with VerticalScroll(classes="dialog asking", can_focus=False) as box:
            self.frame(box, self._title)
            yield Static(self._text, markup=False)
            yield Static("", markup=False)
            yield choices
            yield Static(say("confirm.for-ever" if self._for_ever else "confirm.keys"), markup=False)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Enter answers."""
        self.dismiss(message.number == 0)

    def action_answer(self, yes: bool) -> None:
        """A letter answers."""
        self.dismiss(yes)


class Tell(Dialog[None]):
    """A sentence that is too long for the key bar, or too weighty."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("dialog.read", "enter,space", "close", "close", display="Enter"),
        *DIALOG_KEYS,
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The sentence."""
        with VerticalScroll(classes="dialog asking", can_focus=False) as box:
            self.frame(box, self._title)
            yield Static(self._text, markup=False)
            yield Static("", markup=False)
            yield Static(say("tell.ok"), markup=False)
