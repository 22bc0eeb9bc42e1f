"""Beginning: a new start with chosen people: who, what it is called and why, what it does, and then it begins.

Rules of this module:
1. What a yes does, who is told, who is not and what those can see stands before the yes, which takes two keys.
2. The node is asked beforehand: nobody says yes to something that it would refuse.
3. Marks and typed words outlive a closed window. The founding itself is done by the program that started the screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from meshnode import wording
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.actions import FormField
from tui.language import translated
from tui.member_lines import names
from tui.outcome import NewStart, Outcome
from tui.plain_text import clean
from tui.wording import counted, say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp
    from tui.dialogs.promise import Section

_DRAFT = ("anew", "")


class Beginning:
    """What one screen asks before somebody starts anew."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app
        self._marked: set[str] = set()

    def begin(self) -> None:
        """Ask whom to take along, and so on."""
        self._app.run_worker(self._begin())

    async def _begin(self) -> None:
        if self._app.held.at_hub:
            self._app.doing.tell(say("anew.at-hub"))
            return
        try:
            members = (await self._app.feed.ask("members"))["members"]
        except MeshnodeError as error:
            self._app.doing.tell(self._app.doing.sentence(error))
            return
        others = [each for each in members if not each.get("mine")]
        if others:
            self._choose(others)
        else:
            self._app.doing.tell(say("anew.nobody"))

    def _choose(self, others: Sequence[Json]) -> None:
        from tui.dialogs.choose_people import ChoosePeople

        def chosen(go_on: bool | None) -> None:
            if go_on:
                self._name(others)

        text = say("anew.whom-text", network=self._app.held.network_name)
        self._app.push_screen(ChoosePeople(say("anew.whom"), text, others, self._marked), chosen)

    def _name(self, others: Sequence[Json]) -> None:
        """What it is called, and why; what the node refuses is said in the form."""
        from tui.dialogs.form import Form

        people = [each for each in others if str(each.get("id")) in self._marked]
        along = names([each.get("name") for each in people])

        async def typed_in(typed: Mapping[str, str]) -> str | None:
            start = NewStart(clean(typed["name"]), tuple(str(each["id"]) for each in people), clean(typed["reason"]))
            try:
                checked = await self._app.feed.ask(
                    "refound_check", name=start.name, reason=start.reason, members=list(start.along)
                )
            except MeshnodeError as error:
                return self._app.doing.sentence(error)
            self._app.call_later(self._promise, start, people, checked)
            return None

        fields = [
            FormField("name", say("anew.name"), "", "line", required=True, value=""),
            FormField("reason", say("anew.reason"), say("anew.reason-hint"), "line", required=False, value=""),
        ]
        title = say("anew.form-title", names=along)
        self._app.push_screen(Form(title, fields, typed_in, _DRAFT, keep=True, save="anew.on"))

    def _promise(self, start: NewStart, people: Sequence[Json], checked: Json) -> None:
        from tui.dialogs.promise import Promise

        async def agreed() -> str | None:
            self._app.new_start = start
            self._app.exit(Outcome.ANEW)
            return None

        title = say("anew.promise-title", name=start.name)
        sections = self._sections(start, people, frozenset(checked.get("hear") or ()))
        self._app.push_screen(Promise(title, sections, say("anew.yes", name=start.name), agreed))

    def _sections(self, start: NewStart, people: Sequence[Json], hear: frozenset[str]) -> list[Section]:
        old = self._app.held.network_name
        told = names([each.get("name") for each in people if each["id"] in hear])
        apart = names([each.get("name") for each in people if each["id"] not in hear])

        def filled(texts: Sequence[str], who: str = "") -> list[str]:
            return [translated(text).format(name=start.name, old=old, names=who) for text in texts]

        who_is_told = [
            *(filled(wording.ANEW_TOLD, told) if told else ()),
            *(filled([wording.ANEW_BY_HAND], apart) if apart else ()),
            say("members.reason", reason=start.reason) if start.reason else say("members.no-reason"),
        ]
        return [
            (translated(wording.ANEW_TITLE), filled(wording.ANEW)),
            (translated(wording.ANEW_TOLD_TITLE), who_is_told),
            (translated(wording.ANEW_UNTOLD_TITLE), filled(wording.ANEW_UNTOLD)),
            ("", [say("anew.then", name=start.name, profile=self._app.profile)]),
        ]

    def begun(self, begun: Json) -> None:
        """On the first screen of the new neighbourhood: what came of it, and what is left to do."""
        from tui.dialogs.confirm import Tell

        name, old = clean(str(begun.get("name") or "")), clean(str(begun.get("old") or ""))
        told, apart = names(begun.get("told")), begun.get("by_hand") or ()
        text = [
            counted("anew.copied", int(begun.get("copied") or 0)),
            *([say("anew.told", names=told, old=old)] if told else ()),
            *([say("anew.by-hand", old=old)] if apart else ()),
            *(f"  {clean(str(who))}: {clean(str(code))}" for who, code in apart),
            say("anew.keep", profile=clean(str(begun.get("profile") or ""))),
        ]
        self._app.push_screen(Tell(say("anew.begun", name=name), "\n".join(text)))
