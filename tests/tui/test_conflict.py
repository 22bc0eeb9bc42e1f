"""Two real nodes write one field apart: both values stand on the screen with their authors until a person picks."""

from __future__ import annotations

from pathlib import Path

from tests.tui.pair import disagree, two_neighbours
from tests.tui.stage import stage
from tui.moments import Clock


async def test_both_values_are_shown_and_one_is_kept_or_a_third_written(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        first, second = await ana.add("Fix the gate"), await ana.add("Paint the fence")
        await bo.until_titles(["Fix the gate", "Paint the fence"])
        await disagree(ana, bo, first)
        async with stage(ana.socket, (80, 32), clock=Clock()) as shown:
            shown.app.open_card(first)
            await shown.sees("TWO VERSIONS of the day", "6 May 2031", "8 Jul 2031", "Ana, ", "Bo, ")
            words = next(line for line in shown.lines() if "8 Jul 2031 (" in line).replace("▌", " ").split()
            letter = words[1]
            await shown.press(letter)
            await shown.sees("Kept: 2031-07-08")
            await shown.sees_not("TWO VERSIONS")
            view = (await ana.ask("record", record=first))["view"]
            assert (view["due"], view["conflicts"]) == ("2031-07-08", [])
        await bo.until_titles(["Fix the gate", "Paint the fence"])
        await disagree(ana, bo, second)
        async with stage(bo.socket, (80, 32), clock=Clock()) as shown:
            shown.app.open_card(second)
            await shown.sees("TWO VERSIONS of the day")
            await shown.press("w")
            await shown.sees("Write what the day should be")
            await shown.type("2031-09-10")
            await shown.press("enter")
            await shown.sees("Kept: 2031-09-10")
            assert (await bo.ask("record", record=second))["view"]["due"] == "2031-09-10"
