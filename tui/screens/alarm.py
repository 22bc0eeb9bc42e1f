"""AlarmScreen: an alarm over everything, at any size, until somebody says to see it.

Rules of this module:
1. It covers, it never takes away: what was half typed below is there again afterwards.
2. Keys that were meant for what it covered do nothing: for its first moments it is deaf.
3. Nothing here can be done without meaning it: what ends an alarm for all is asked first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from crdt.boards.alarms import is_active
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError
from tui.alarm_facts import acknowledged
from tui.alarm_lines import AlarmLines
from tui.faces import title_of
from tui.keymap import ALARM_KEYS
from tui.language import translated
from tui.widgets.bars import KeyBar
from tui.widgets.line_list import Line, LineList
from tui.wording import say

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

DEAF_SECONDS = 0.8
_SHOWN = [each for each in ALARM_KEYS if isinstance(each, Binding) and each.show]


class AlarmScreen(ModalScreen[None]):
    """One alarm."""

    BINDINGS: ClassVar[list[BindingType]] = ALARM_KEYS
    AUTO_FOCUS = "LineList"

    def __init__(self, record: str, *, came: bool) -> None:
        """Prepare it.

        Args:
            record: the alarm.
            came: whether it came by itself; else somebody asked for it.
        """
        super().__init__()
        self.record = record
        self._came = came
        self._deaf_until = 0.0
        self._reach: Json | None = None
        self._asking = self._ask_again = False

    @property
    def mesh(self) -> MeshnodeApp:
        """The app, by its own type."""
        return cast("MeshnodeApp", self.app)

    def compose(self) -> ComposeResult:
        """The alarm, and what can be done."""
        glyphs, paint = self.mesh.glyphs, self.mesh.paint
        with Vertical(id="alarm"):
            yield LineList(glyphs, paint, self._build)
            yield KeyBar(glyphs, paint, id="keys")

    def on_mount(self) -> None:
        """Be deaf at first, and ask how far it has come."""
        self._begin()
        self.call_after_refresh(self.look)

    def _begin(self) -> None:
        self._deaf_until = self.mesh.clock.monotonic() + DEAF_SECONDS if self._came else 0.0
        self._reach = None

    def turn_to(self, record: str) -> None:
        """Show another alarm that came."""
        self.record, self._came = record, True
        self._begin()
        self.look()

    @property
    def view(self) -> Json:
        """The alarm as it is held."""
        return self.mesh.held.records.get(self.record, {})

    def _build(self, width: int) -> list[Line]:
        app = self.mesh
        return AlarmLines(app.held, app.clock, app.glyphs, app.paint, self.view, self._reach).build(width)

    # -- what is so now ---------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Something changed: paint it, ask how far it has come; go when it came by itself and has been seen."""
        if not self.is_attached or not self.query(LineList):
            return
        settled = not self.view or not is_active(self.view) or acknowledged(self.mesh.held, self.view)
        if self._came and settled:
            self._go()
            return
        lines = self.query_one(LineList)
        lines.retitle(say("alarm.title-drill" if self.view.get("drill") else "alarm.title"))
        lines.rebuild()
        keys = [(each.key_display or "", translated(each.description)) for each in _SHOWN]
        self.query_one(KeyBar).show(keys)
        self._ask()

    def _go(self) -> None:
        if self.is_current:
            if self.view and not is_active(self.view):
                self.mesh.doing.note(say("alarm.over", title=title_of(self.view)))
            self.dismiss(None)

    def on_screen_resume(self) -> None:
        """Uncovered again: perhaps it has been seen meanwhile."""
        self.call_later(self.look)

    def on_resize(self) -> None:
        """Other keys fit."""
        self.call_after_refresh(self.look)

    def _ask(self) -> None:
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self.run_worker(self._ask_reach())

    async def _ask_reach(self) -> None:
        try:
            reach = await self.mesh.feed.ask("reach", record=self.record)
        except MeshnodeError:
            reach = None
        self._asking = False
        if reach is not None and reach.get("record") == self.record and reach != self._reach:
            self._reach = reach
            if self.is_attached and self.query(LineList):
                self.query_one(LineList).rebuild()
        if self._ask_again:
            self._ask_again = False
            self._ask()

    # -- keys -------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is done by a key that was meant for what lies below."""
        return self.mesh.clock.monotonic() >= self._deaf_until

    def action_up(self) -> None:
        """Read what is above."""
        self.query_one(LineList).move(-1)

    def action_down(self) -> None:
        """Read on."""
        self.query_one(LineList).move(1)

    def action_seen(self) -> None:
        """I see it."""
        self.mesh.alarming.answer("alarm.seen", self.record)

    def action_going(self) -> None:
        """I'm going."""
        self.mesh.alarming.answer("alarm.going", self.record)

    def action_roll_call(self) -> None:
        """To the roll call; the alarm keeps its line."""
        self.mesh.alarming.leave(self)
        self.mesh.alarming.to_roll_call()

    def action_stand_down(self) -> None:
        """It is over: asked first, with whom that was agreed."""
        self.mesh.doing.start("alarm.stand_down", on=self.record)

    def action_leave(self) -> None:
        """Go on with what lies below; a line stays on every place."""
        self.mesh.alarming.leave(self)

    def action_another(self) -> None:
        """Raise another alarm."""
        self.mesh.alarming.begin()
