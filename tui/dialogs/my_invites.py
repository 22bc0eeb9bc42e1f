"""MyInvites: the invites of this person that still let somebody in, or did; one can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.dialogs.confirm import Confirm
from tui.dialogs.list_dialog import ListDialog
from tui.keymap import DIALOG_KEYS, LIST_KEYS, bind
from tui.member_lines import names
from tui.moments import moment
from tui.plain_text import wrap
from tui.widgets.line_list import Line
from tui.wording import counted, say


class MyInvites(ListDialog[None]):
    """A list of invites; x takes the selected one back, after a question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("invites.void", "x", "void", "void-invite", display="x"),
        *LIST_KEYS,
        *DIALOG_KEYS,
    ]
    DEFAULT_CSS = "MyInvites LineList { width: 76; max-width: 100%; height: 100%; max-height: 18; }"

    def __init__(self, invites: Sequence[Json]) -> None:
        super().__init__(say("invites.title"))
        self._invites = list(invites)

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        lines: list[Line] = []
        for each in self._invites:
            until = moment(self.mesh.clock, int(each.get("expires_ms") or 0))
            uses = counted("invites.uses", int(each.get("uses") or 1))
            came = names(each.get("came_in")) or say("invites.nobody")
            parts = wrap(say("invites.line", uses=uses, until=until, names=came), width - 2)
            for number, part in enumerate(parts):
                key = str(each.get("id")) if number == 0 else None
                lines.append(Line(((part if number == 0 else f"  {part}", paint.text),), key))
        if not lines:
            lines = [Line(((part, paint.text),)) for part in wrap(say("invites.none"), width)]
        return [*lines, Line(), *(Line(((part, paint.dim),)) for part in wrap(say("invites.keys"), width))]

    def action_void(self) -> None:
        """Take the selected invite back; who came in with it stays."""
        chosen = next((each for each in self._invites if each.get("id") == self.lines.selected), None)
        if chosen is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.run_worker(self._void(chosen))

        came = names(chosen.get("came_in"))
        text = say("invites.void-came", names=came) if came else say("invites.void-nobody")
        self.mesh.push_screen(Confirm(say("invites.void-title"), text, for_ever=True), answered)

    async def _void(self, invite: Json) -> None:
        try:
            await self.mesh.feed.ask("void", invite=invite.get("id"), keep=True)
            self._invites = list((await self.mesh.feed.ask("my_invites"))["invites"])
        except MeshnodeError as error:
            self.mesh.doing.tell(self.mesh.doing.sentence(error))
            return
        self.mesh.doing.note(say("invites.voided"))
        self.lines.rebuild()
