"""NeighboursScreen: which nodes are known, which are linked, and who lacks what.

Rules of this module:
1. Only what the node can prove. Presence is a node's, never a person's; when it was last heard is said of hubs only.
2. Nodes stand by name, in no other order.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.held import EVERYTHING
from tui.keymap import NET_KEYS
from tui.neighbour_lines import NeighbourLines
from tui.screens.list_place import ListPlace
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class NeighboursScreen(ListPlace):
    """The nodes of the neighbourhood."""

    place = "net"
    name_key = "bar.neighbours"
    BINDINGS: ClassVar[list[BindingType]] = NET_KEYS

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
