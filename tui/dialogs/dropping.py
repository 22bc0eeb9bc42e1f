"""Dropping: what became of a device that is given up: retired, lost or stolen; or it is kept after all.

Rules of this module:
1. Enter keeps it: giving a device up cannot be taken back.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.dialogs.dialog import Choices, Dialog
from tui.wording import say


class Dropping(Dialog[str]):
    """The question; the answer is why, or nothing."""

    WHYS: ClassVar = ("", "retired", "lost", "stolen")
    AUTO_FOCUS = "Choices"

    def __init__(self, device: str) -> None:
        super().__init__()
        self._device = device

    def compose(self) -> ComposeResult:
        """What it means, and four words."""
        words = [say(f"devices.drop-{why or 'keep'}") for why in self.WHYS]
        with VerticalScroll(classes="dialog asking", can_focus=False) as box:
            self.frame(box, say("devices.drop-title", device=self._device))
            yield Static(say("devices.drop-text"), markup=False)
            yield Static("", markup=False)
            yield Choices(words, self.mesh.glyphs, self.mesh.paint)
            yield Static(say("devices.drop-keys"), markup=False)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Enter answers."""
        self.dismiss(self.WHYS[message.number])
