"""Alarms on the screen: raised by two deliberate keys, over everything, told truthfully, gone when they are over."""

from __future__ import annotations

from pathlib import Path

from textual import events

from tests.support.nodes import RunningNode
from tests.tui.pair import two_neighbours
from tests.tui.stage import Stage, stage
from tui.dialogs.form import Form
from tui.dialogs.raise_alarm import RaiseAlarm
from tui.moments import Clock
from tui.screens.alarm import AlarmScreen


class SteadyClock(Clock):
    """The time as it is; the seconds pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


async def covered(shown: Stage) -> None:
    """Wait until an alarm covers the screen."""
    await shown.until(lambda: isinstance(shown.app.screen, AlarmScreen), "an alarm over everything")


async def test_two_deliberate_keys_raise_an_alarm_and_nothing_less(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("exclamation_mark")
        await shown.sees("Raise an alarm", "1 FIRE", "6 ALARM")
        await shown.press("Y")
        await shown.sees("First press 1 to 6")
        await shown.press("1")
        await shown.sees("[1 FIRE]", "Shift+Y sends it to everybody: FIRE")
        await shown.press("tab")
        await shown.type("garden behind 7Y")
        await shown.press("enter", "enter", "Y")
        await shown.sees("FIRE", "Where: garden behind 7Y", "Raised by Ana, just now", "On this node only")
        assert shown.app.alarming.rung == 0, "nobody is alarmed by what they raised"
        await shown.press("escape")
        await shown.sees("▲ FIRE  garden behind 7Y", "(! = look)")
        alarms = (await node.ask("records", kind="alarm"))["records"]
        assert [alarm["drill"] for alarm in alarms] == [False]
        for place in ("2", "4", "8"):
            await shown.press(place)
            await shown.sees("▲ FIRE  garden behind 7Y")


async def test_what_is_typed_ahead_of_the_screen_is_no_key(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("f12")
        await shown.until(lambda: isinstance(shown.app.screen, RaiseAlarm), "the window")
        typed = ["3", "tab", *"shed", "enter", *"rod", "enter", "Y"]
        for key in typed:
            shown.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await shown.sees("FLOOD OR STORM", "Where: shed", "Needed: rod")
        assert [alarm["drill"] for alarm in (await node.ask("records", kind="alarm"))["records"]] == [False]


async def test_f12_works_while_typing_and_what_was_typed_is_there_afterwards(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("n")
        await shown.until(lambda: isinstance(shown.app.screen, Form), "the form")
        await shown.type("half a thou")
        await shown.press("f12")
        await shown.until(lambda: isinstance(shown.app.screen, RaiseAlarm), "the window")
        await shown.press("2", "d")
        await shown.sees("THIS IS A DRILL")
        await shown.press("escape")
        await shown.until(lambda: isinstance(shown.app.screen, Form), "the form again")
        await shown.sees("half a thou")
        assert not (await node.ask("records", kind="alarm"))["records"]


async def test_an_alarm_crosses_covers_a_form_and_is_told_truthfully(short_path: Path) -> None:
    clock = SteadyClock()
    async with two_neighbours(short_path) as (ana, bo), stage(bo.socket, clock=clock) as shown:
        await shown.press("n")
        await shown.until(lambda: isinstance(shown.app.screen, Form), "the form")
        await shown.type("wat")
        raised = await ana.act("alarm.raise", what="fire", title="smoke at number 7", needs="a ladder")
        await covered(shown)
        await shown.press("k", "g", "escape")
        await shown.sees("smoke at number 7", "Needed: a ladder", "Seen by: nobody", "other: Ana")
        assert isinstance(shown.app.screen, AlarmScreen), "deaf to what was meant for the form"
        assert shown.app.alarming.rung
        clock.seconds += 1
        await shown.press("k")
        await shown.until(lambda: isinstance(shown.app.screen, Form), "the form again")
        await shown.sees("wat")
        await shown.type("er")
        await shown.press("enter")
        await shown.sees("water", "▲ FIRE  smoke at number 7")

        async def seen() -> bool:
            view = (await ana.ask("record", record=raised["record"]))["view"]
            return bool(view["seen"])

        await ana.until("Bo has seen it", seen)
        await ana.act("alarm.stand_down", raised["record"])
        await shown.sees_not("▲ FIRE")


async def test_esc_leaves_a_line_and_standing_down_is_asked_first(short_path: Path) -> None:
    clock = SteadyClock()
    async with two_neighbours(short_path) as (ana, bo), stage(bo.socket, clock=clock, place="home") as shown:
        await ana.act("alarm.raise", what="water", title="cellar", drill="yes")
        await covered(shown)
        await shown.sees("DRILL  FLOOD OR STORM  DRILL", "This is a drill.")
        clock.seconds += 1
        await shown.press("escape")
        await shown.sees("DRILL  FLOOD OR STORM  cellar")
        await shown.press("exclamation_mark", "r")
        await shown.sees("[5 Roll call]", "DRILL  FLOOD OR STORM  cellar")
        await shown.press("exclamation_mark", "A")
        await shown.until(lambda: isinstance(shown.app.screen, Form), "whether it is over is asked")
        await shown.press("escape")
        await shown.press("A")
        await shown.type("Jon")
        await shown.press("enter")
        await shown.sees("STOOD DOWN by Bo, just now, with Jon")
        await shown.press("escape")
        await shown.sees_not("DRILL")


async def test_it_is_shown_at_any_size_until_it_is_seen(short_path: Path) -> None:
    clock = SteadyClock()
    async with two_neighbours(short_path) as (ana, bo), stage(bo.socket, (20, 6), clock=clock) as shown:
        await ana.act("alarm.raise", what="missing", title="Mo")
        await covered(shown)
        for size in [(20, 6), (50, 15), (80, 24), (120, 40)]:
            await shown.pilot.resize_terminal(*size)
            await shown.sees("SOMEBODY M", "Mo", "k I see it")
            assert len(shown.lines()) == size[1]
