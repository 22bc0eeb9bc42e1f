"""DevicesScreen: a person's devices and the neighbourhood's hubs: one more, or one given up.

Rules of this module:
1. The node's answer to `devices` is shown; it is asked for when the place opens and when statements come.
2. Nothing is given up before a question that says what it means and what it cannot do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from textual.binding import BindingType

from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.actions import FormField
from tui.device_lines import DeviceLines, name_and_words
from tui.dialogs.device_code import DeviceCodeDialog
from tui.dialogs.dropping import Dropping
from tui.dialogs.form import Form
from tui.dialogs.invite import CODE_AND_ADDRESS
from tui.keymap import DEVICE_KEYS
from tui.screens.asked_place import AskedPlace
from tui.widgets.line_list import Line, LineList
from tui.wording import say


class DevicesScreen(AskedPlace):
    """What this person writes with, and what everybody shares."""

    place = "net"
    name_key = "bar.devices"
    title_key = "devices.title"
    BINDINGS: ClassVar[list[BindingType]] = DEVICE_KEYS

    async def _fetch(self) -> Json:
        return await self.mesh.feed.ask("devices")

    def _build(self, width: int) -> list[Line]:
        return DeviceLines(self._answer, self.mesh.glyphs, self.mesh.paint).build(width)

    @property
    def _devices(self) -> dict[str, Json]:
        return {str(each.get("device")): each for each in self._answer.get("devices") or () if isinstance(each, dict)}

    # -- one more ---------------------------------------------------------------------------------------------------

    def action_add_device(self) -> None:
        """Show a code for another device."""
        self.run_worker(self._show_code("device"))

    def action_add_hub(self) -> None:
        """Type a hub's code, or show one; on a hub, show one for a further steward."""
        if self.mesh.held.at_hub:
            self.run_worker(self._show_code("steward"))
            return
        fields = [
            FormField("code", say("hub.code"), "", "line", required=False, value=""),
            FormField("address", say("hub.address"), say("join.address-hint"), "line", required=False, value=""),
        ]
        form = Form(say("code.title-hub"), fields, self._add_hub, ("hub_add", ""), busy=say("join.looking"))
        self.mesh.push_screen(form)

    async def _add_hub(self, typed: Mapping[str, str]) -> str | None:
        code, _, scanned = typed["code"].strip().partition(CODE_AND_ADDRESS)
        if not code:
            self.mesh.call_later(lambda: self.run_worker(self._show_code("hub")))
            return None
        try:
            hub = await self.mesh.feed.ask("hub_add", code=code, address=typed["address"].strip() or scanned or None)
        except MeshnodeError as error:
            return self.mesh.doing.sentence(error)
        self.mesh.doing.note(say("devices.hub-added", device=name_and_words(hub)))
        await self._ask()
        return None

    async def _show_code(self, purpose: str) -> None:
        try:
            shown = await self.mesh.feed.ask("device_code", purpose=purpose)
        except MeshnodeError as error:
            self.mesh.doing.tell(self.mesh.doing.sentence(error))
            return
        before = set(self._devices)

        def closed(_: object) -> None:
            self.run_worker(self._tell_of_new(before))

        self.mesh.push_screen(DeviceCodeDialog(shown), closed)

    async def _tell_of_new(self, before: set[str]) -> None:
        await self._ask()
        for key in set(self._devices) - before:
            device = self._devices[key]
            text = "devices.hub-added" if device.get("kind") == "hub" else "devices.added"
            self.mesh.doing.note(say(text, device=name_and_words(device)))

    # -- one less ---------------------------------------------------------------------------------------------------

    def action_drop_device(self) -> None:
        """Give the selected device up, after a question."""
        selected = self.lines.selected if self.query(LineList) else None
        device = self._devices.get((selected or "").partition(":")[2])
        if device is None or device.get("dropped"):
            return
        if device.get("here"):
            self.mesh.doing.tell(say("devices.drop-this"))
            return

        def answered(why: str | None) -> None:
            if why:
                self.run_worker(self._drop(device, why))

        self.mesh.push_screen(Dropping(name_and_words(device)), answered)

    async def _drop(self, device: Json, why: str) -> None:
        request: dict[str, Any] = {"device": device.get("device"), "why": why}
        try:
            answer = await self.mesh.feed.ask("device_drop", **request)
        except MeshnodeError as error:
            self.mesh.doing.tell(self.mesh.doing.sentence(error))
            return
        text = "devices.dropped" if answer.get("done") else "devices.drop-asked"
        self.mesh.doing.note(say(text, device=name_and_words(device)))
        await self._ask()
