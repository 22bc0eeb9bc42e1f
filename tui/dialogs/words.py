"""WordsDialog: three words to say aloud, the time they are still good for, and what came of them.

Rules of this module:
1. The words are good only while they stand here: closing the window closes the node's, too.
2. What is shown of tries and time is the node's answer of this second, never a guess.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.dialogs.dialog import Dialog
from tui.dialogs.invite import reachable
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import clean, wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import counted, say

LOOK_SECONDS = 1.0


class WordsDialog(Dialog[None]):
    """One window for spoken words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("words.new", "n", "renew", "new-words", display="n"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = "WordsDialog LineList { width: 66; max-width: 100%; height: 100%; max-height: 20; }"

    def __init__(self, window: Json) -> None:
        super().__init__()
        self._window = window
        self._words: list[str] = list(window.get("words") or ())
        self._away = False
        self._wrong = False

    def compose(self) -> ComposeResult:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say("words.title"))

    def on_mount(self) -> None:
        """Draw, and ask the node every second how it stands."""
        self.call_after_refresh(self._repaint)
        self.set_interval(LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        if self._window.get("came") or self._window.get("back"):
            return
        try:
            window = await self.mesh.feed.ask("window")
        except MeshnodeError:
            self._away = True
        else:
            fewer = int(window.get("tries_left") or 0) < int(self._window.get("tries_left") or 0)
            self._away, self._wrong = False, self._wrong or fewer
            self._window = window
        self._repaint()

    def _repaint(self) -> None:
        self.query_one(LineList).rebuild()

    # -- lines ------------------------------------------------------------------------------------------------------

    def _build(self, width: int) -> list[Line]:
        state, esc = str(self._window.get("state")), say("invite.esc")
        if self._away:
            return self._wrapped(say("words.away"), width)
        if state == "matched":
            came = clean(", ".join(str(each) for each in self._window.get("came") or ()))
            back = clean(str(self._window.get("back") or ""))
            if came or back:
                said = say("words.came", names=came) if came else say("words.back", name=back)
                return [*self._wrapped(said, width), Line(), *self._wrapped(esc, width)]
            matched, stay = say("words.matched"), say("words.matched-esc")
            return [*self._wrapped(matched, width), Line(), *self._wrapped(stay, width)]
        if state != "open" or self._window.get("words") != self._words:
            ended = state if state in {"guessed", "over"} else "closed"
            return [*self._wrapped(say(f"words.{ended}"), width), Line(), *self._wrapped(say("words.new"), width)]
        return self._open_lines(width)

    def _open_lines(self, width: int) -> list[Line]:
        minutes, seconds = divmod(int(self._window.get("seconds_left") or 0), 60)
        words = "   ".join(clean(each) for each in self._words)
        address = reachable(self._window)
        lines = [*self._wrapped(say("words.say"), width), Line()]
        lines += [Line(((f"    {words}", self.mesh.paint.strong),)), Line()]
        lines += [*self._wrapped(say("words.how"), width), Line()]
        lines += self._wrapped(say("words.address", address=address), width) if address else []
        lines += self._wrapped(say("words.left", minutes=minutes, seconds=seconds), width)
        lines += self._wrapped(counted("words.tries", int(self._window.get("tries_left") or 0)), width)
        lines += self._wrapped(say("words.wrong"), width) if self._wrong else []
        return [*lines, Line(), *self._wrapped(say("words.new"), width), *self._wrapped(say("words.esc"), width)]

    def _wrapped(self, text: str, width: int) -> list[Line]:
        return [Line(((part, self.mesh.paint.text),)) for part in wrap(text, width)]

    # -- keys -------------------------------------------------------------------------------------------------------

    async def action_renew(self) -> None:
        """Other words, for ten minutes from now on."""
        try:
            self._window = await self.mesh.feed.ask("window_open")
        except MeshnodeError:
            self._away = True
        else:
            self._words = list(self._window.get("words") or ())
            self._away = self._wrong = False
        self._repaint()

    def action_close(self) -> None:
        """Back; the words are good no more."""
        self.mesh.run_worker(self._close_window())
        self.dismiss(None)

    async def _close_window(self) -> None:
        try:
            await self.mesh.feed.ask("window_close")
        except MeshnodeError:
            return  # the node is away, and a window does not outlive its node
