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
from crdt.boards.occurrences import of_view
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError, NodeAway
from tui import actions
from tui.acting import Acting, named
from tui.faces import title_of
from tui.language import translated
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
        self.acting = Acting(app)
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
        target, view = actions.meant(action, self._app.held, on or card)
        fields = actions.form_fields(action, view, written or {})

        def go(by: str) -> None:
            if not self._possible(action, view, by):
                return
            if item is None and fields:
                self._open_form(action, target, fields, actions.given_by(action, card), by)
                return
            self._app.run_worker(self._perform_and_tell(name, target, {} if item is None else {"item": item}, by))

        if self._possible(action, view, self.acting.by):
            self.acting.first(translated(action.title), title_of(view) if view else "", go)

    def _possible(self, action: Action, view: Json, by: str) -> bool:
        """Whether it can be done now by whoever acts; why not is said."""
        reason = actions.why_not(action, view, self._app.held, self._app.clock, by)
        if reason is not None:
            self.tell(reason if reason == say("away.not-done") else clean(reason))
        return reason is None

    def possible(self, action: Action, view: Json) -> bool:
        """Whether it can be done now, as far as is known who acts; why not is said."""
        return self._possible(action, view, self.acting.by)

    def at_once(self, name: str, *, on: str | None = None, given: Mapping[str, Any] | None = None) -> None:
        """An action on the screen's card, or on another record, without asking for what may be left out."""
        action = actions.action_named(name)
        record = on or (self._app.screen.card if isinstance(self._app.screen, Place) else None)
        view = self._app.held.records.get(record or "", {})

        def go(by: str) -> None:
            if self._possible(action, view, by):
                self._app.run_worker(self._perform_and_tell(name, record, given or {}, by))

        if record and self._possible(action, view, self.acting.by):
            self.acting.first(translated(action.title), title_of(view), go)

    def _open_form(
        self,
        action: Action,
        record: str | None,
        fields: list[actions.FormField],
        given: Mapping[str, str],
        by: str,
    ) -> None:
        from tui.dialogs.form import Form

        async def submit(typed: Mapping[str, str]) -> str | None:
            meant = dict(typed)
            unclear = actions.with_references(self._app.held, self._app.clock, fields, meant, record)
            if unclear is not None:
                return unclear
            values = actions.changed_values(action, fields, meant)
            if not values and action.name.endswith(".edit"):
                self._say_done(say("did.nothing"))
                return None
            return await self.perform(action.name, record, values | dict(given), by)

        about = record or given.get("task", "")
        view = self._app.held.records.get(about)
        title = translated(action.title) if view is None else f"{translated(action.title)}: {title_of(view)}"
        self._app.push_screen(Form(title, fields, submit, (action.name, _track(about, by))))

    def quick(self) -> None:
        """Tasks in one line each, by whoever acts."""
        from tui.dialogs.quick import Quick

        action = actions.action_named("task.add")

        def go(by: str) -> None:
            async def submit(values: Mapping[str, str]) -> str | None:
                return await self.perform(action.name, None, values, by)

            if self._possible(action, {}, by):
                self._app.push_screen(Quick(submit))

        if self._possible(action, {}, self.acting.by):
            self.acting.first(translated(action.title), "", go)

    async def _perform_and_tell(self, name: str, record: str | None, arguments: Mapping[str, Any], by: str) -> None:
        refusal = await self.perform(name, record, arguments, by)
        if refusal is not None:
            self.tell(refusal)

    async def perform(self, name: str, record: str | None, arguments: Mapping[str, Any], by: str) -> str | None:
        """Ask the node to do it; the result is None, or a sentence that says why it was not done."""
        asked = {"action": name, "record": record, "arguments": dict(arguments)}
        if (of := of_view(self._app.held.records.get(record or "", {}))) is not None:
            asked["of"] = of
        try:
            reply = await self._app.feed.ask("act", **asked, **named(by))
        except MeshnodeError as error:
            return self.sentence(error)
        self._journal.did(_track(str(reply.get("record")), by), reply.get("change"))
        self._show(reply)
        self._say_done(actions.done_text(actions.action_named(name), _title(reply)))
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

        def go(by: str) -> None:
            assert record is not None
            change = self._journal.to_undo(_track(record, by))
            if change is None and not self._journal.may_ask_node(_track(record, by)):
                self.tell(say("undo.nothing"))
            else:
                self._app.run_worker(self._reverse(record, change, "did.undo", by))

        if record is not None:
            self.acting.first(say("acting.undo"), self._title(record), go)

    def redo(self) -> None:
        """Take back my last undo."""
        record = self._card()

        def go(by: str) -> None:
            assert record is not None
            change = self._journal.to_redo(_track(record, by))
            if change is None:
                self.tell(say("redo.nothing"))
            else:
                self._app.run_worker(self._reverse(record, change, "did.redo", by))

        if record is not None:
            self.acting.first(say("acting.redo"), self._title(record), go)

    def revert(self, record: str, change: str) -> None:
        """Take back any change of a record."""

        def go(by: str) -> None:
            self._app.run_worker(self._reverse(record, change, "did.undo", by))

        self.acting.first(say("acting.undo"), self._title(record), go)

    async def _reverse(self, record: str, change: str | None, text: str, by: str) -> None:
        try:
            reply = await self._app.feed.ask("undo", record=record, change=change, **named(by))
        except MeshnodeError as error:
            self.tell(self.sentence(error))
            return
        note = self._journal.redid if text == "did.redo" else self._journal.undid
        note(_track(record, by), reply.get("change"))
        self._show(reply)
        self.note(say(text, title=_title(reply)))

    async def resolve(self, record: str, field: str, value: object, by: str) -> str | None:
        """Keep one of several values, or write another; None, or why it was not done."""
        try:
            reply = await self._app.feed.ask("resolve", record=record, field=field, value=value, **named(by))
        except MeshnodeError as error:
            return self.sentence(error)
        self._journal.did(_track(record, by), reply.get("change"))
        self._show(reply)
        self._say_done(say("conflict.kept", value=clean(str(value)) or say("conflict.empty")))
        return None

    def _title(self, record: str) -> str:
        return title_of(self._app.held.records.get(record, {}))

    def _card(self) -> str | None:
        screen = self._app.screen
        card = screen.card if isinstance(screen, Place) else None
        if card is None:
            self.tell(say("no-card"))
        return card

    # -- the neighbourhood ------------------------------------------------------------------------------------------


def _title(reply: Json) -> str:
    """What the entry that a reply is about is called; a day of a series by its task."""
    return title_of(reply.get("task") or reply.get("view") or {})


def _track(record: str, by: str) -> str:
    """Whose changes of what are undone one after the other."""
    return f"{record} {by}"
