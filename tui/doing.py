"""Doing: carries out what a person asked for, and says truthfully what came of it.

Rules of this module:
1. A request goes to the node at once or not at all; when the node is away, that is said, and nothing was changed.
2. What came back is held and painted before anything else: it is the answer to a key.
3. A form stays open, with what was typed, until the node has said yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from crdt.actions import Action
from meshnode import wording
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError, NodeAway
from tui import actions
from tui.faces import title_of
from tui.outcome import Outcome
from tui.plain_text import clean
from tui.screens.place import Place
from tui.undo import Journal
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

NOTICE_SECONDS = 8.0


class Doing:
    """What one screen does through its node."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app
        self._journal = Journal()

    # -- saying -----------------------------------------------------------------------------------------------------

    def tell(self, notice: str) -> None:
        """Say why something was not done: in the key bar, or in a window when it is too long for that."""
        screen = next((each for each in reversed(self._app.screen_stack) if isinstance(each, Place)), None)
        if screen is None or cell_len(notice) > self._app.size.width - 2 or screen is not self._app.screen:
            from tui.dialogs.confirm import Tell

            self._app.push_screen(Tell(say("away.title"), notice))
            return
        screen.tell(notice, NOTICE_SECONDS)

    def sentence(self, error: MeshnodeError) -> str:
        """What to say about a refusal."""
        if isinstance(error, NodeAway):
            return say("away.not-done")
        return say("failed.text", message=clean(str(error)), next=clean(error.what_next)).strip()

    # -- actions of boards ------------------------------------------------------------------------------------------

    def start(
        self, name: str, item: str | None = None, *, on: str | None = None, written: Mapping[str, str] | None = None
    ) -> None:
        """Begin an action on the card that the screen is on: at once, or with a form when there is something to say.

        Args:
            name: the declared action.
            item: the line of a checklist that it is about.
            on: another record than the screen's card.
            written: what stands in the form's fields besides what the view says.
        """
        action = actions.action_named(name)
        card = self._app.screen.card if isinstance(self._app.screen, Place) else None
        record = on or card
        view = self._app.held.records.get(record or "", {}) if action.needs_record else {}
        reason = actions.why_not(action, view, self._app.held, self._app.clock)
        if reason is not None:
            self.tell(reason if reason == say("away.not-done") else clean(reason))
            return
        target = record if action.needs_record else None
        fields = actions.form_fields(action, view | dict(written or {}))
        if item is not None:
            self._app.run_worker(self._perform_and_tell(name, target, {"item": item}))
        elif fields:
            self._open_form(action, target, fields, actions.given_by(action, card))
        else:
            self._app.run_worker(self._perform_and_tell(name, target, {}))

    def at_once(self, name: str) -> None:
        """An action on the screen's card without asking for what may be left out."""
        screen = self._app.screen
        if isinstance(screen, Place) and screen.card:
            view = self._app.held.records.get(screen.card, {})
            reason = actions.why_not(actions.action_named(name), view, self._app.held, self._app.clock)
            if reason is not None:
                self.tell(clean(reason))
                return
            self._app.run_worker(self._perform_and_tell(name, screen.card, {}))

    def _open_form(
        self, action: Action, record: str | None, fields: list[actions.FormField], given: Mapping[str, str]
    ) -> None:
        from tui.dialogs.form import Form

        async def submit(typed: Mapping[str, str]) -> str | None:
            meant = dict(typed)
            unclear = actions.with_references(self._app.held, fields, meant, record)
            if unclear is not None:
                return unclear
            values = actions.changed_values(action, fields, meant)
            if not values and action.name.endswith(".edit"):
                self._say_done(say("did.nothing"))
                return None
            return await self.perform(action.name, record, values | dict(given))

        about = record or given.get("task", "")
        view = self._app.held.records.get(about)
        title = action.title if view is None else f"{action.title}: {title_of(view)}"
        self._app.push_screen(Form(title, fields, submit, (action.name, about)))

    async def _perform_and_tell(self, name: str, record: str | None, arguments: Mapping[str, Any]) -> None:
        refusal = await self.perform(name, record, arguments)
        if refusal is not None:
            self.tell(refusal)

    async def perform(self, name: str, record: str | None, arguments: Mapping[str, Any]) -> str | None:
        """Ask the node to do it; the result is None, or a sentence that says why it was not done."""
        try:
            reply = await self._app.feed.ask("act", action=name, record=record, arguments=dict(arguments))
        except MeshnodeError as error:
            return self.sentence(error)
        self._journal.did(str(reply.get("record")), reply.get("change"))
        self._show(reply)
        self._say_done(actions.done_text(actions.action_named(name), title_of(reply.get("view") or {})))
        return None

    def _show(self, reply: Json) -> None:
        view = reply.get("view")
        if isinstance(view, dict) and view.get("id"):
            self._app.held.put(view)
            for screen in self._app.screen_stack:
                if isinstance(screen, Place):
                    screen.paint_my_change(str(view["id"]))

    def _say_done(self, text: str) -> None:
        """After the form, if there was one, has closed."""
        self._app.call_later(self.note, text)

    def note(self, text: str) -> None:
        """Say it in the key bar of the place; where a window lies over it, it stands there when that closes."""
        screen = next((each for each in reversed(self._app.screen_stack) if isinstance(each, Place)), None)
        if screen is not None:
            screen.tell(text, NOTICE_SECONDS)

    # -- undo, redo, conflicts --------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back my last change of the screen's card."""
        record = self._card()
        if record is not None:
            self._app.run_worker(self._undo(record))

    async def _undo(self, record: str) -> None:
        change = self._journal.to_undo(record)
        if change is None and not self._journal.may_ask_node(record):
            self.tell(say("undo.nothing"))
            return
        await self._reverse(record, change, "did.undo", self._journal.undid)

    def redo(self) -> None:
        """Take back my last undo."""
        record = self._card()
        if record is None:
            return
        change = self._journal.to_redo(record)
        if change is None:
            self.tell(say("redo.nothing"))
            return
        self._app.run_worker(self._reverse(record, change, "did.redo", self._journal.redid))

    def revert(self, record: str, change: str) -> None:
        """Take back any change of a record."""
        self._app.run_worker(self._reverse(record, change, "did.undo", self._journal.undid))

    async def _reverse(self, record: str, change: str | None, text: str, note: Any) -> None:
        try:
            reply = await self._app.feed.ask("undo", record=record, change=change)
        except MeshnodeError as error:
            self.tell(self.sentence(error))
            return
        note(record, reply.get("change"))
        self._show(reply)
        self.note(say(text, title=title_of(reply.get("view") or {})))

    async def resolve(self, record: str, field: str, value: object) -> str | None:
        """Keep one of several values, or write another; None, or why it was not done."""
        try:
            reply = await self._app.feed.ask("resolve", record=record, field=field, value=value)
        except MeshnodeError as error:
            return self.sentence(error)
        self._journal.did(record, reply.get("change"))
        self._show(reply)
        self._say_done(say("conflict.kept", value=clean(str(value)) or say("conflict.empty")))
        return None

    def _card(self) -> str | None:
        screen = self._app.screen
        card = screen.card if isinstance(screen, Place) else None
        if card is None:
            self.tell(say("no-card"))
        return card

    # -- the neighbourhood ------------------------------------------------------------------------------------------

    def invite(self) -> None:
        """Make an invite and show it."""
        self._app.run_worker(self._invite())

    async def _invite(self) -> None:
        try:
            reply = await self._app.feed.ask("invite", uses=1, days=2)
        except MeshnodeError as error:
            self.tell(self.sentence(error))
            return
        from tui.dialogs.invite import InviteDialog

        self._app.push_screen(InviteDialog(reply))

    def leave(self) -> None:
        """Leave the neighbourhood, after a yes."""
        from tui.dialogs.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.run_worker(self._leave())

        network = self._app.held.network_name
        effect = " ".join(wording.LEAVE_EFFECT)
        self._app.push_screen(Confirm(say("leave.title", network=network), effect, for_ever=True), answered)

    async def _leave(self) -> None:
        from tui.dialogs.confirm import Tell

        try:
            reply = await self._app.feed.ask("leave")
        except MeshnodeError as error:
            self.tell(self.sentence(error))
            return
        thanks = clean(str(reply.get("thanks") or ""))
        self._app.push_screen(Tell(say("leave.done"), thanks), lambda _: self._app.exit(Outcome.LEFT))
