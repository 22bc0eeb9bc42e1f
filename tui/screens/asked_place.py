"""AskedPlace: a place that shows the node's answer to one question about who belongs.

Rules of this module:
1. The node is asked when the place opens, and again when statements come.
2. When the node is away, what was shown stays; the bar says so.
"""

from __future__ import annotations

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.held import EVERYTHING
from tui.screens.list_place import ListPlace
from tui.widgets.line_list import LineList
from tui.wording import say


class AskedPlace(ListPlace):
    """A list of lines made of an answer, which `_fetch` gets."""

    title_key = ""

    def __init__(self) -> None:
        super().__init__()
        self._answer: Json = {}
        self._statements = -1

    async def _fetch(self) -> Json:
        raise NotImplementedError

    def on_mount(self) -> None:
        """Ask the node."""
        self.call_after_refresh(self.paint_changes, {EVERYTHING})

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """Ask anew when who belongs may have changed."""
        if self.is_attached and self.query(LineList):
            self.lines.retitle(say(self.title_key, network=self.mesh.held.network_name))
            statements = (self.mesh.held.status.get("counts") or {}).get("statements", 0)
            if EVERYTHING in dirty or statements != self._statements:
                self._statements = statements
                self.ask_anew()
        super().paint_changes(dirty)

    def ask_anew(self) -> None:
        """Fetch the node's answer and show it."""
        self.run_worker(self._ask(), group=self.title_key, exclusive=True)

    async def _ask(self) -> None:
        try:
            self._answer = await self._fetch()
        except MeshnodeError:
            return
        if self.is_attached and self.query(LineList):
            self.lines.rebuild()
            self.paint_bars()
