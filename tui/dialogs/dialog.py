"""Dialog: a framed window over a place; it answers with a value, and Esc always closes it.

Rules of this module:
1. Titles are Text, never markup: a title may hold a neighbour's words.
2. The place below stays as it is; nothing typed is lost by closing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from rich.text import Text
from textual import events
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from tui.glyphs import Glyphs
from tui.keymap import DIALOG_KEYS
from tui.painting import Piece, line, strip
from tui.plain_text import clip
from tui.themes import Paint

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """What every window over a place has."""

    BINDINGS: ClassVar[list[BindingType]] = DIALOG_KEYS

    @property
    def mesh(self) -> MeshnodeApp:
        """The app, by its own type."""
        return cast("MeshnodeApp", self.app)

    _framed: tuple[tuple[Widget, str, str], ...] = ()

    def frame(self, widget: Widget, title: str, low: str = "") -> None:
        """Put a title and a line below into a widget's frame, clipped to it as its size changes."""
        self._framed = (*self._framed, (widget, title, low))
        widget.border_title = Text(title)
        widget.border_subtitle = Text(low)

    def on_resize(self) -> None:
        """Frames have another width."""
        self.call_after_refresh(self._clip_frames)

    def _clip_frames(self) -> None:
        for widget, title, low in self._framed:
            room = max(1, widget.outer_size.width - 6)
            widget.border_title = Text(clip(title, room, self.mesh.glyphs.ellipsis))
            widget.border_subtitle = Text(clip(low, room, self.mesh.glyphs.ellipsis))

    _answered: tuple[Answer | None] | None = None

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer, at once or when it is uncovered; nothing if this window is gone already.

        Textual would close whatever is on top.
        """
        if self.is_current:
            return super().dismiss(result)
        if self in self.app.screen_stack:
            self._answered = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """Uncovered again: what was answered meanwhile counts."""
        if self._answered is not None:
            (result,), self._answered = self._answered, None
            self.call_later(self.dismiss, result)

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class Choices(Widget, can_focus=True):
    """A row of words to choose from: arrows or the first letter, then Enter."""

    DEFAULT_CSS = "Choices { height: 1; width: 1fr; }"

    class Chosen(Message):
        """One was chosen."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, words: list[str], glyphs: Glyphs, paint: Paint) -> None:
        super().__init__(classes="choices")
        self.words = words
        self.glyphs = glyphs
        self.paint = paint
        self.number = 0

    def on_key(self, event: events.Key) -> None:
        """Arrows move, Enter and Space choose."""
        step = {"left": -1, "right": 1, "up": -1, "down": 1}.get(event.key)
        if step is not None and 0 <= self.number + step < len(self.words):
            self.number += step
            self.refresh()
            self._place_cursor()
            event.stop()
        elif event.key in {"enter", "space"}:
            event.stop()
            self.post_message(self.Chosen(self.number))

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        begin = 0
        for number, word in enumerate(self.words):
            end = begin + len(word) + 6
            if begin <= event.x < end:
                self.post_message(self.Chosen(number))
            begin = end

    def on_focus(self) -> None:
        """The cursor belongs here now."""
        self.call_after_refresh(self._place_cursor)
        self.refresh()

    def on_blur(self) -> None:
        """The keys go elsewhere."""
        self.refresh()

    def _place_cursor(self) -> None:
        from textual.geometry import Offset

        begin = sum(len(word) + 6 for word in self.words[: self.number])
        self.app.cursor_position = self.content_region.offset + Offset(begin + 2, 0)

    def render_line(self, y: int) -> Strip:
        """All words; the chosen one stands out by more than its colour."""
        pieces: list[Piece] = []
        for number, word in enumerate(self.words):
            here = number == self.number and self.has_focus
            text = f">[ {word} ]" if here else f" [ {word} ]"
            pieces += [(text, self.paint.selected if here else self.paint.text), (" ", self.paint.text)]
        width = self.size.width
        return strip(line(pieces, width, self.paint.text, self.glyphs.ellipsis), width)
