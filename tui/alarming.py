"""Alarming: raises alarms, and lets those that came cover the screen and sound until somebody here has seen them.

Rules of this module:
1. An alarm covers whatever is on the screen; Esc leaves a line of it on every place until it is stood down.
2. The bell sounds until somebody here said to see it; after Esc, less often.
3. Raised anew, an alarm covers the screen anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from meshnode.api.schema import Json
from tui.alarm_facts import acknowledged, active_alarms, loud_alarms
from tui.dialogs.dialog import Dialog
from tui.language import translated

if TYPE_CHECKING:
    from tui.app import MeshnodeApp
    from tui.screens.alarm import AlarmScreen

BELL_SECONDS: Final = 2.0
SELDOM: Final = 10
"""After Esc every so-manieth bell sounds."""


class Alarming:
    """What one screen does about alarms."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app
        self._left: set[tuple[str, ...]] = set()
        self._timer: Timer | None = None
        self._beats = 0
        self.rung = 0
        """How often the bell has sounded."""

    # -- what came --------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Something changed: cover the screen, sound, or be still."""
        from tui.screens.alarm import AlarmScreen

        if not self._app.held.complete:
            return
        loud = loud_alarms(self._app.held, self._app.clock)
        calling = next((view for view in loud if _raising(view) not in self._left), None)
        if calling is not None:
            self._cover(str(calling["id"]))
        for screen in self._app.screen_stack:
            if isinstance(screen, AlarmScreen):
                screen.look()
        self._sound(bool(loud))

    def _cover(self, record: str) -> None:
        from tui.screens.alarm import AlarmScreen

        shown = [each for each in self._app.screen_stack if isinstance(each, AlarmScreen)]
        if any(each.record == record for each in shown):
            return
        if shown and shown[-1] is self._app.screen:
            shown[-1].turn_to(record)
        else:
            self._app.push_screen(AlarmScreen(record, came=True))

    def _sound(self, on: bool) -> None:
        if on and self._timer is None:
            self._beats = 0
            self._beat()
            self._timer = self._app.set_interval(BELL_SECONDS, self._beat)
        elif not on and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _beat(self) -> None:
        loud = loud_alarms(self._app.held, self._app.clock)
        if any(_raising(view) not in self._left for view in loud) or (loud and self._beats % SELDOM == 0):
            self.rung += 1
            self._app.bell()
        self._beats += 1

    # -- keys -------------------------------------------------------------------------------------------------------

    def key(self) -> None:
        """The alarm key: look at what is on, else raise one."""
        from tui.dialogs.raise_alarm import RaiseAlarm
        from tui.screens.alarm import AlarmScreen

        if isinstance(self._app.screen, RaiseAlarm):
            return
        on = active_alarms(self._app.held)
        if on and not isinstance(self._app.screen, AlarmScreen):
            self._app.push_screen(AlarmScreen(str(on[0]["id"]), came=False))
        else:
            self.begin()

    def begin(self) -> None:
        """Ask what there is to say."""
        from tui.dialogs.raise_alarm import RaiseAlarm

        self._app.push_screen(RaiseAlarm(), self._answered)

    def _answered(self, values: dict[str, str] | None) -> None:
        if values is not None:
            self._app.doing.acting.first(
                _title("alarm.raise"), "", lambda by: self._app.run_worker(self._raise(values, by))
            )

    async def _raise(self, values: dict[str, str], by: str) -> None:
        from tui.dialogs.raise_alarm import DRAFT
        from tui.screens.alarm import AlarmScreen

        before = set(self._app.held.records)
        refusal = await self._app.doing.perform("alarm.raise", None, values, by)
        if refusal is not None:
            self._app.doing.tell(refusal)
            return
        self._app.drafts.pop(DRAFT, None)
        self._app.repaint(frozenset())
        raised = [view for view in active_alarms(self._app.held) if view["id"] not in before]
        mine = next((view for view in raised if acknowledged(self._app.held, view)), None)
        if mine is not None and not isinstance(self._app.screen, AlarmScreen):
            self._app.push_screen(AlarmScreen(str(mine["id"]), came=False))

    def answer(self, name: str, record: str) -> None:
        """Say something of an alarm at once, and give the screen back."""
        from tui.actions import action_named
        from tui.faces import title_of

        async def say_it(by: str) -> None:
            refusal = await self._app.doing.perform(name, record, {}, by)
            if refusal is not None:
                self._app.doing.tell(refusal)
                return
            self._app.repaint(frozenset())
            self._close(record)

        view = self._app.held.records.get(record, {})
        if self._app.doing.possible(action_named(name), view):
            title = title_of(view)
            self._app.doing.acting.first(_title(name), title, lambda by: self._app.run_worker(say_it(by)))

    def _close(self, record: str) -> None:
        from tui.screens.alarm import AlarmScreen

        screen = self._app.screen
        if isinstance(screen, AlarmScreen) and screen.record == record:
            self.leave(screen)

    def leave(self, screen: AlarmScreen) -> None:
        """Give the screen back; the alarm keeps its line."""
        self._left.add(_raising(screen.view) if screen.view else (screen.record,))
        if screen.is_current:
            screen.dismiss(None)
        self.look()

    def to_roll_call(self) -> None:
        """To the roll call, with what was half typed kept."""
        for _ in range(len(self._app.screen_stack)):
            if not isinstance(self._app.screen, Dialog):
                break
            self._app.screen.action_close()
        self._app.show_place("roll")


def _raising(view: Json) -> tuple[str, ...]:
    """One raising of an alarm: raised again it is another."""
    return (str(view.get("id")), *map(str, view.get("raising") or ()))


def _title(name: str) -> str:
    from tui.actions import action_named

    return translated(action_named(name).title)
