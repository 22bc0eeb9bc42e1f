"""Leaving: what it gives back, a copy to take along, one yes, and thanks.

Rules of this module:
1. No reason is asked. What is given back to the board is named before the yes.
2. The copy is written before anything else; where it cannot be, nothing was done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from meshnode import wording
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from meshnode.takeaway import write_copy
from tui.actions import FormField
from tui.faces import claimed_by, column_of, is_task, title_of
from tui.language import translated
from tui.outcome import Outcome
from tui.plain_text import clean
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

MOST_NAMED = 7


class Leaving:
    """How a person goes."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app

    def begin(self) -> None:
        """Ask where a copy should go, if anywhere."""
        from tui.dialogs.form import Form

        field = FormField("folder", say("leave.folder"), say("leave.folder-hint"), "line", required=False, value="")

        async def submit(typed: Mapping[str, str]) -> str | None:
            if folder := typed["folder"].strip():
                try:
                    await asyncio.to_thread(self._copy, folder)
                except MeshnodeError as error:
                    return self._app.doing.sentence(error)
            self._app.call_later(self._ask, folder)
            return None

        title = say("leave.title", network=self._app.held.network_name)
        self._app.push_screen(Form(title, [field], submit, ("leave", ""), keep=True, save="welcome.next"))

    def _copy(self, folder: str) -> None:
        held = self._app.held
        names = {member: str(known.get("name") or "") for member, known in held.members.items()}
        write_copy(Path(folder).expanduser(), list(held.records.values()), names)

    def given_back(self) -> list[Json]:
        """What this person has claimed and not finished."""
        held = self._app.held
        tasks = [view for view in held.records.values() if is_task(view) and claimed_by(view, held.me)]
        return sorted((task for task in tasks if column_of(task) in {"claimed", "doing"}), key=title_of)

    def _ask(self, folder: str) -> None:
        from tui.dialogs.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.run_worker(self._leave())

        sentences = [translated(sentence) for sentence in wording.LEAVE_EFFECT]
        if tasks := self.given_back():
            sentences.append(say("leave.given-back", titles="; ".join(map(title_of, tasks[:MOST_NAMED]))))
        sentences.append(say("leave.copied", folder=clean(folder)) if folder else say("leave.no-copy"))
        title = say("leave.title", network=self._app.held.network_name)
        self._app.push_screen(Confirm(title, " ".join(sentences), for_ever=True), answered)

    async def _leave(self) -> None:
        from tui.dialogs.confirm import Tell

        try:
            reply = await self._app.feed.ask("leave")
        except MeshnodeError as error:
            self._app.doing.tell(self._app.doing.sentence(error))
            return
        self._app.drafts.pop(("leave", ""), None)
        thanks = clean(str(reply.get("thanks") or ""))
        self._app.push_screen(Tell(say("leave.done"), thanks), lambda _: self._app.exit(Outcome.LEFT))
