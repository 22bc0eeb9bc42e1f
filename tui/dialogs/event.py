"""EventDialog: a meeting's code as large as the screen allows, who has come in with it, and whom one has met.

Rules of this module:
1. The square code is that of `InviteDialog`, with the same rules.
2. Who came in is the node's answer of a moment ago; a word for somebody is asked about first.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import BindingType

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.deciding import Deciding
from tui.dialogs.invite import InviteDialog, grouped
from tui.keymap import DIALOG_KEYS, bind
from tui.plain_text import clean
from tui.widgets.line_list import Line, LineList
from tui.wording import counted, say

LOOK_SECONDS = 2.0


class EventDialog(InviteDialog):
    """One meeting."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("event.met", "v", "met", "met", display="v"),
        *DIALOG_KEYS,
    ]
    DEFAULT_CSS = "EventDialog LineList { width: 100%; height: 100%; max-height: 100%; }"

    def __init__(self, invite: Json) -> None:
        super().__init__(invite)
        self._people: list[Json] = []
        self._deciding: Deciding | None = None

    def title_text(self) -> str:
        """What stands in the frame."""
        return say("event.title")

    def on_mount(self) -> None:
        """Draw, and ask who came."""
        self._draw()
        self._deciding = Deciding(self.mesh, self._look_soon)
        self.set_interval(LOOK_SECONDS, self._look)
        self._look_soon()

    def _look_soon(self) -> None:
        self.run_worker(self._look())

    async def _look(self) -> None:
        try:
            answer = await self.mesh.feed.ask("came_in", invite=self._invite.get("id"))
        except MeshnodeError:
            return  # the bar below says that the node is away
        self._people = list(answer.get("people") or ())
        self._repaint()

    # -- lines ------------------------------------------------------------------------------------------------------

    def _short_lines(self, width: int, *, scan: bool, no_room: bool = False) -> list[Line]:
        lines = self._wrapped(say("event.scan" if scan else "invite.type"), width)
        code = clean(str(self._invite.get("short") or ""))
        lines += [Line(((part, self.mesh.paint.strong),)) for part in grouped(code, width)]
        lines += self._wrapped(say("invite.address", address=self._address), width) if self._address else []
        lines += [*self._wrapped(self._until(), width), Line(), *self._people_lines(width)]
        lines += self._wrapped(say("invite.no-room"), width) if no_room else []
        return [*lines, *self._wrapped(say("event.esc"), width)]

    def _until(self) -> str:
        at = datetime.fromtimestamp(int(self._invite.get("expires_ms") or 0) / 1000, UTC)
        local = at.astimezone(self.mesh.clock.now().tzinfo)
        return say("event.good", uses=int(self._invite.get("uses") or 0), time=f"{local:%a %H:%M}")

    def _people_lines(self, width: int) -> list[Line]:
        if not self._people:
            return self._wrapped(say("event.nobody"), width)
        lines = self._wrapped(counted("event.came", len(self._people)), width)
        for person in self._people:
            name = clean(str(person.get("name") or "")) or say("someone")
            met = say("event.met", name=name, tick=self.mesh.glyphs.done) if person.get("met") else name
            lines.append(Line(((f"  {met}", self.mesh.paint.strong),), str(person.get("member"))))
        return [*lines, *self._wrapped(say("event.keys"), width)]

    # -- keys -------------------------------------------------------------------------------------------------------

    def action_up(self) -> None:
        """To the person above."""
        self.query_one(LineList).move(-1)

    def action_down(self) -> None:
        """To the person below."""
        self.query_one(LineList).move(1)

    def action_met(self) -> None:
        """Give one's word for the selected person."""
        selected = self.query_one(LineList).selected
        person = next((each for each in self._people if each.get("member") == selected), None)
        if person is not None and self._deciding is not None:
            self._deciding.vouch({"id": person.get("member"), "name": person.get("name")})
