"""PickName: "who are you?" at a shared screen: the neighbours by name, or a name that is typed.

Rules of this module:
1. It is no login: whoever stands at the screen is believed, and everybody sees at which hub it was done.
2. A typed name that is nobody's in the list is a neighbour's without a key.
3. On a kiosk nothing is remembered, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from crdt.acting import LONGEST_NAME
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import clean, wrap
from tui.widgets.line_list import Line, LineList
from tui.wording import say

MEMBER, NAME = "member", "name"
SHOWN_KEY_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Picked:
    """Who it is (a member's key or a name), and whether that holds until the screen closes."""

    by: str
    remember: bool


class PickName(Dialog[Picked]):
    """Everybody who belongs here, and room for a name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("pick.up", "up", "move(-1)", "up", display="Up", priority=True),
        bind("pick.down", "down", "move(1)", "down", display="Down", priority=True),
        bind("pick.page-up", "pageup", "page(-1)", "page-up", display="PgUp", priority=True),
        bind("pick.page-down", "pagedown", "page(1)", "page-down", display="PgDn", priority=True),
        bind("pick.remember", "ctrl+r", "remember", "remember", display="Ctrl+R", priority=True),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = "PickName #pick { width: 64; max-width: 100%; height: 100%; max-height: 24; }"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._typed = ""
        self._remember = True

    def compose(self) -> ComposeResult:
        """A line to type in, and the neighbours."""
        with Vertical(id="pick"):
            search = Input(max_length=LONGEST_NAME)
            search.cursor_blink = False
            self.frame(search, self._title, say("acting.search"))
            yield search
            lines = LineList(self.mesh.glyphs, self.mesh.paint, self._build, title="")
            lines.can_focus = False
            lines.shows_focus = True
            yield lines

    def on_mount(self) -> None:
        """Show everybody."""
        self.call_after_refresh(self._search, "")

    @property
    def _remembers(self) -> bool:
        return self._remember and not self.mesh.kiosk

    # -- lines ------------------------------------------------------------------------------------------------------

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines = [Line(((shown, paint.text),), key) for shown, key in self._found()]
        if not self._typed:
            lines += self._said(say("acting.type"), width)
        if self.mesh.kiosk:
            return [*lines, *self._said(say("acting.each-time"), width)]
        return [*lines, *self._said(say("acting.until-quit" if self._remember else "acting.once"), width)]

    def _said(self, text: str, width: int) -> list[Line]:
        return [Line(((part, self.mesh.paint.dim),)) for part in wrap(text, width)]

    def _found(self) -> Iterator[tuple[str, str]]:
        """Who is meant by what was typed: members first, then the typed name itself unless it is a member's."""
        people = self.mesh.held.people()
        names = [name.casefold() for _, name in people]
        wanted = self._typed.casefold()
        for member, name in people:
            if wanted in name.casefold():
                alike = names.count(name.casefold()) > 1
                shown = say("acting.alike", name=name, key=member[:SHOWN_KEY_LETTERS]) if alike else name
                yield shown, f"{MEMBER}:{member}"
        if self._typed and wanted not in names:
            yield say("acting.other", name=self._typed), f"{NAME}:{self._typed}"

    # -- keys -------------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, typed: str) -> None:
        self._typed = clean(typed).strip()
        lines = self.query_one(LineList)
        lines.selected = None
        lines.rebuild()
        lines.end(False)

    def action_move(self, step: int) -> None:
        """To the next name."""
        self.query_one(LineList).move(step)

    def action_page(self, step: int) -> None:
        """A page of names."""
        self.query_one(LineList).page(step)

    def action_remember(self) -> None:
        """Ask again next time, or not."""
        self._remember = not self._remember
        self.query_one(LineList).rebuild()

    @on(Input.Submitted)
    @on(LineList.Opened)
    def _chosen(self) -> None:
        _, _, by = (self.query_one(LineList).selected or "").partition(":")
        if by:
            self.dismiss(Picked(by, self._remembers))
