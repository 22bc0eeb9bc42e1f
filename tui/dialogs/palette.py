"""Palette: help and "do anything" in one searchable window, made from the live keys and the declared actions.

Rules of this module:
1. Nothing is listed by hand: keys come from the bindings in force, actions from the registry, cards from what is held.
2. What is not possible now is listed with that remark, so that nobody searches for it in vain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input

from crdt.actions import ACTIONS
from tui import actions
from tui.dialogs.dialog import Dialog
from tui.faces import is_task, title_of
from tui.keymap import DIALOG_KEYS, EVERYWHERE, bind
from tui.language import translated
from tui.note_lines import is_note, note_text
from tui.plain_text import fit, wrap
from tui.screens.place import Place
from tui.widgets.line_list import Line, LineList
from tui.wording import say

KEY_CELLS = 9
MOST_CARDS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be chosen."""

    key: str
    shown_key: str
    text: str
    possible: bool = True


class Palette(Dialog[str]):
    """Everything that can be done from a place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("palette.up", "up", "move(-1)", "up", display="Up", priority=True),
        bind("palette.down", "down", "move(1)", "down", display="Down", priority=True),
        bind("palette.page-up", "pageup", "page(-1)", "page-up", display="PgUp", priority=True),
        bind("palette.page-down", "pagedown", "page(1)", "page-down", display="PgDn", priority=True),
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = "Palette #palette { width: 64; max-width: 100%; height: 100%; max-height: 36; }"

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__()
        self._below = screen
        self._keys = list(self._live_keys())
        self._words: list[str] = []

    def compose(self) -> ComposeResult:
        """A line to type in, and what is found."""
        with Vertical(id="palette"):
            search = Input()
            search.cursor_blink = False
            self.frame(search, say("help.title"), say("help.search"))
            yield search
            lines = LineList(self.mesh.glyphs, self.mesh.paint, self._build, title="")
            lines.can_focus = False
            lines.shows_focus = True
            yield lines

    def on_mount(self) -> None:
        """Show everything."""
        self.call_after_refresh(self._search, "")

    # -- what there is ----------------------------------------------------------------------------------------------

    def _live_keys(self) -> Iterator[tuple[bool, Entry]]:
        """The keys in force below, each once, and whether they work everywhere."""
        everywhere = {binding.id for binding in EVERYWHERE if isinstance(binding, Binding)}
        seen: set[str] = set()
        for active in self._below.active_bindings.values():
            binding = active.binding
            if not binding.id or not binding.description or binding.id in seen:
                continue
            seen.add(binding.id)
            scope = "app" if binding.id in everywhere else "key"
            shown = binding.key_display or binding.key
            yield (
                scope == "app",
                Entry(f"{scope}:{binding.action}", shown, translated(binding.description), active.enabled),
            )

    def _actions(self) -> Iterator[Entry]:
        place = self._below
        app = self.mesh
        card = place.card if isinstance(place, Place) else None
        if app.held.outside:
            return
        for action in ACTIONS.values():
            if any(argument.name == "item" for argument in action.arguments):
                continue
            _, about = actions.meant(action, app.held, card)
            possible = actions.why_not(action, about, app.held, app.clock, app.doing.acting.by) is None
            yield Entry(f"do:{action.name}", translated(action.title), translated(action.help), possible)
        if app.doing.acting.by:
            yield Entry("app:somebody_else", say("key.somebody-else-short"), say("key.somebody-else"))
        yield Entry("app:invite_words", say("key.invite"), say("key.words"), app.held.linked)
        yield Entry("app:invite_event", say("key.invite"), say("key.event"), app.held.linked)
        yield Entry("app:stick_invite", say("key.invite"), say("key.stick"), app.held.linked)
        yield Entry("app:stick_let_in", say("key.invite"), say("key.stick-let-in"), app.held.linked)
        yield Entry("app:card_paper", say("key.card-paper"), say("paper.title"), app.held.linked)
        yield Entry("app:card_check", say("key.card-paper"), say("key.card-check"))
        yield Entry("app:anew", say("anew.short"), say("anew.title"), app.held.linked)
        yield Entry("app:leave", say("key.leave-short"), say("key.leave"), app.held.linked)

    def _cards(self) -> Iterator[Entry]:
        found = 0
        for record, view in self.mesh.held.records.items():
            if is_task(view) and self._matches(title_of(view)):
                found += 1
                if found <= MOST_CARDS:
                    yield Entry(f"card:{record}", "", title_of(view))

    def _notes(self) -> Iterator[Entry]:
        for record, view in self.mesh.held.records.items():
            if is_note(view) and self._matches(title_of(view)):
                yield Entry(f"note:{record}", "", note_text(self.mesh.held, view))

    def _matches(self, text: str) -> bool:
        folded = text.casefold()
        return all(word in folded for word in self._words)

    # -- lines ------------------------------------------------------------------------------------------------------

    def _build(self, width: int) -> list[Line]:
        groups = [
            ("help.here", [entry for everywhere, entry in self._keys if not everywhere]),
            ("help.actions", list(self._actions())),
            ("help.everywhere", [entry for everywhere, entry in self._keys if everywhere]),
        ]
        if self._words:
            found_notes = list(islice(self._notes(), MOST_CARDS))
            groups = [("help.cards", list(self._cards())), ("help.notes", found_notes), *groups]
        lines: list[Line] = []
        for title, entries in groups:
            found = [entry for entry in entries if self._matches(f"{entry.shown_key} {entry.text}")]
            if found:
                lines.append(Line(((say(title), self.mesh.paint.title_focus),)))
                for entry in found:
                    lines += self._entry_lines(entry, width)
        last = say("help.more") if lines else say("help.none")
        return [*lines, Line(((last, self.mesh.paint.dim),))]

    def _entry_lines(self, entry: Entry, width: int) -> Iterator[Line]:
        paint = self.mesh.paint
        long_key = len(entry.shown_key) >= KEY_CELLS
        label = f"{entry.shown_key}: " if long_key else fit(entry.shown_key, KEY_CELLS)
        text = entry.text if entry.possible else f"{entry.text} {say('help.not-now')}"
        room = width - 2 - KEY_CELLS
        first, *rest = wrap(f"{label}{text}", width - 2) if long_key else wrap(text, room)
        style = paint.text if entry.possible else paint.dim
        if long_key:
            yield Line(((f"  {first}", style),), entry.key)
        else:
            yield Line((("  ", style), (label, paint.strong), (first, style)), entry.key)
        for part in rest:
            yield Line(((" " * (4 if long_key else 2 + KEY_CELLS) + part, style),))

    # -- keys -------------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, typed: str) -> None:
        self._words = typed.casefold().split()
        lines = self.query_one(LineList)
        lines.selected = None
        lines.rebuild()
        lines.end(False)

    def action_move(self, step: int) -> None:
        """To the next entry."""
        self.query_one(LineList).move(step)

    def action_page(self, step: int) -> None:
        """A page of entries."""
        self.query_one(LineList).page(step)

    @on(Input.Submitted)
    @on(LineList.Opened)
    def _chosen(self) -> None:
        self.dismiss(self.query_one(LineList).selected)
