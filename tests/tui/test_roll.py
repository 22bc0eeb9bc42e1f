"""The roster and the roll call on the screen, on real nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.nodes import RunningNode
from tests.tui.pair import two_neighbours
from tests.tui.stage import Stage, stage
from tui.moments import Clock
from tui.screens.entry import EntryScreen
from tui.widgets.line_list import LineList

HOUSES = (
    ("Rosa, number 7", "radio 3", "first aid"),
    ("Jon, number 9", "ring the bell", ""),
    ("Lena, number 12", "", "generator"),
)


async def street(node: RunningNode) -> None:
    for title, primary, skills in HOUSES:
        await node.act("roster.add", title=title, primary=primary, skills=skills, lives="no")


def select(shown: Stage, title: str) -> None:
    record = next(key for key, view in shown.app.held.records.items() if view.get("title") == title)
    shown.app.screen.query_one(LineList).select(record)


async def test_two_callers_mark_one_list_with_one_key_a_household(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        await street(ana)
        async with (
            stage(ana.socket, (100, 30), clock=Clock(), place="roll") as one,
            stage(bo.socket, (100, 30), clock=Clock(), place="roll") as two,
        ):
            await one.sees("Emergency roster: 3 households", "radio 3", "O opens a roll call")
            await two.sees("Emergency roster: 3 households")
            await one.press("O")
            await one.sees("Open")
            await one.type("storm")
            await one.press("enter")
            await one.sees("storm: 0 need help, 3 no word yet, 0 reached", "try radio 3", "? NO WORD YET")
            await two.sees("storm: 0 need help, 3 no word yet")
            select(two, HOUSES[0][0])
            await two.press("s")
            await one.sees("2 no word yet, 1 reached", "SAFE")
            select(one, HOUSES[1][0])
            await one.press("h")
            await two.sees("1 need help, 1 no word yet, 1 reached", "!! NEEDS HELP")
            await two.press("2")
            await two.sees("Roll call: storm", "NEEDS HELP !!", "NO WORD YET ?", "Jon, number 9", "Lena, number 12")
            await one.press("C", "y")
            await one.sees("Emergency roster: 3 households")


async def test_a_drill_marks_nothing_for_real(node: RunningNode) -> None:
    await street(node)
    async with stage(node.socket, (100, 30), clock=Clock(), place="roll") as shown:
        await shown.press("D")
        await shown.type("rehearsal")
        await shown.press("enter")
        await shown.sees("DRILL rehearsal: 0 need help, 3 no word yet")
        await shown.press("home", "h")
        await shown.sees("DRILL rehearsal: 1 need help")
        await shown.press("C", "y")
        await shown.sees("Emergency roster: 3 households")
        assert "NEEDS HELP" not in shown.text()


async def test_who_has_first_aid_is_found_and_opened(node: RunningNode) -> None:
    await street(node)
    async with stage(node.socket, (80, 24), clock=Clock(), place="roll") as shown:
        await shown.press("slash")
        await shown.type("first aid")
        await shown.sees("Rosa")
        await shown.sees_not("Jon")
        await shown.press("enter", "enter")
        assert isinstance(shown.app.screen, EntryScreen)
        await shown.sees("first aid", "radio 3", "History")


@pytest.mark.parametrize("size", [(50, 15), (64, 24), (80, 24), (120, 40)])
async def test_the_roll_call_fits_every_size(node: RunningNode, size: tuple[int, int]) -> None:
    await street(node)
    await node.act("rollcall.open", title="storm")
    async with stage(node.socket, size, clock=Clock(), place="roll") as shown:
        await shown.sees("Rosa", "? NO WORD YET")
        assert all(len(line) <= size[0] for line in shown.lines())
