"""Having a card wiped, on the screens of two real nodes: the question says what it does, others see who wanted it."""

from __future__ import annotations

from pathlib import Path

from tests.support.nodes import RunningNode
from tests.tui.pair import two_neighbours
from tests.tui.stage import stage
from tui.moments import Clock


async def commented_card(ana: RunningNode, bo: RunningNode) -> str:
    """A card of Ana's in which Bo wrote, on both nodes."""
    task = await ana.add("Code of the key box")
    await ana.add("Rake leaves")
    await bo.until_titles(["Code of the key box", "Rake leaves"])
    await bo.ask("act", action="task.comment", record=task, arguments={"text": "It is 4711"})

    async def there() -> bool:
        return bool((await ana.ask("record", record=task))["view"]["comments"])

    await ana.until("the comment is there", there)
    return task


async def test_a_card_is_wiped_after_a_plain_question(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        task = await commented_card(ana, bo)
        async with stage(ana.socket, (110, 40), clock=Clock()) as shown:
            shown.app.open_card(task)
            await shown.sees("It is 4711")
            await shown.press("W")
            await shown.sees("Wipe Code of the key box for good?", "besides you:", "Copies on paper")
            await shown.press("enter")
            await shown.sees_not("for good?")
            await shown.press("W")
            await shown.sees("for good?")
            await shown.press("y")
            await shown.sees("Ana had this wiped.", "Wiped: Code of the key box")
            assert "4711" not in shown.text()
        await bo.until_titles(["Rake leaves"])


async def test_whoever_has_it_open_sees_who_wanted_it(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        task = await commented_card(ana, bo)
        async with stage(bo.socket, (110, 40), clock=Clock()) as shown:
            shown.app.open_card(task)
            await shown.sees("It is 4711")
            await shown.press("W")
            await shown.sees("Only who made something")
            await shown.press("escape")
            await ana.ask("forget", record=task)
            await shown.sees("Ana had this wiped.")
            assert "4711" not in shown.text()
            await shown.press("escape")
            await shown.sees("Rake leaves")
            await shown.sees_not("Code of the key box")
        (notice,) = (await bo.ask("members"))["notices"]
        assert notice.startswith("Ana had a task wiped in which you had written.")
        assert (await ana.ask("members"))["notices"] == []
