"""PlainDoing: one action of a board, asked for line by line.

Rules of this module:
1. What cannot be done now is said with its reason, never left out.
2. What was typed stays: after a refusal the same questions come again with the answers filled in.
3. A single dot takes back the beginning of anything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crdt.actions import Action, Argument
from crdt.boards.occurrences import of_view
from crdt.boards.shelf import BOARDS
from crdt.errors import BadValue
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui import actions
from tui.acting import named
from tui.day_words import day_of
from tui.held import Held
from tui.language import translated
from tui.moments import Clock
from tui.plain_text import clean
from tui.wording import say

LEFT_TO_NODE = frozenset({"moment", "people", "member", "reference", "day"})
"""Kinds of argument that only the node can check."""
NEVER_MIND = "."
Ask = Callable[[str], Awaitable[str]]
Request = Callable[..., Awaitable[Json]]


def title_of(view: Json) -> str:
    """What an entry of any board is called."""
    board = next((board for board in BOARDS.values() if board.kind.name == view.get("kind")), None)
    return clean(board.summary(view) if board else str(view.get("title") or "")) or say("task.untitled")


@dataclass(slots=True)
class PlainDoing:
    """Does what a person chooses from a list."""

    held: Held
    clock: Clock
    request: Request
    say_line: Callable[[str], None]
    ask: Ask
    by: str = ""
    """Who acts at a hub, once somebody has said so."""

    async def choose(self, offered: Sequence[Action], view: Json) -> None:
        """Let one of several actions be chosen, and do it."""
        by = await self.who()
        if len(offered) == 1:
            await self._do(offered[0], view, by)
            return
        possible = []
        for action in offered:
            reason = actions.why_not(action, view, self.held, self.clock, by)
            if reason is None:
                possible.append(action)
                self.say_line(f"{len(possible)}  {translated(action.title)}: {translated(action.help)}")
            else:
                self.say_line(say("plain.not-now", action=translated(action.title), reason=clean(reason)))
        answer = await self.ask(say("plain.choose-action"))
        if answer.isdigit() and 1 <= int(answer) <= len(possible):
            await self._do(possible[int(answer) - 1], view, by)

    async def _do(self, action: Action, view: Json, by: str) -> None:
        values: dict[str, str] = {}
        record, view = actions.meant(action, self.held, str(view.get("id") or ""))
        while True:
            answered = await self._arguments(action, view, values)
            if answered is None:
                self.say_line(say("plain.not-done"))
                return
            values = answered
            given = {name: value for name, value in values.items() if value != ""}
            try:
                asked = {"action": action.name, "record": record, "arguments": given} | named(by)
                if (of := of_view(view)) is not None and action.record_kind == "task":
                    asked["of"] = of
                reply = await self.request("act", **asked)
            except MeshnodeError as error:
                self._refused(error)
                if not action.arguments:
                    return
                continue
            self.keep(reply)
            self.say_line(actions.done_text(action, title_of(reply.get("task") or reply.get("view") or {})))
            return

    async def _arguments(self, action: Action, view: Json, before: Mapping[str, str]) -> dict[str, str] | None:
        """What is asked for, one after the other; None when the person thinks better of it."""
        values: dict[str, str] = {}
        if action.arguments:
            self.say_line(say("plain.arguments"))
        for argument in action.arguments:
            known = before.get(argument.name, "")
            stands = str(view.get(argument.name) or "") if action.name.endswith(".edit") else ""
            typed = await self._argument(argument, known or stands)
            if typed is None:
                return None
            value = typed or known
            if value or argument.required:
                values[argument.name] = self._meant(argument, value, view)
        return values

    async def _argument(self, argument: Argument, stands: str) -> str | None:
        prompt = say("plain.argument", title=translated(argument.title), help=translated(argument.help))
        if options := getattr(argument.field, "options", ()):
            prompt = say("plain.with-options", prompt=prompt, options=", ".join(options))
        if stands:
            prompt = say("plain.stands", prompt=prompt, value=clean(stands))
        while True:
            typed = await self.ask(prompt)
            if typed == NEVER_MIND:
                return None
            if (not typed and (stands or not argument.required)) or argument.kind in LEFT_TO_NODE:
                return typed
            try:
                argument.field.accept(typed, self.clock.today().isoformat())
            except BadValue as refused:
                self.say_line(clean(str(refused)))
            else:
                return typed

    def _meant(self, argument: Argument, typed: str, view: Json) -> str:
        """Ids in the place of titles and of places in a list."""
        if argument.kind == "reference":
            found = actions.named_records(self.held, clean(typed), str(view.get("id") or ""))
            return found[0] if len(found) == 1 else typed
        if argument.kind == "day":
            return day_of(typed, self.clock.today()) or typed
        items = [each for each in view.get("checklist") or () if isinstance(each, dict)]
        if argument.name == "item" and typed.isdigit() and 1 <= int(typed) <= len(items):
            return str(items[int(typed) - 1].get("id"))
        return typed

    async def who(self) -> str:
        """Who acts; asked once at a hub."""
        if self.held.at_hub and not self.by:
            self.by = await self.ask(say("plain.who"))
        return self.by

    def keep(self, reply: Json) -> None:
        """Hold what the node answered with, before it tells everybody."""
        view = reply.get("view")
        if isinstance(view, dict) and view.get("id"):
            self.held.put(view)

    async def asked(self, do: str, /, **arguments: Any) -> Json:
        """An answer of the node; {} where it refused, which is said."""
        try:
            return await self.request(do, **arguments)
        except MeshnodeError as error:
            self._refused(error)
            return {}

    def _refused(self, error: MeshnodeError) -> None:
        self.say_line(say("failed.text", message=clean(str(error)), next=clean(error.what_next)).strip())
