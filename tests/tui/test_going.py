"""Leaving with a copy, one's invites, and going on with somebody, on real nodes."""

from __future__ import annotations

import json
from pathlib import Path

from textual.widgets import Input

from tests.support.nodes import RunningNode
from tests.tui.pair import two_neighbours
from tests.tui.stage import stage
from tui.moments import Clock
from tui.outcome import Outcome


async def test_leaving_names_what_is_given_back_and_takes_a_copy_along(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, _):
        record = await ana.add("Soup")
        await ana.act("task.claim", record)
        async with stage(ana.socket, clock=Clock()) as shown:
            await shown.press("question_mark")
            await shown.type("leave this")
            await shown.press("enter")
            await shown.sees("Leave Maple Street", "A copy of everything to take along")
            folder = shown.app.screen.query_one("#field-folder", Input)
            folder.value = "/dev/null/no"
            await shown.press("enter")
            await shown.sees("cannot be made")
            folder.value = str(short_path / "copy")
            await shown.press("enter")
            await shown.sees("goes back to the board for others: Soup", "Your copy is in")
            await shown.press("y")
            await shown.sees("Thank you")
            await shown.press("enter")
            await shown.until(lambda: shown.app.return_value is Outcome.LEFT, "left")
    lines = [json.loads(line) for line in (short_path / "copy" / "board.jsonl").read_text().splitlines()]
    assert any(line.get("title") == "Soup" for line in lines)


async def test_leaving_needs_no_copy_and_no_is_the_usual_answer(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.press("question_mark")
        await shown.type("leave this")
        await shown.press("enter", "enter")
        await shown.sees("copy is taken along.")
        await shown.press("enter")
        await shown.sees_not("copy is taken along.")
        assert not (await node.ask("status"))["me"]["left"]


async def test_my_invites_are_listed_and_one_is_taken_back(node: RunningNode) -> None:
    await node.ask("invite", uses=2)
    async with stage(node.socket, clock=Clock(), place="net") as shown:
        await shown.press("m")
        await shown.sees("(you)")
        await shown.press("I")
        await shown.sees("My invites", "2 people, until", "nobody yet")
        await shown.press("x")
        await shown.sees("It lets nobody in any more")
        await shown.press("y")
        await shown.sees("You have no open invites.")
        assert (await node.ask("my_invites"))["invites"] == []
