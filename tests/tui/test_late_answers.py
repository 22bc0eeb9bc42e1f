"""An answer that comes after its window has gone closes nothing else."""

from __future__ import annotations

from tests.support.nodes import RunningNode
from tests.tui.stage import stage
from tui.dialogs.confirm import Confirm
from tui.moments import Clock


async def test_a_window_that_was_closed_by_other_news_does_not_take_the_board_along(node: RunningNode) -> None:
    async with stage(node.socket, (80, 24), clock=Clock()) as shown:
        await shown.sees("Maple Street — Board")
        late = Confirm("A question", "Whose answer is on its way.")
        shown.app.push_screen(late)
        await shown.sees("A question")
        shown.app.show_place("board")
        await shown.sees("Maple Street — Board")
        late.dismiss(True)
        await shown.pilot.pause()
        await shown.sees("Maple Street — Board")
        assert len(shown.app.screen_stack) == 3
