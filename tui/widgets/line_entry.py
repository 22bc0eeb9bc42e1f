"""Fields to type in: one of one line, one of several.

Rules of this module:
1. A letter belongs to the field that has the focus when it is its turn, however far somebody types ahead of the screen:
   what was on its way to a field that has been left goes on to the next one.
"""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea


def _goes_elsewhere(entry: Widget, event: events.Key) -> bool:
    """Leave the field at once for Tab; hand on what comes after that. Whether the key is done with."""
    focused = entry.screen.focused
    if focused is not None and focused is not entry:
        focused.post_message(events.Key(event.key, event.character))
        return True
    enter_leaves = event.key == "enter" and getattr(entry, "enter_leaves", False)
    if event.key in {"tab", "shift+tab"} or enter_leaves:
        leave = entry.screen.focus_previous if event.key == "shift+tab" else entry.screen.focus_next
        leave()
        return True
    return False


class LineEntry(Input):
    """An `Input` that keeps all of what is pasted: a code that was shown in three lines is one code."""

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # Textual calls it beside Input's own
        if _goes_elsewhere(self, event):
            event.prevent_default()
            event.stop()

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        text = " ".join(line.strip() for line in event.text.splitlines() if line.strip())
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)


class EnterLeaves(LineEntry):
    """A line that Enter leaves, as Tab does: what comes after it is typed elsewhere."""

    enter_leaves = True


class LetterKeys(Static, can_focus=True):
    """Text beside fields where letters and digits are keys; it is left with Tab."""

    class Pressed(Message):
        """A letter or a digit was pressed while it was this widget's turn."""

        def __init__(self, character: str) -> None:
            super().__init__()
            self.character = character

    async def _on_key(self, event: events.Key) -> None:
        letter = event.character if event.is_printable else None
        if _goes_elsewhere(self, event) or letter is not None:
            event.prevent_default()
            event.stop()
            if letter is not None and self.has_focus:
                self.post_message(self.Pressed(letter))


class ProseEntry(TextArea):
    """A `TextArea` that is left with Tab."""

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # Textual calls it beside TextArea's own
        if _goes_elsewhere(self, event):
            event.prevent_default()
            event.stop()
