"""Deciding: what a person decides about other people, each with a question first.

Rules of this module:
1. The question says what a yes does, who sees it, and whether it can be taken back.
2. Nothing is signed before the yes; nothing is shown as done before the node said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.actions import FormField
from tui.member_lines import names
from tui.outcome import Outcome
from tui.plain_text import clean
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp


class Deciding:
    """What one screen asks its node to sign about people."""

    def __init__(self, app: MeshnodeApp, decided: Callable[[], None]) -> None:
        self._app = app
        self._decided = decided

    def vouch(self, member: Json) -> None:
        """Give one's word for somebody."""
        name = _name(member)
        if self._about_me(member):
            return
        self._question(
            say("members.vouch-title", name=name),
            say("members.vouch-text", name=name),
            ("vouch", {"member": member.get("id")}),
            say("members.vouched", name=name),
        )

    def vote(self, petition: Json, *, yes: bool) -> None:
        """Say yes or no."""
        title = say(
            "members.vote-yes-title" if yes else "members.vote-no-title", targets=names(petition.get("targets"))
        )
        request = ("vote", {"petition": petition.get("id"), "yes": yes})
        self._question(title, say("members.vote-text"), request, say("members.voted"))

    def follow(self, brake: Json) -> None:
        """Follow what this node has held back."""
        held_back = names([each.get("name") for each in brake.get("waiting") or ()])
        text = say("members.brake-text", names=held_back)
        self._question(say("members.brake-title"), text, ("follow", {}), say("members.followed"))

    def go_on(self, brake: Json) -> None:
        """Go on linking with those whom this node has asked about."""
        held_back = names([each.get("name") for each in brake.get("waiting") or ()])
        text = say("members.go-on-text", names=held_back)
        self._question(say("members.go-on-title"), text, ("follow", {"follow": False}), say("members.went-on"))

    def block(self, member: Json) -> None:
        """Link no more with somebody's devices, or link again."""
        name = _name(member)
        if self._about_me(member):
            return
        if member.get("blocked"):
            request = ("unblock", {"member": member.get("id")})
            self._app.run_worker(self._ask_and_tell(*request, say("members.unblocked", name=name)))
            return
        self._question(
            say("members.block-title", name=name),
            say("members.block-text", name=name),
            ("block", {"member": member.get("id")}),
            say("members.blocked-now", name=name),
        )

    def come_along(self, offer: Json) -> None:
        """Join the neighbourhood that somebody started anew; the terminal goes on with the usual joining."""
        from tui.dialogs.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.exit(Outcome.ALONG)

        name, network = clean(str(offer.get("name") or "")), self._app.held.network_name
        text = say("members.offer-text", name=name, network=network)
        self._app.push_screen(Confirm(say("members.offer-title", name=name), text), answered)

    def part(self, member: Json) -> None:
        """Ask everybody to part with somebody: first the reason, then once more whether."""
        from tui.dialogs.form import Form

        if self._about_me(member):
            return
        name = _name(member)

        async def reasoned(typed: Mapping[str, str]) -> str | None:
            reason = clean(typed["reason"])
            request = ("petition", {"members": [member.get("id")], "reason": reason})
            title, text = say("members.part-title", name=name), say("members.part-ask", name=name)
            self._app.call_later(self._question, title, text, request, say("members.parted"))
            return None

        field = FormField(
            "reason", say("members.part-reason", name=name), say("members.part-hint"), "line", required=False, value=""
        )
        draft = ("petition", str(member.get("id")))
        self._app.push_screen(Form(say("members.part-title", name=name), [field], reasoned, draft, keep=True))

    # -- asking -----------------------------------------------------------------------------------------------------

    def _about_me(self, member: Json) -> bool:
        if member.get("mine"):
            self._app.doing.tell(say("members.not-you"))
        return bool(member.get("mine"))

    def _question(self, title: str, text: str, request: tuple[str, dict[str, Any]], done: str) -> None:
        from tui.dialogs.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.run_worker(self._ask_and_tell(*request, done))

        self._app.push_screen(Confirm(title, text, for_ever=True), answered)

    async def _ask_and_tell(self, do: str, arguments: dict[str, Any], done: str) -> None:
        try:
            await self._app.feed.ask(do, **arguments)
        except MeshnodeError as error:
            self._app.doing.tell(self._app.doing.sentence(error))
            return
        self._app.doing.note(done)
        self._decided()


def _name(member: Json) -> str:
    return clean(str(member.get("name") or "")) or say("someone")
