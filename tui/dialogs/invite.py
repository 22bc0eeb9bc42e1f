"""InviteDialog: a new invite, to be scanned or typed, with the time it is still good for.

Rules of this module:
1. The square code is always dark on light, drawn with explicit colours; an inverted one is not read by many phones.
2. Where it cannot be drawn (no half blocks, no colours, no room) the code stands as text, which always works.
3. Codes are shown here and nowhere else; they are never logged.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import UTC
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from meshnode.api.schema import Json
from tui.dialogs.dialog import Dialog
from tui.keymap import DIALOG_KEYS, LIST_KEYS, bind
from tui.plain_text import clean, wrap
from tui.themes import NONE
from tui.widgets.line_list import Line, LineList
from tui.wording import counted, say

QUIET_MODULES = 2
GROUP = 5
TEXT_CELLS = 34


class InviteDialog(Dialog[None]):
    """One invite."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("invite.long", "t", "turn", "long", display="t"),
        *LIST_KEYS,
        *DIALOG_KEYS,
    ]
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = "InviteDialog LineList { width: 78; max-width: 100%; height: 100%; max-height: 24; }"

    def __init__(self, invite: Json) -> None:
        super().__init__()
        self._invite = invite
        self._long = False
        self._bitmap: list[list[bool]] = []

    def compose(self) -> ComposeResult:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say("invite.title"))

    def on_mount(self) -> None:
        """Draw, and count down by the minute."""
        self._bitmap = bitmap(str(self._invite.get("short") or ""))
        self.call_after_refresh(self._repaint)
        self.set_interval(60.0, self._repaint)

    def _repaint(self) -> None:
        self.query_one(LineList).rebuild()

    # -- lines ------------------------------------------------------------------------------------------------------

    def _build(self, width: int) -> list[Line]:
        text = self._long_lines(width) if self._long else self._short_lines(TEXT_CELLS)
        if self._long:
            return text
        square = list(self._square()) if self.mesh.glyphs.half_blocks and self.mesh.look is not NONE else []
        size = len(self._bitmap) + 2 * QUIET_MODULES
        if not square or width < size + 2 + TEXT_CELLS - 4 or self.size.height - 2 < len(square):
            return self._short_lines(width, bool(square))
        rows = max(len(square), len(text))
        empty = Line(((" " * size, self.mesh.paint.text),))
        return [
            Line(
                (
                    *(square[row] if row < len(square) else empty).pieces,
                    ("  ", self.mesh.paint.text),
                    *(text[row] if row < len(text) else Line()).pieces,
                )
            )
            for row in range(rows)
        ]

    def _square(self) -> Iterator[Line]:
        style = self.mesh.paint.qr
        size = len(self._bitmap) + 2 * QUIET_MODULES
        quiet = [[False] * size for _ in range(QUIET_MODULES)]
        side = [False] * QUIET_MODULES
        rows = [*quiet, *([*side, *row, *side] for row in self._bitmap), *quiet]
        for upper, lower in zip(rows[::2], [*rows[1::2], [False] * size], strict=False):
            signs = (" ▄▀█"[2 * top + bottom] for top, bottom in zip(upper, lower, strict=True))
            yield Line((("".join(signs), style),))

    def _short_lines(self, width: int, no_room: bool = False) -> list[Line]:
        scan = bool(self._bitmap) and not no_room and self.mesh.glyphs.half_blocks and self.mesh.look is not NONE
        lines = self._wrapped(say("invite.scan" if scan else "invite.type"), width)
        lines.append(Line())
        code = clean(str(self._invite.get("short") or ""))
        lines += [Line(((part, self.mesh.paint.strong),)) for part in grouped(code, width)]
        lines.append(Line())
        lines += self._wrapped(self._time_left(), width)
        addresses = ", ".join(clean(str(each)) for each in self._invite.get("address") or ())
        if addresses:
            lines += self._wrapped(say("invite.address", address=addresses), width)
        if no_room:
            lines += self._wrapped(say("invite.no-room"), width)
        lines += self._wrapped(say("invite.long"), width)
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


def bitmap(code: str) -> list[list[bool]]:
    """The square code of a text, True where it is dark."""
    import segno

    if not code:
        return []
    return [[bool(module) for module in row] for row in segno.make(code.upper(), error="l", micro=False).matrix]


def grouped(code: str, width: int) -> list[str]:
    """A code in groups, easier to type, as many a line as fit."""
    groups = textwrap.wrap(code, GROUP)
    a_line = max(1, (width + 1) // (GROUP + 1))
    return [" ".join(groups[at : at + a_line]) for at in range(0, len(groups), a_line)]
