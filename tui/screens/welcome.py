"""WelcomeScreen: the first start: begin a neighbourhood, join one with a code or a stick, or look around first.

Rules of this module:
1. Before a yes it is said what neighbours will see, what a thief could read and what cannot be taken back.
2. Nothing is done before that yes; what was typed is kept on the way back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from meshnode import wording
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.actions import FormField
from tui.dialogs.confirm import Tell
from tui.dialogs.device_code import DeviceCodeDialog
from tui.dialogs.form import Form, Submit
from tui.dialogs.invite import CODE_AND_ADDRESS
from tui.dialogs.promise import Promise, meaning_of
from tui.dialogs.windows import WindowsDialog
from tui.keymap import WELCOME_KEYS
from tui.outcome import Outcome
from tui.plain_text import clean, wrap
from tui.screens.place import Place
from tui.widgets.line_list import Line, LineList
from tui.wording import say

CHOICES = ("found", "join", "demo", "device", "hub", "stick", "card")
ROWS_FOR_ALL = 26
"""Lower windows show the choices first, and what meshnode is below them."""


class WelcomeScreen(Place):
    """Where somebody is who belongs to no neighbourhood yet."""

    place = "welcome"
    name_key = "bar.welcome"
    BINDINGS: ClassVar[list[BindingType]] = WELCOME_KEYS
    AUTO_FOCUS = "LineList"

    def body(self) -> Iterable[Widget]:
        """One list of lines."""
        yield LineList(self.mesh.glyphs, self.mesh.paint, self._build, title=say("welcome.title"))

    @property
    def lines(self) -> LineList:
        """The widget with the lines."""
        return self.query_one(LineList)

    def on_mount(self) -> None:
        """Show the ways."""
        self.call_after_refresh(self.lines.rebuild)

    def paint_changes(self, dirty: frozenset[str] | set[str]) -> None:
        """What this node waits for may have changed."""
        super().paint_changes(dirty)
        if self.is_attached and self.query(LineList):
            self.lines.rebuild()

    def _build(self, width: int) -> list[Line]:
        paint = self.mesh.paint
        what = [Line(((part, paint.text),)) for part in wrap(wording.WHAT_IT_IS, width)]
        short = self.size.height < ROWS_FOR_ALL
        lines = [*self._waiting_lines(width), *([] if short else [*what, Line()])]
        for number, choice in enumerate(CHOICES, start=1):
            named = say("welcome.line", number=number, choice=say(f"welcome.{choice}"))
            lines.append(Line(((named, paint.strong),), choice))
            lines += [Line(((f"   {part}", paint.text),)) for part in wrap(say(f"welcome.{choice}-why"), width - 3)]
        lines.append(Line())
        lines += [*what, Line()] if short else []
        for text in (say("welcome.keys"), say("welcome.language")):
            lines += [Line(((part, paint.dim),)) for part in wrap(text, width)]
        return lines

    def _waiting_lines(self, width: int) -> list[Line]:
        """For whom a reply is under way on a stick."""
        waiting = self.mesh.held.status.get("waiting") or {}
        if not waiting:
            return []
        values = {key: clean(str(waiting.get(key) or "")) for key in ("network", "name", "said")}
        texts = [say("waiting.text", network=values["network"] or say("someone"), name=values["name"])]
        texts += [say("waiting.said", said=values["said"])] if values["said"] else []
        return [Line(((part, self.mesh.paint.strong),)) for text in texts for part in wrap(text, width)] + [Line()]

    # -- keys -------------------------------------------------------------------------------------------------------

    def action_up(self) -> None:
        """To the line above."""
        self.lines.move(-1)

    def action_down(self) -> None:
        """To the line below."""
        self.lines.move(1)

    @on(LineList.Opened)
    def action_open(self) -> None:
        """Go the selected way."""
        self.action_choose(self.lines.selected or CHOICES[0])

    def action_choose(self, choice: str) -> None:
        """Go one of the ways."""
        self.lines.select(choice)
        match choice:
            case "found":
                self._ask_found()
            case "join":
                self._ask_join()
            case "demo":
                self.mesh.exit(Outcome.DEMO)
            case "device":
                self._ask_device()
            case "hub":
                self.run_worker(self._show_hub_code())
            case "stick":
                self.mesh.inviting.sticks.join()
            case "card":
                self.mesh.card_on_paper.come_back()

    # -- starting one -----------------------------------------------------------------------------------------------

    def _ask_found(self) -> None:
        fields = [
            FormField("network", say("found.network"), say("found.network-hint"), "line", True, ""),
            FormField("name", say("found.name"), say("found.name-hint"), "line", True, ""),
        ]

        async def submit(typed: dict[str, str]) -> str | None:
            missing = self._missing(fields, typed)
            if missing is None:
                self.mesh.call_later(self._promise_found, typed)
            return missing

        self.mesh.push_screen(Form(say("found.title"), fields, submit, ("found", ""), keep=True, save="welcome.next"))

    def _promise_found(self, typed: dict[str, str]) -> None:
        network = clean(typed["network"])
        self._promise(
            say("promise.found-title", network=network),
            wording.FOUND_EFFECT,
            say("promise.yes-found", network=network),
            ("found", {"network": typed["network"], "name": typed["name"]}, self._ask_found),
        )

    # -- joining one ------------------------------------------------------------------------------------------------

    def _ask_join(self) -> None:
        fields = [
            FormField("code", say("join.code"), "", "line", True, ""),
            FormField("name", say("join.name"), say("found.name-hint"), "line", True, ""),
            FormField("address", say("join.address"), say("join.address-hint"), "line", False, ""),
        ]

        form = Form(
            say("join.title"),
            fields,
            self._look_up(fields),
            ("join", ""),
            keep=True,
            save="welcome.next",
            busy=say("join.looking"),
        )
        self.mesh.push_screen(form)

    def _look_up(self, fields: list[FormField]) -> Submit:
        """Look what a typed code leads to, and ask about that."""

        async def submit(typed: dict[str, str]) -> str | None:
            missing = self._missing(fields, typed)
            if missing is not None:
                return missing
            code, _, scanned = typed["code"].partition(CODE_AND_ADDRESS)
            typed |= {"code": code.strip(), "address": typed["address"].strip() or scanned.strip()}
            return await self._preview(typed)

        return submit

    async def _preview(self, typed: dict[str, str]) -> str | None:
        """Go on to what a code or words lead to; None, or why not."""
        try:
            preview = await self.mesh.feed.ask("preview", code=typed["code"], address=typed["address"] or None)
        except MeshnodeError as error:
            return self.mesh.doing.sentence(error)
        if preview.get("windows"):
            self.mesh.call_later(self._choose_window, typed, list(preview["windows"]))
        else:
            # Spoken words are good for one look: from here on it is the code that came of them.
            typed |= {key: str(preview[key]) for key in ("code", "address") if preview.get(key)}
            self.mesh.call_later(self._promise_join, typed, preview)
        return None

    def _choose_window(self, typed: dict[str, str], windows: list[Json]) -> None:
        """Ask whose words were heard."""

        async def look(address: str) -> None:
            refusal = await self._preview({**typed, "address": address})
            if refusal is not None:
                self.mesh.push_screen(Tell(say("failed.title"), refusal), lambda _: self._ask_join())

        def chosen(address: str | None) -> None:
            if address is None:
                self._ask_join()
            else:
                self.run_worker(look(address))

        self.mesh.push_screen(WindowsDialog(windows), chosen)

    def _ask_device(self) -> None:
        fields = [
            FormField("code", say("join.code-device"), "", "line", True, ""),
            FormField("address", say("join.address"), say("join.address-hint"), "line", False, ""),
        ]
        title, looking = say("join.title-device"), say("join.looking")
        form = Form(title, fields, self._look_up(fields), ("device", ""), keep=True, save="welcome.next", busy=looking)
        self.mesh.push_screen(form)

    async def _show_hub_code(self) -> None:
        """This machine shows a code; the board opens once a steward has typed it."""
        try:
            shown = await self.mesh.feed.ask("hub_setup")
        except MeshnodeError as error:
            self.mesh.push_screen(Tell(say("failed.title"), self.mesh.doing.sentence(error)))
            return
        self.mesh.push_screen(DeviceCodeDialog(shown, outside=True))

    def _promise_becoming(self, typed: dict[str, str], preview: Json) -> None:
        """What a device's code makes of this machine."""
        becomes = str(preview.get("becomes"))
        person = clean(str(preview.get("inviter") or "")) or say("someone")
        values = {"person": person, "network": clean(str(preview.get("network") or ""))}
        self._promise(
            say(f"promise.{becomes}-title", **values),
            tuple(clean(str(each)) for each in preview.get("effect") or ()),
            say(f"promise.yes-{becomes}", **values),
            ("join", {"code": typed["code"], "address": typed["address"] or None}, self._ask_device),
        )

    def _promise_join(self, typed: dict[str, str], preview: Json) -> None:
        if preview.get("becomes") in ("device", "hub"):
            self._promise_becoming(typed, preview)
            return
        if "name" not in typed:
            # An invite was typed where a device's code was asked for: what it leads to needs a name.
            self.mesh.drafts["join", ""] = {**typed, "name": ""}
            self._ask_join()
            return
        self.mesh.drafts["join", ""] = dict(typed)
        network = clean(str(preview.get("network") or ""))
        inviter = clean(str(preview.get("inviter") or "")) or say("someone")
        effect = tuple(clean(str(each)) for each in preview.get("effect") or ()) or wording.JOIN_EFFECT
        self._promise(
            say("promise.join-title", network=network),
            (say("promise.invited", inviter=inviter, network=network), *effect),
            say("promise.yes-join", network=network),
            (
                "join",
                {"code": typed["code"], "name": typed["name"], "address": typed["address"] or None},
                self._ask_join,
            ),
        )

    # -- the yes ----------------------------------------------------------------------------------------------------

    def _missing(self, fields: list[FormField], typed: dict[str, str]) -> str | None:
        empty = next((field for field in fields if field.required and not typed[field.name].strip()), None)
        return say("welcome.missing", what=empty.title) if empty else None

    def _promise(self, title: str, effect: Iterable[str], yes: str, request: tuple[str, Json, Any]) -> None:
        do, arguments, again = request
        sections = meaning_of(tuple(effect))

        async def accept() -> str | None:
            try:
                await self.mesh.feed.ask(do, **arguments)
            except MeshnodeError as error:
                return self.mesh.doing.sentence(error)
            self.mesh.drafts.pop((do, ""), None)
            return None

        def answered(refusal: str | None) -> None:
            if refusal == Promise.BACK:
                again()
            elif refusal:
                self.mesh.push_screen(Tell(say("failed.title"), refusal), lambda _: again())

        self.mesh.push_screen(Promise(title, sections, yes, accept), answered)
