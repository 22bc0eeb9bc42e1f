"""MembersScreen: who belongs, who stands for whom, and what is being asked of everybody.

Rules of this module:
1. The node's answer to `members` is shown; it is asked for when the place opens and when members change.
2. Every decision is explained and asked about before anything is signed, and shown as done only when the node said so.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.deciding import Deciding
from tui.keymap import MEMBER_KEYS
from tui.member_lines import MemberLines
from tui.screens.asked_place import AskedPlace
from tui.widgets.line_list import Line, LineList

_LINES = {
    "vouch": "member",
    "part": "member",
    "block": "member",
    "vote": "petition",
    "follow": "brake",
    "go_on": "brake",
    "come": "offer",
}
"""Which kind of line each decision is about."""
_GONE = ("left", "removed")


class MembersScreen(AskedPlace):
    """The people of the neighbourhood."""

    place = "net"
    name_key = "bar.members"
    title_key = "members.title"
    BINDINGS: ClassVar[list[BindingType]] = MEMBER_KEYS

    async def _fetch(self) -> Json:
        offers = [each for each in (await self.mesh.feed.ask("refounds"))["refounds"] if each.get("asked")]
        return await self.mesh.feed.ask("members") | {"offers": offers}

    def _build(self, width: int) -> list[Line]:
        return MemberLines(self._answer, self.mesh.held.network_name, self.mesh.glyphs, self.mesh.paint).build(width)

    # -- what the selected line is about ----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the selected line."""
        wanted = _LINES.get(action)
        if wanted is None:
            return action != "invite" or not (self.mesh.held.status.get("me") or {}).get("removed")
        kind, what = self._selected()
        if kind == "member" and (what.get("mine") or (action == "vouch" and what.get("standing") in _GONE)):
            return False
        return kind == wanted and not (kind == "petition" and what.get("about_me"))

    def _selected(self) -> tuple[str, Json]:
        """What the selected line is, and what the node said of it."""
        if not self.is_attached or not self.query(LineList):
            return "", {}
        kind, _, identity = (self.lines.selected or "").partition(":")
        listed = {"member": "members", "petition": "petitions", "offer": "offers"}.get(kind)
        if listed is None:
            return kind, self._answer.get("brake") or {}
        found = [each for each in self._answer.get(listed) or () if str(each.get("id")) == identity]
        return kind, found[0] if found else {}

    def on_line_list_moved(self) -> None:
        """Other keys for another line."""
        self.refresh_bindings()
        self.call_after_refresh(self.paint_bars)

    # -- keys -------------------------------------------------------------------------------------------------------

    @property
    def _deciding(self) -> Deciding:
        return Deciding(self.mesh, self.ask_anew)

    def action_vouch(self) -> None:
        """I have met this person."""
        self._deciding.vouch(self._selected()[1])

    def action_vote(self, yes: bool) -> None:
        """Say yes or no to what is asked."""
        self._deciding.vote(self._selected()[1], yes=yes)

    def action_follow(self) -> None:
        """Follow the removals that this node holds back."""
        self._deciding.follow(self._selected()[1])

    def action_go_on(self) -> None:
        """Do not follow, and be asked no more."""
        self._deciding.go_on(self._selected()[1])

    def action_my_invites(self) -> None:
        """One's invites, and taking one back."""
        self.run_worker(self._show_invites())

    async def _show_invites(self) -> None:
        from tui.dialogs.my_invites import MyInvites

        try:
            invites = (await self.mesh.feed.ask("my_invites"))["invites"]
        except MeshnodeError as error:
            self.mesh.doing.tell(self.mesh.doing.sentence(error))
            return
        self.mesh.push_screen(MyInvites(invites), lambda _: self.ask_anew())

    def action_come(self) -> None:
        """Come along to where somebody starts anew."""
        self._deciding.come_along(self._selected()[1])

    def action_part(self) -> None:
        """Ask everybody to part with this person."""
        self._deciding.part(self._selected()[1])

    def action_block(self) -> None:
        """Link no more with this person's devices, or link again."""
        self._deciding.block(self._selected()[1])

    def action_invite(self) -> None:
        """Invite a neighbour."""
        self.mesh.inviting.invite()

    def action_let_in(self) -> None:
        """Let in whose reply came on a stick."""
        self.mesh.inviting.sticks.let_in()
