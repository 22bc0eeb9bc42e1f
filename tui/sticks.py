"""Sticks: coming in by USB stick on the screen: an invite goes out, a newcomer answers it, a reply lets them in.

Rules of this module:
1. The work is that of `meshnode.sticks`, which the commands do, too; here it is asked about and told.
2. Nothing is signed before a question that says what a yes does; each step ends with what to do next.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meshnode import wording
from meshnode.errors import MeshnodeError
from meshnode.sticks import errands
from meshnode.sticks.folders import typed_folder
from tui.dialogs.confirm import Confirm, Tell
from tui.dialogs.promise import Promise, meaning_of
from tui.dialogs.stick import Errand, StickDialog
from tui.plain_text import clean
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

INVITE_DAYS = 7
"""A stick travels on foot, and back."""
NEW_INVITE_HELPS = {"invite-expired", "invite-used", "invite"}


class Sticks:
    """What one screen does with sticks."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app

    def invite(self) -> None:
        """Put an invite on a stick."""
        self._app.push_screen(StickDialog(Errand("invite", self._invite, writes=True)))

    def let_in(self) -> None:
        """Let in whose reply is on a stick."""
        self._app.push_screen(StickDialog(Errand("let-in", self._read_replies)))

    def join(self) -> None:
        """Answer an invite that came on a stick."""
        self._app.push_screen(StickDialog(Errand("join", self._read_invite, asks_name=True)))

    def _why(self, error: MeshnodeError) -> str:
        return self._app.doing.sentence(error)

    # -- an invite goes out -----------------------------------------------------------------------------------------

    async def _invite(self, dialog: StickDialog, typed: dict[str, str]) -> str | None:
        try:
            folder = await asyncio.to_thread(typed_folder, typed["folder"])
            written = await errands.write_invite(self._app.feed.ask, folder, uses=1, days=INVITE_DAYS)
        except MeshnodeError as error:
            return self._why(error)
        at = datetime.fromtimestamp(written.expires_ms / 1000, UTC).astimezone(self._app.clock.now().tzinfo)
        text = say("stick.invited", path=clean(str(written.path)), until=f"{at:%Y-%m-%d %H:%M}")
        self._app.call_later(self._app.push_screen, Tell(say("stick.invited-title"), text))
        return None

    # -- a reply comes back -----------------------------------------------------------------------------------------

    async def _read_replies(self, dialog: StickDialog, typed: dict[str, str]) -> str | None:
        """Read all replies; one that is damaged does not hold up the others."""
        ask, bad, seen = self._app.feed.ask, [], []
        try:
            folder = await asyncio.to_thread(typed_folder, typed["folder"])
            paths = await asyncio.to_thread(errands.replies_in, folder)
        except MeshnodeError as error:
            return self._why(error)
        for path in paths:
            try:
                seen.append(await errands.look_at_reply(ask, path))
            except MeshnodeError as error:
                bad.append(say("stick.bad-file", file=clean(path.name), why=self._why(error)))
        if not seen:
            return " ".join(bad)
        self._app.call_later(lambda: self._app.run_worker(self._ask_about(seen, bad)))
        return None

    async def _ask_about(self, replies: list[errands.SeenReply], told: list[str]) -> None:
        """One question for each, and at the end what came of all."""
        for reply in replies:
            name = clean(reply.name) or say("someone")
            if reply.inside:
                told.append(say("stick.was-in", name=name))
                continue
            inviter = clean(reply.inviter) or say("someone")
            effect = say("stick.let-in-effect", name=name, network=self._app.held.network_name, inviter=inviter)
            question = Confirm(say("stick.let-in-ask", name=name), effect, for_ever=True)
            told.append(
                await self._let_in(reply, name)
                if await self._app.push_screen_wait(question)
                else say("stick.not-in", name=name)
            )
        self._app.push_screen(Tell(say("stick.let-in-done"), "\n\n".join(told)))

    async def _let_in(self, reply: errands.SeenReply, name: str) -> str:
        try:
            await errands.let_in(self._app.feed.ask, reply)
        except MeshnodeError as error:
            why = self._why(error)
            if error.code in NEW_INVITE_HELPS:
                why = say("stick.make-new", why=clean(str(error)))
            return say("stick.bad-file", file=name, why=why)
        return say("stick.is-in", name=name)

    # -- a newcomer answers -----------------------------------------------------------------------------------------

    async def _read_invite(self, dialog: StickDialog, typed: dict[str, str]) -> str | None:
        name = typed["name"].strip()
        try:
            folder = await asyncio.to_thread(typed_folder, typed["folder"])
            paths = await asyncio.to_thread(errands.invites_in, folder)
            if len(paths) > 1:
                dialog.offer(paths)
                return say("stick.choose-file")
            seen = await errands.look_at_invite(self._app.feed.ask, paths[0])
        except MeshnodeError as error:
            if error.code == "invite-expired":
                return say("stick.ask-new", why=clean(str(error)))
            return self._why(error)
        if not name:
            dialog.query_one("#field-name").focus()
            return say("welcome.missing", what=say("join.name"))
        self._app.call_later(self._promise, seen, name)
        return None

    def _promise(self, seen: errands.SeenInvite, name: str) -> None:
        """What joining means, whose invite it is; then the reply."""
        network = clean(seen.network) or say("someone")
        inviter = clean(str(seen.preview.get("inviter") or "")) or say("someone")
        effect = tuple(clean(str(each)) for each in seen.preview.get("effect") or ()) or wording.JOIN_EFFECT
        first = say("promise.invited", inviter=inviter, network=network)
        written: list[str] = []

        async def accept() -> str | None:
            try:
                path = await errands.write_reply(self._app.feed.ask, seen, name)
            except MeshnodeError as error:
                return self._why(error)
            written.append(clean(str(path)))
            return Promise.DONE

        def answered(answer: str | None) -> None:
            if answer == Promise.BACK:
                self.join()
            elif answer == Promise.DONE:
                text = say("stick.replied", path=written[0], inviter=inviter, network=network)
                self._app.push_screen(Tell(say("stick.replied-title"), text))
            elif answer:
                self._app.push_screen(Tell(say("failed.title"), answer), lambda _: self.join())

        title = say("promise.join-title", network=network)
        sections = meaning_of((first, *effect))
        self._app.push_screen(Promise(title, sections, say("stick.join-yes"), accept), answered)
