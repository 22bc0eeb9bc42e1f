"""A field of one line."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class LineEntry(Input):
    """An `Input` that keeps all of what is pasted: a code that was shown in three lines is one code."""

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        text = " ".join(line.strip() for line in event.text.splitlines() if line.strip())
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)
