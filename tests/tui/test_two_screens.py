"""End to end: two real nodes, two real terminals: what one neighbour does the other one sees."""

from __future__ import annotations

from pathlib import Path

from tests.tui.pair import disagree, two_neighbours
from tests.tui.terminal import terminal


async def test_two_neighbours_share_a_board(short_path: Path) -> None:
    async with two_neighbours(short_path) as (ana, bo):
        with terminal(ana.socket) as one, terminal(bo.socket) as two:
            for screen in (one, two):
                await screen.until("Nothing on the")
            one.type(b"nFix the gate\r")
            await one.until("Written down: Fix the gate")
            await two.until("Fix the gate")
            two.type(b"c")
            await two.until("CLAIMED 1")
            await one.until("@Bo")
            one.type(b"8")
            await one.until("IN STEP")
            await one.until("All you wrote is on 1 other node.")
            one.type(b"3")
            record = (await ana.tasks())[0]["id"]
            await disagree(ana, bo, record)
            for screen in (one, two):
                await screen.until("≠ two")
            two.type(b"\r")
            await two.until("TWO VERSIONS of the day")
            two.type(b"a")
            await two.until("Kept: ")
            await bo.kill()
            await two.until("NODE AWAY - read only")
            await bo.start()
            await two.until("linked with 1 of 1 nodes")
