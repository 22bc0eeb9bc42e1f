"""WindowsDialog: which neighbour's words were heard, where several show words near by.

Rules of this module:
1. Names are what the windows say of themselves; the address beside them tells two of one name apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from meshnode.api.schema import Json
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import clean, wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class WindowsDialog(Dialog[str]):
    """Several open windows; the answer is one's address."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("windows.up", "up,k", "move(-1)", "up", display="Up"),
        bind("windows.down", "down,j", "move(1)", "down", display="Down"),
        bind("windows.open", "enter", "open", "open", display="Enter"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = "WindowsDialog LineList { width: 66; max-width: 100%; height: 100%; max-height: 16; }"

    def __init__(self, windows: Sequence[Json]) -> None:
        super().__init__()
        self._windows = windows

    def compose(self) -> ComposeResult:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say("windows.title"))

    def on_mount(self) -> None:
        """Show them."""
        self.call_after_refresh(self.query_one(LineList).rebuild)

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines = [Line(((part, paint.text),)) for part in wrap(say("windows.text"), width)]
        lines.append(Line())
        for window in self._windows:
            address = clean(str(window.get("address") or ""))
            named = say("windows.line", network=clean(str(window.get("network") or "")), address=address)
            lines.append(Line(((f"  {named}", paint.strong),), address))
        return [*lines, Line(), Line(((say("windows.keys"), paint.dim),))]

    def action_move(self, step: int) -> None:
        """To the next one."""
        self.query_one(LineList).move(step)

    @on(LineList.Opened)
    def action_open(self) -> None:
        """This one."""
        self.dismiss(self.query_one(LineList).selected)
