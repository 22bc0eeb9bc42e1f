"""NoteDialog: one opened sealed note, and what its author can do with it.

Rules of this module:
1. The text is held for as long as the window is open, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from meshnode.api.schema import Json
from tui.dialogs.dialog import Choices, Dialog
from tui.faces import title_of
from tui.keymap import DIALOG_KEYS, bind
from tui.note_lines import opened_lines
from tui.widgets.line_list import Line, LineList
from tui.wording import say

WIDTH = 76
FRAME_CELLS = 4
FRAME_ROWS = 3
"""The frame, and the row of words below it."""
WIPE = "note.wipe"
OF_AUTHOR = ("note.edit", "note.share", WIPE)


class NoteDialog(Dialog[str]):
    """A note's texts; the answer is the name of an action to begin, `WIPE`, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("note.up", "up,k", "scroll(-1)", "up", display="Up", priority=True),
        bind("note.down", "down,j", "scroll(1)", "down", display="Down", priority=True),
        bind("note.page-up", "pageup", "scroll(-10)", "page-up", display="PgUp"),
        bind("note.page-down", "pagedown", "scroll(10)", "page-down", display="PgDn"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "Choices"
    DEFAULT_CSS = f"NoteDialog #note {{ width: {WIDTH}; max-width: 100%; height: 100%; }}"

    def __init__(self, view: Json, values: Sequence[Json]) -> None:
        super().__init__()
        self._view = view
        self._values = values

    def compose(self) -> ComposeResult:
        """The texts, and a row of words."""
        with Vertical(id="note"):
            lines = LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=title_of(self._view))
            lines.can_focus = False
            yield lines
            words = [say("note.back"), *(say(name) for name in self._offered)]
            yield Choices(words, self.mesh.glyphs, self.mesh.paint)

    @property
    def _offered(self) -> tuple[str, ...]:
        mine = (self._view.get("created") or {}).get("member") == self.mesh.held.me
        return OF_AUTHOR if mine else ()

    def _build(self, width: int) -> list[Line]:
        app = self.mesh
        return list(opened_lines(app.held, app.clock, app.paint, view=self._view, values=self._values, width=width))

    def on_mount(self) -> None:
        """As high as what there is to read, and laid out in it."""
        lines = self._build(min(WIDTH, self.mesh.size.width) - FRAME_CELLS)
        self.query_one("#note").styles.max_height = len(lines) + FRAME_ROWS
        self.call_after_refresh(self.query_one(LineList).rebuild)

    def action_scroll(self, step: int) -> None:
        """Read on."""
        self.query_one(LineList).scroll_lines(step)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Back, or one of the author's actions."""
        self.dismiss(("", *self._offered)[message.number])
