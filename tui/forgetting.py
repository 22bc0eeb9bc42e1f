"""Forgetting: asks before something is wiped for good, says what that does and what may remain, and has it done.

Rules of this module:
1. The node is asked first whether it may be, and who else wrote in it: nobody says yes to something that is refused.
2. The sentence on what cannot be promised is where the yes is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshnode import wording
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.plain_text import clean
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp


class Forgetting:
    """What one screen has wiped through its node."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app

    def ask(self, record: str) -> None:
        """Ask whether to wipe a record."""
        self._app.run_worker(self._ask(record))

    async def _ask(self, record: str) -> None:
        from tui.dialogs.confirm import Confirm

        told = await self._request(record, ask=True)
        if told is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.run_worker(self._wipe(record))

        effect = list(wording.FORGET_EFFECT)
        if told.get("others"):
            names = wording.listed([clean(str(each)) for each in told["others"]])
            effect.insert(1, say("forget.others", names=names))
        title = say("forget.title", title=clean(str(told.get("title") or "")))
        self._app.push_screen(Confirm(title, " ".join(effect), for_ever=True), answered)

    async def _wipe(self, record: str) -> None:
        done = await self._request(record, ask=False)
        if done is not None:
            self._app.doing.note(say("forget.done", title=clean(str(done.get("title") or ""))))

    async def _request(self, record: str, *, ask: bool) -> Json | None:
        try:
            return await self._app.feed.ask("forget", record=record, ask=ask)
        except MeshnodeError as error:
            self._app.doing.tell(self._app.doing.sentence(error))
            return None
