"""DeviceCodeDialog: a code that makes another machine a device or a hub, to be scanned or typed while it is good.

Rules of this module:
1. As for an invite's code; closing the window ends the code, too.
2. Whether the code was used, the node says; it is asked every other second.
"""

from __future__ import annotations

from datetime import UTC
from typing import ClassVar

from textual.binding import BindingType

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.dialogs.invite import InviteDialog, grouped
from tui.keymap import DIALOG_KEYS, LIST_KEYS
from tui.plain_text import clean
from tui.widgets.line_list import Line, LineList
from tui.wording import say

LOOK_SECONDS = 2.0


class DeviceCodeDialog(InviteDialog):
    """One device code."""

    BINDINGS: ClassVar[list[BindingType]] = [*LIST_KEYS, *DIALOG_KEYS]
    DEFAULT_CSS = "DeviceCodeDialog LineList { width: 78; max-width: 100%; height: 100%; max-height: 24; }"

    def __init__(self, shown: Json, *, outside: bool = False) -> None:
        """Prepare the window.

        Args:
            shown: the node's answer: the code, its purpose, addresses, and until when it is good.
            outside: it is shown by a machine without a network: the board opens once it was used.
        """
        super().__init__({"short": shown.get("code"), "expires_ms": shown.get("until_ms"), **shown})
        self._purpose = str(shown.get("purpose") or "device")
        self._outside = outside

    def on_mount(self) -> None:
        """Draw, count down, and look whether it was used."""
        super().on_mount()
        self.query_one(LineList).retitle(say(f"code.title-{self._purpose}"))
        self.set_interval(1.0, self._repaint)
        if not self._outside:
            self.set_interval(LOOK_SECONDS, lambda: self.run_worker(self._look(), group="code", exclusive=True))

    async def _look(self) -> None:
        try:
            window = (await self.mesh.feed.ask("devices")).get("window")
        except MeshnodeError:
            return  # the bar says that the node is away
        if (not window or window.get("code") != self._invite.get("code")) and self._seconds_left() > 0:
            self.dismiss(None)

    def _short_lines(self, width: int, *, scan: bool, no_room: bool = False) -> list[Line]:
        lines = [*self._wrapped(say(f"code.where-{self._purpose}"), width), Line()]
        code = clean(str(self._invite.get("code") or ""))
        lines += [Line(((part, self.mesh.paint.strong),)) for part in grouped(code, width)]
        lines.append(Line())
        lines += self._wrapped(self._time_left(), width)
        if self._address:
            lines += self._wrapped(say("invite.address", address=self._address), width)
        if no_room:
            lines += self._wrapped(say("invite.no-room"), width)
        return [*lines, *self._wrapped(say("code.esc"), width)]

    def _seconds_left(self) -> int:
        now_ms = self.mesh.clock.now().astimezone(UTC).timestamp() * 1000
        return int((int(self._invite.get("expires_ms") or 0) - now_ms) // 1000)

    def _time_left(self) -> str:
        seconds = self._seconds_left()
        if seconds <= 0:
            return say("code.over")
        return say("code.left", minutes=seconds // 60, seconds=seconds % 60)

    def action_close(self) -> None:
        """Show it no more."""
        self.mesh.run_worker(self._end())
        self.dismiss(None)

    async def _end(self) -> None:
        try:
            if self._outside:
                await self.mesh.feed.ask("hub_setup", close=True)
            else:
                await self.mesh.feed.ask("device_code_close")
        except MeshnodeError:
            return  # a node that is away shows no code
