"""The node goes and comes back: everything stays visible, nothing is pretended, what was typed is kept."""

from __future__ import annotations

from textual.widgets import Input

from tests.support.nodes import RunningNode
from tests.tui.stage import stage
from tui.moments import Clock


async def test_what_was_typed_outlives_the_node(node: RunningNode) -> None:
    await node.add("Fix the gate")
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("OPEN 1")
        await shown.press("n")
        await shown.type("Paint the fence")
        await node.kill()
        await shown.until(lambda: not shown.app.held.linked, "the node is away")
        await shown.press("enter")
        await shown.sees("Not done: the node is away. If it stays away, start")
        assert shown.app.screen.query_one("#field-title", Input).value == "Paint the fence"
        await shown.press("escape")
        await shown.sees("NODE AWAY - read only", "Fix the gate")
        await node.start()
        await shown.sees("this node only", "OPEN 1")
        await shown.press("n")
        await shown.sees("What you typed before is still here.", "Paint the fence")
        await shown.press("enter")
        await shown.sees("Written down: Paint the fence", "OPEN 2")
        assert await node.titles() == ["Fix the gate", "Paint the fence"]
        await shown.press("n")
        await shown.sees("Add a task")
        assert "Paint the fence" not in shown.text().split("Add a task")[1]


async def test_keys_do_nothing_while_it_is_away_and_say_so(node: RunningNode) -> None:
    record = await node.add("Fix the gate")
    async with stage(node.socket, clock=Clock()) as shown:
        await shown.sees("OPEN 1")
        await node.kill()
        await shown.sees("NODE AWAY")
        for key in ("c", "u", "i"):
            await shown.press(key)
            await shown.sees("Not done: the node is away. If it stays away, start meshnode again.")
            await shown.press("escape")
        await node.start()
        await shown.sees("this node only")
        assert (await node.ask("record", record=record))["view"]["status"] == "open"
