"""NeighboursScreen: which nodes are known, which are linked, and who lacks what.

Rules of this module:
1. Only what the node can prove. Presence is a node's, never a person's; when it was last heard is said of hubs only.
2. Nodes stand by name, in no other order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from tui.held import EVERYTHING
from tui.keymap import NET_KEYS
from tui.neighbour_lines import NeighbourLines
from tui.screens.place import Place
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class NeighboursScreen(Place):
    """The nodes of the neighbourhood."""

    place = "net"
    name_key = "bar.neighbours"
    BINDINGS: ClassVar[list[BindingType]] = NET_KEYS
    AUTO_FOCUS = "LineList"

    def body(self) -> Iterable[Widget]:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build)

    @property
    def lines(self) -> LineList:
        """The widget with the lines."""
        return self.query_one(LineList)

    def on_mount(self) -> None:
        """Show what is held."""
        self.call_after_refresh(self.paint_changes, {EVERYTHING})

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Status comes often; only lines that differ are painted."""
        if self.is_attached and self.query(LineList):
            peers = self.mesh.held.peers
            linked = sum(bool(peer.get("linked")) for peer in peers)
            self.lines.retitle(say("net.title", others=len(peers), linked=linked))
            self.lines.rebuild()
        super().paint_changes(dirty)

    def _build(self, width: int) -> list[Line]:
        app = self.mesh
        return NeighbourLines(app.held, app.clock, app.glyphs, app.paint).build(width)

    def action_up(self) -> None:
        """To the node above."""
        self.lines.move(-1)

    def action_down(self) -> None:
        """To the node below."""
        self.lines.move(1)

    def action_page(self, step: int) -> None:
        """A page of lines."""
        self.lines.page(step)

    def action_end(self, last: bool) -> None:
        """To the first or the last line."""
        self.lines.end(last)

    def action_members(self) -> None:
        """Who belongs."""
        from tui.screens.members import MembersScreen

        self.mesh.push_screen(MembersScreen())

    def action_devices(self) -> None:
        """One's own devices, and the hubs."""
        from tui.screens.devices import DevicesScreen

        self.mesh.push_screen(DevicesScreen())

    def action_invite(self) -> None:
        """Invite a neighbour."""
        self.mesh.inviting.invite()
