"""Inviting: asks the node for a way to let somebody in, and shows it.

Rules of this module:
1. One way at a time on the screen: another takes its place.
2. Why something is not possible is said in the node's words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError

if TYPE_CHECKING:
    from tui.app import MeshnodeApp
    from tui.dialogs.dialog import Dialog
    from tui.sticks import Sticks

EVENT_USES = 30


class Inviting:
    """The ways in that one screen can show."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app

    def invite(self) -> None:
        """A code for one person."""
        from tui.dialogs.invite import InviteDialog

        self._app.run_worker(self._show("invite", InviteDialog, uses=1, days=2))

    def words(self) -> None:
        """Three words to say aloud."""
        from tui.dialogs.words import WordsDialog

        self._app.run_worker(self._show("window_open", WordsDialog))

    def event(self) -> None:
        """A code for a meeting."""
        from tui.dialogs.event import EventDialog

        self._app.run_worker(self._show("invite", EventDialog, event=True, uses=EVENT_USES))

    @property
    def sticks(self) -> Sticks:
        """The ways by USB stick."""
        from tui.sticks import Sticks

        return Sticks(self._app)

    async def _show(self, do: str, dialog: Callable[[Json], Dialog[None]], **arguments: object) -> None:
        reply = await self._ask(do, **arguments)
        if reply is not None:
            self._app.push_screen(dialog(reply))

    async def _ask(self, do: str, **arguments: object) -> Json | None:
        try:
            return await self._app.feed.ask(do, **arguments)
        except MeshnodeError as error:
            self._app.doing.tell(self._app.doing.sentence(error))
            return None
