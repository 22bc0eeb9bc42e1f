"""Promise: what a yes means, to be read before it: what is seen, what could be stolen, what cannot be taken back.

Rules of this module:
1. The cursor starts on No: a second Enter by habit founds nothing.
2. While the node works, the yes cannot be given twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from meshnode import wording
from tui.dialogs.dialog import Choices, Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import say

Section = tuple[str, Sequence[str]]


def meaning_of(effect: Sequence[str]) -> list[Section]:
    """What joining or starting a neighbourhood means: its effect, and what is so for everybody."""
    return [
        ("", effect),
        (wording.SEEN_TITLE, wording.SEEN),
        (wording.STOLEN_TITLE, wording.STOLEN),
        (wording.FOR_EVER_TITLE, wording.FOR_EVER),
        ("", (say("promise.later"),)),
    ]


class Promise(Dialog[str]):
    """Sections to read, and yes or no. The answer is a refusal's sentence, BACK or DONE."""

    BACK: ClassVar = "back"
    DONE: ClassVar = "done"
    """What `accept` answers where this window is to close after a yes that worked."""
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("promise.up", "up,k", "scroll(-1)", "up", display="Up", priority=True),
        bind("promise.down", "down,j", "scroll(1)", "down", display="Down", priority=True),
        bind("promise.page-up", "pageup", "scroll(-5)", "page-up", display="PgUp"),
        bind("promise.page-down", "pagedown", "scroll(5)", "page-down", display="PgDn"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "Choices"
    DEFAULT_CSS = "Promise #promise { width: 76; max-width: 100%; height: 100%; max-height: 38; }"

    def __init__(
        self, title: str, sections: Sequence[Section], yes: str, accept: Callable[[], Awaitable[str | None]]
    ) -> None:
        super().__init__()
        self._title = title
        self._sections = sections
        self._yes = yes
        self._accept = accept
        self._busy = False

    def compose(self) -> ComposeResult:
        """What to read, and two words."""
        with Vertical(id="promise"):
            lines = LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=self._title)
            lines.can_focus = False
            yield lines
            choices = Choices([self._yes, say("promise.no")], self.mesh.glyphs, self.mesh.paint)
            choices.number = 1
            yield choices

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines: list[Line] = []
        for title, sentences in self._sections:
            if lines:
                lines.append(Line())
            if title:
                lines.append(Line(((title, paint.title_focus),)))
            for sentence in sentences:
                for number, part in enumerate(wrap(sentence, width - 2)):
                    mark = self.mesh.glyphs.bullet if number == 0 else " "
                    lines.append(Line(((f"{mark} {part}", paint.text),)))
        return lines

    def action_scroll(self, step: int) -> None:
        """Read on."""
        self.query_one(LineList).scroll_lines(step)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """The yes or the no."""
        if message.number == 1:
            self.dismiss(self.BACK)
        elif not self._busy:
            self._busy = True
            self.query_one(LineList).retitle(say("promise.working"))
            self.run_worker(self._say_yes())

    async def _say_yes(self) -> None:
        """After a yes that worked, the app goes on to the board, which closes this."""
        refusal = await self._accept()
        if refusal is not None:
            self.dismiss(refusal)

    def action_close(self) -> None:
        """Esc is no, unless the yes is on its way."""
        if not self._busy:
            self.dismiss(self.BACK)
