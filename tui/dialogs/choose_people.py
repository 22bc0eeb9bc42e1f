"""ChoosePeople: neighbours by name, each marked with Space; Enter goes on with those who are marked.

Rules of this module:
1. Nobody is marked to begin with, and nobody has to be: Esc goes back, and the marks are kept by whoever asked.
2. Who hears of it only by hand stands with the reason beside the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from meshnode.api.schema import Json
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import clean, fit, wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import knows, say

STANDING_CELLS = 18
MARK_CELLS = 4


class ChoosePeople(Dialog[bool]):
    """The answer is whether to go on; the marks are in `marked`, which belongs to whoever asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("choose.up", "up,k", "move(-1)", "up", display="Up"),
        bind("choose.down", "down,j", "move(1)", "down", display="Down"),
        bind("choose.page-up", "pageup", "page(-1)", "page-up", display="PgUp"),
        bind("choose.page-down", "pagedown", "page(1)", "page-down", display="PgDn"),
        bind("choose.mark", "space,x", "mark", "mark", display="Space"),
        bind("choose.on", "enter", "go_on", "go-on", display="Enter"),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = """
    ChoosePeople #choose { width: 64; max-width: 100%; height: 100%; max-height: 24; background: $background; }
    ChoosePeople Static { width: 1fr; height: auto; background: $background; color: $foreground; padding: 0 1; }
    """

    def __init__(self, title: str, text: str, people: Sequence[Json], marked: set[str]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._people: Mapping[str, Json] = {str(each.get("id")): each for each in people}
        self.marked = marked
        marked &= set(self._people)

    def compose(self) -> ComposeResult:
        """The people, and the keys below."""
        with Vertical(id="choose"):
            yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=self._title)
            yield Static(say("choose.keys"), markup=False, id="keys")

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines = [Line(((part, paint.text),)) for part in wrap(self._text, width)]
        return [*lines, Line(), *(self._person(key, each, width) for key, each in self._people.items())]

    def _person(self, key: str, person: Json, width: int) -> Line:
        standing = str(person.get("standing") or "")
        word = say(f"members.{standing}") if knows(f"members.{standing}") else clean(standing)
        mark = "[x] " if key in self.marked else "[ ] "
        name = clean(str(person.get("name") or "")) or say("someone")
        room = max(1, width - MARK_CELLS - STANDING_CELLS)
        paint = self.mesh.paint
        named = fit(name, room - 1, self.mesh.glyphs.ellipsis)
        return Line(((mark + named + " ", paint.text), (fit(word, STANDING_CELLS), paint.dim)), f"member:{key}")

    # -- keys -------------------------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """To the next name."""
        self.query_one(LineList).move(step)

    def action_page(self, step: int) -> None:
        """A page of names."""
        self.query_one(LineList).page(step)

    @on(LineList.Opened)
    def action_mark(self) -> None:
        """Mark the selected person, or unmark them."""
        _, _, key = (self.query_one(LineList).selected or "").partition(":")
        if key:
            self.marked ^= {key}
            self.query_one(LineList).rebuild()
            self.query_one("#keys", Static).update(Text(say("choose.keys")))

    def action_go_on(self) -> None:
        """On with those who are marked."""
        if self.marked:
            self.dismiss(True)
        else:
            self.query_one("#keys", Static).update(Text(say("choose.nobody")))
