"""CardOnPaper: the key card's ways through the windows: show, print, keep in a file, check, come back with it.

Rules of this module:
1. Before the card is shown it is said what it is; before one comes back with it, to what it leads.
2. The card goes to the node only to come back with it, in one request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from meshnode.api.schema import Json
from meshnode.cards import paper
from meshnode.errors import MeshnodeError
from tui.actions import FormField
from tui.dialogs.card_paper import CHECK, FILE, PRINT, CardPaper
from tui.dialogs.card_typing import CardTyping
from tui.dialogs.confirm import Confirm, Tell
from tui.dialogs.form import Form
from tui.dialogs.invite import CODE_AND_ADDRESS
from tui.dialogs.promise import Promise
from tui.language import translated
from tui.plain_text import clean
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp


class CardOnPaper:
    """What can be done with a key card."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app

    # -- on the main device -----------------------------------------------------------------------------------------

    def show(self) -> None:
        """Say what the card is, ask, and show it."""
        card = self._card()
        if card is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.push_screen(CardPaper(card), lambda wanted: self._go_on(card, wanted))

        text = " ".join(translated(sentence) for sentence in paper.BEFORE)
        self._app.push_screen(Confirm(say("paper.title"), say("paper.ask", text=text), for_ever=True), answered)

    def _card(self) -> paper.KeyCard | None:
        held, folder = self._app.held, self._app.keys_folder
        if folder is None:
            self._app.doing.tell(say("paper.not-here"))
            return None
        name = clean(str((held.status.get("me") or {}).get("name") or ""))
        try:
            return paper.card_of(folder, name, held.network_name)
        except MeshnodeError as error:
            self._app.doing.tell(self._app.doing.sentence(error))
            return None

    def _go_on(self, card: paper.KeyCard, wanted: str | None) -> None:
        if wanted == PRINT:
            self._app.run_worker(self._print(card))
        elif wanted == FILE:
            self._ask_file(card)
        elif wanted == CHECK:
            self.check()

    async def _print(self, card: paper.KeyCard) -> None:
        try:
            await asyncio.to_thread(paper.print_out, card.text(()))
        except MeshnodeError as error:
            self._app.doing.tell(self._app.doing.sentence(error))
        else:
            self._app.doing.note(say("paper.printed"))

    def _ask_file(self, card: paper.KeyCard) -> None:
        field = FormField("path", say("paper.path"), say("paper.path-hint"), "line", True, "")

        async def submit(typed: Mapping[str, str]) -> str | None:
            path = typed["path"].strip()
            if not path:
                return say("welcome.missing", what=field.title)
            try:
                await asyncio.to_thread(lambda: paper.write(Path(path).expanduser(), card.text(())))
            except MeshnodeError as error:
                return self._app.doing.sentence(error)
            self._app.call_later(self._app.doing.note, say("paper.written", path=clean(path)))
            return None

        self._app.push_screen(Form(say("paper.file-title"), [field], submit, ("paper", "")))

    def check(self) -> None:
        """Try what was written down."""
        folder = self._app.keys_folder
        if folder is None:
            self._app.doing.tell(say("paper.not-here"))
            return

        def typed(card: str | None) -> None:
            if card is not None:
                mine = paper.is_mine(card, folder)
                self._app.push_screen(Tell(say("paper.check-title"), say("paper.right" if mine else "paper.others")))

        self._app.push_screen(CardTyping(say("paper.check-title")), typed)

    # -- on a new device --------------------------------------------------------------------------------------------

    def come_back(self) -> None:
        """Ask for any neighbour's invite, see where it leads, type the card, and be oneself again."""
        fields = [
            FormField("code", say("paper.invite"), "", "line", True, ""),
            FormField("address", say("join.address"), say("join.address-hint"), "line", False, ""),
        ]

        async def submit(typed: dict[str, str]) -> str | None:
            code, _, scanned = typed["code"].strip().partition(CODE_AND_ADDRESS)
            if not code:
                return say("welcome.missing", what=fields[0].title)
            address = typed["address"].strip() or scanned.strip() or None
            try:
                preview = await self._app.feed.ask("preview", code=code, address=address)
            except MeshnodeError as error:
                return self._app.doing.sentence(error)
            if preview.get("windows"):
                return say("paper.several-windows")
            # Spoken words are good for one look: from here on it is the code that came of them.
            came = {"code": str(preview.get("code") or code), "address": preview.get("address") or address}
            self._app.call_later(self._type_card, came, preview)
            return None

        form = Form(
            say("paper.back-title"),
            fields,
            submit,
            ("restore", ""),
            keep=True,
            save="welcome.next",
            busy=say("join.looking"),
        )
        self._app.push_screen(form)

    def _type_card(self, came: Json, preview: Json) -> None:
        network = clean(str(preview.get("network") or "")) or say("someone")

        def typed(card: str | None) -> None:
            if card is not None:
                self._promise(came | {"card": card}, network)

        self._app.push_screen(CardTyping(say("paper.back-to", network=network)), typed)

    def _promise(self, request: Json, network: str) -> None:
        sections = [("", (say("paper.effect", network=network), say("paper.effect-main"), say("paper.effect-lost")))]

        async def accept() -> str | None:
            try:
                await self._app.feed.ask("restore", **request)
            except MeshnodeError as error:
                return self._app.doing.sentence(error)
            self._app.drafts.pop(("restore", ""), None)
            self._app.call_later(self._app.doing.note, say("paper.back"))
            return None

        def answered(refusal: str | None) -> None:
            if refusal and refusal not in {Promise.BACK, Promise.DONE}:
                self._app.push_screen(Tell(say("failed.title"), refusal), lambda _: self.come_back())

        self._app.push_screen(
            Promise(say("paper.back-to", network=network), sections, say("paper.yes"), accept), answered
        )
