"""StickDialog: which USB stick, or which folder; what is plugged in while it is open appears by itself.

Rules of this module:
1. What was typed is kept: after a refusal, and when the window is closed and opened again.
2. A stick that is plugged in now is filled in only where nothing was typed.
3. No stick is touched here before Enter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from meshnode.sticks.folders import sticks_here
from tui.dialogs.dialog import Choices, Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import clean, wrap
from tui.widgets.line_entry import LineEntry
from tui.widgets.line_list import Line, LineList
from tui.wording import say

LOOK_SECONDS = 1.0
MOST_ROWS = 5
DRAFT = ("stick", "")


@dataclass(frozen=True, slots=True)
class Errand:
    """What a stick is asked for; `name` is what texts begin with."""

    name: str
    submit: Callable[[StickDialog, dict[str, str]], Awaitable[str | None]]
    """Answers with a refusal, or nothing; then the window closes."""
    asks_name: bool = False
    writes: bool = False


class StickDialog(Dialog[None]):
    """Choose a stick."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("stick.up", "up", "move(-1)", "up", display="Up"),
        bind("stick.down", "down", "move(1)", "down", display="Down"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "#field-folder"

    def __init__(self, errand: Errand) -> None:
        super().__init__()
        self._errand = errand
        self._sticks = sticks_here()
        self._files: list[Path] = []
        self._busy = False

    # -- what is shown ----------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """What it is for, what is plugged in, and what to type."""
        kept = self.mesh.drafts.get(DRAFT, {})
        name = self._errand.name
        go = say(f"stick.go-{name}")
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            self.frame(box, say(f"stick.{name}-title"))
            yield Static(say(f"stick.{name}-text"), markup=False)
            lines = LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say("stick.found"))
            lines.can_focus = False
            lines.shows_focus = True
            yield lines
            yield self._entry("folder", say("stick.folder"), kept.get("folder") or self._first())
            if self._errand.asks_name:
                yield self._entry("name", say("join.name"), kept.get("name", ""))
            yield Static("", markup=False, classes="error-line", id="refusal")
            yield Choices([go, say("form.cancel")], self.mesh.glyphs, self.mesh.paint)
            yield Static(say("stick.keys", go=go), markup=False)

    def _entry(self, name: str, title: str, value: str) -> LineEntry:
        entry = LineEntry(value, id=f"field-{name}", select_on_focus=False)
        entry.cursor_blink = False
        self.frame(entry, title)
        return entry

    def on_mount(self) -> None:
        """Look again every second: somebody may just be plugging a stick in."""
        self.query_one("#refusal").display = False
        self._show_rows()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        before, self._sticks = self._sticks, sticks_here()
        if before == self._sticks:
            return
        folder = self.query_one("#field-folder", Input)
        if folder.value in {"", *(str(stick.folder) for stick in before)} and folder.value not in self._rows():
            folder.value = self._first()
        self._show_rows()

    def _first(self) -> str:
        usable = [stick for stick in self._sticks if not (self._errand.writes and stick.read_only)]
        return str(usable[0].folder) if usable else ""

    def _rows(self) -> dict[str, str]:
        """What can be chosen with the arrows: what goes into the field, and what stands there."""
        if self._files:
            return {str(path): clean(path.name) for path in self._files}
        rows: dict[str, str] = {}
        for stick in self._sticks:
            named = clean(str(stick.folder))
            rows[str(stick.folder)] = say("stick.read-only", folder=named) if stick.read_only else named
        return rows

    def _show_rows(self) -> None:
        lines = self.query_one(LineList)
        lines.styles.height = 2 + max(1, min(MOST_ROWS, len(self._rows())))
        lines.retitle(say("stick.files" if self._files else "stick.found"))
        self.call_after_refresh(self._rebuild)

    def _rebuild(self) -> None:
        lines = self.query_one(LineList)
        lines.rebuild()
        lines.select(self.query_one("#field-folder", Input).value)

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        rows = [Line(((shown, paint.text),), value) for value, shown in self._rows().items()]
        return rows or [Line(((part, paint.dim),)) for part in wrap(say("stick.none"), width)[:1]]

    def offer(self, files: Sequence[Path]) -> None:
        """Let one of several files be chosen."""
        self._files = list(files)
        self._show_rows()

    # -- keys -------------------------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """To another stick; the field says which."""
        lines = self.query_one(LineList)
        folder = self.query_one("#field-folder", Input)
        if folder.value in self._rows():
            lines.move(step)
        if lines.selected is not None:
            folder.value = lines.selected
            folder.cursor_position = len(folder.value)

    @on(LineList.Moved)
    def _clicked(self) -> None:
        selected = self.query_one(LineList).selected
        if selected is not None:
            self.query_one("#field-folder", Input).value = selected

    @on(Input.Changed, "#field-folder")
    def _typed(self, event: Input.Changed) -> None:
        if not self._busy:
            self._say("")
        if self._files and event.value not in self._rows():
            self._files = []
            self._show_rows()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._go()

    @on(LineList.Opened)
    def _opened(self) -> None:
        self._go()

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """The words below do the same."""
        if message.number == 0:
            self._go()
        else:
            self.action_close()

    def _go(self) -> None:
        if not self._busy:
            self._busy = True
            self._say(say("stick.writing" if self._errand.writes else "stick.reading"))
            self.run_worker(self._submit())

    async def _submit(self) -> None:
        refusal = await self._errand.submit(self, self.typed)
        self._busy = False
        if refusal is None:
            self.action_close()
        else:
            self._say(refusal)

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields."""
        return {str(entry.id).removeprefix("field-"): entry.value for entry in self.query(LineEntry)}

    def _say(self, text: str) -> None:
        line = self.query_one("#refusal", Static)
        line.update(Text(text))
        line.display = bool(text)
        self.call_after_refresh(line.scroll_visible, animate=False)

    def action_close(self) -> None:
        """Close and keep what was typed."""
        self.mesh.drafts[DRAFT] = self.mesh.drafts.get(DRAFT, {}) | self.typed
        self.dismiss(None)
