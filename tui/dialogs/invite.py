"""InviteDialog: a new invite, to be scanned or typed, with the time it is still good for.

Rules of this module:
1. The square code is always dark on light, drawn with explicit colours; an inverted one is not read by many phones.
2. Where it cannot be drawn (no half blocks, no colours, no room) the code stands as text, which always works.
3. Codes are shown here and nowhere else; they are never logged.
"""

from __future__ import annotations

import textwrap
from datetime import UTC
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType

from meshnode.api.schema import Json
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, LIST_KEYS, bind
from tui.painting import Piece
from tui.plain_text import clean, wrap
from tui.themes import NONE
from tui.widgets.line_list import Line, LineList
from tui.wording import counted, say

QUIET_MODULES = 2
GROUP = 5
TEXT_CELLS = 34
FRAME_CELLS = 6
CODE_AND_ADDRESS = "/"
"""Between code and address in a square code: the usual @ is not in its alphanumeric set."""


class InviteDialog(Dialog[None]):
    """One invite."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("invite.long", "t", "turn", "long", display="t"),
        bind("invite.words", "w", "words", "words", display="w"),
        bind("invite.event", "e", "event", "event", display="e"),
        bind("invite.stick", "s", "stick", "stick", display="s"),
        bind("invite.let-in", "l", "let_in", "stick-let-in", display="l"),
        *LIST_KEYS,
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = "InviteDialog LineList { width: 78; max-width: 100%; height: 100%; max-height: 24; }"

    def __init__(self, invite: Json) -> None:
        super().__init__()
        self._invite = invite
        self._long = False
        self._dots: list[list[bool]] = []
        self._address = reachable(invite)

    def compose(self) -> ComposeResult:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=self.title_text())

    def title_text(self) -> str:
        """What stands in the frame."""
        return say("invite.title")

    def on_mount(self) -> None:
        """Draw, and count down by the minute."""
        self._draw()
        self.call_after_refresh(self._repaint)
        self.set_interval(60.0, self._repaint)

    def _draw(self) -> None:
        code = str(self._invite.get("short") or "")
        self._dots = dots(f"{code}{CODE_AND_ADDRESS}{self._address}" if self._address else code)

    def _repaint(self) -> None:
        self.query_one(LineList).rebuild()

    def on_resize(self) -> None:
        """Without half blocks the square code takes twice the width and the height."""
        if not self.mesh.glyphs.half_blocks:
            lines = self.query_one(LineList)
            lines.styles.width = 2 * len(self._dots) + TEXT_CELLS + FRAME_CELLS
            lines.styles.max_height = "100%"

    # -- lines ------------------------------------------------------------------------------------------------------

    def _build(self, width: int) -> list[Line]:
        if self._long:
            return self._long_lines(width)
        square, cells = self._square()
        if not square:
            return self._short_lines(width, scan=False)
        if width < cells + 2 + TEXT_CELLS or self.size.height - 2 < len(square):
            return self._short_lines(width, scan=False, no_room=True)
        text = self._short_lines(width - cells - 2, scan=True)
        paint = self.mesh.paint
        empty: tuple[Piece, ...] = ((" " * cells, paint.text),)
        return [
            Line(
                (
                    *(square[row] if row < len(square) else empty),
                    ("  ", paint.text),
                    *(text[row] if row < len(text) else Line()).pieces,
                ),
                text[row].key if row < len(text) else None,
            )
            for row in range(max(len(square), len(text)))
        ]

    def _square(self) -> tuple[list[tuple[Piece, ...]], int]:
        """The lines of the square code for this terminal and how wide they are; none where it cannot be drawn."""
        style = self.mesh.paint.qr
        if not self._dots or self.mesh.look is NONE:
            return [], 0
        size = len(self._dots[0])
        if self.mesh.glyphs.half_blocks:
            pairs = (zip(upper, lower, strict=True) for upper, lower in zip(*[iter(self._dots)] * 2, strict=True))
            return [(("".join(" ▄▀█"[2 * top + low] for top, low in pair), style),) for pair in pairs], size
        dark = Style(color=style.bgcolor, bgcolor=style.color)
        return [tuple(("  ", dark if dot else style) for dot in row) for row in self._dots[: size + 1]], 2 * size

    def _short_lines(self, width: int, *, scan: bool, no_room: bool = False) -> list[Line]:
        lines = self._wrapped(say("invite.scan" if scan else "invite.type"), width)
        lines.append(Line())
        code = clean(str(self._invite.get("short") or ""))
        lines += [Line(((part, self.mesh.paint.strong),)) for part in grouped(code, width)]
        lines.append(Line())
        lines += self._wrapped(self._time_left(), width)
        if self._address:
            lines += self._wrapped(say("invite.address", address=self._address), width)
        if no_room:
            lines += self._wrapped(say("invite.no-room"), width)
        lines += self._wrapped(say("invite.long"), width)
        lines += self._wrapped(say("invite.ways"), width)
        return [*lines, *self._wrapped(say("invite.esc"), width)]

    def _long_lines(self, width: int) -> list[Line]:
        token = clean(str(self._invite.get("token") or ""))
        lines = self._wrapped(say("invite.copy"), width)
        lines.append(Line())
        lines += [Line(((part, self.mesh.paint.strong),)) for part in textwrap.wrap(token, width)]
        lines.append(Line())
        lines += self._wrapped(self._time_left(), width)
        return [*lines, *self._wrapped(say("invite.short"), width), *self._wrapped(say("invite.esc"), width)]

    def _wrapped(self, text: str, width: int) -> list[Line]:
        return [Line(((part, self.mesh.paint.text),)) for part in wrap(text, width)]

    def _time_left(self) -> str:
        now_ms = self.mesh.clock.now().astimezone(UTC).timestamp() * 1000
        minutes = int((int(self._invite.get("expires_ms") or 0) - now_ms) // 60_000)
        uses = counted("invite.uses", int(self._invite.get("uses") or 1))
        if minutes < 0:
            return say("invite.over")
        if minutes < 60:
            return say("invite.left-minutes", minutes=minutes, uses=uses)
        return say("invite.left-hours", hours=minutes // 60, minutes=minutes % 60, uses=uses)

    # -- keys -------------------------------------------------------------------------------------------------------

    def action_turn(self) -> None:
        """The other of the two codes."""
        self._long = not self._long
        self._repaint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Other codes in the same frame have no other ways."""
        return type(self) is InviteDialog or action not in {"turn", "words", "event", "stick", "let_in"}

    def action_words(self) -> None:
        """Three words instead."""
        self.dismiss(None)
        self.mesh.inviting.words()

    def action_event(self) -> None:
        """A meeting's code instead."""
        self.dismiss(None)
        self.mesh.inviting.event()

    def action_stick(self) -> None:
        """An invite on a stick instead."""
        self.dismiss(None)
        self.mesh.inviting.sticks.invite()

    def action_let_in(self) -> None:
        """Let in whose reply came on a stick."""
        self.dismiss(None)
        self.mesh.inviting.sticks.let_in()

    def action_up(self) -> None:
        """Read up."""
        self.query_one(LineList).scroll_lines(-1)

    def action_down(self) -> None:
        """Read on."""
        self.query_one(LineList).scroll_lines(1)

    def action_page(self, step: int) -> None:
        """A page of lines."""
        self.query_one(LineList).page(step)

    def action_end(self, last: bool) -> None:
        """The first or the last line."""
        self.query_one(LineList).end(last)


def reachable(invite: Json) -> str:
    """The first address that another machine can reach and that a person can type."""
    addresses = [clean(str(each)) for each in invite.get("address") or ()]
    return next((each for each in addresses if not each.startswith(("127.", "["))), "")


def dots(code: str) -> list[list[bool]]:
    """The square code of a text with light around it, an even number of rows, True where it is dark."""
    import segno

    if not code:
        return []
    matrix = segno.make(code.upper(), error="l", boost_error=False, micro=False).matrix
    side = [False] * QUIET_MODULES
    rows = [[*side, *(bool(module) for module in row), *side] for row in matrix]
    light = [False] * len(rows[0])
    rows = [*[light] * QUIET_MODULES, *rows, *[light] * QUIET_MODULES]
    return rows if len(rows) % 2 == 0 else [*rows, light]


def grouped(code: str, width: int) -> list[str]:
    """A code in groups, easier to type, as many a line as fit; what it begins with stays whole."""
    begin, colon, rest = code.rpartition(":")
    groups = [f"{begin}{colon}"] if begin else []
    groups += textwrap.wrap(rest, GROUP)
    a_line = max(1, (width + 1) // (GROUP + 1) - 1)
    return [" ".join(groups[at : at + a_line]) for at in range(0, len(groups), a_line)]
