"""The line-by-line mode, on real nodes: everything is said once, and everything can be done."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from crdt.actions import ACTIONS
from crdt.boards.shelf import BOARDS
from tests.support.nodes import RunningNode
from tui.moments import Clock
from tui.plain import Plain

PATIENCE_SECONDS = 20.0


class Line:
    """A keyboard that a test types on, and what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._typed: queue.Queue[str | None] = queue.Queue()
        self._new = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def read(self, prompt: str) -> str:
        self._loop.call_soon_threadsafe(self.write, prompt)
        typed = self._typed.get()
        if typed is None:
            raise EOFError
        return typed

    def write(self, line: str) -> None:
        self.said.append(line)
        self._new.set()

    def type(self, *lines: str | None) -> None:
        for each in lines:
            self._typed.put(each)

    async def hears(self, *texts: str, since: int = 0) -> int:
        """Wait until all these were said; how many lines were said by then."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not all(text in "\n".join(self.said[since:]) for text in texts):
                    self._new.clear()
                    await self._new.wait()
        except TimeoutError:
            raise AssertionError(f"never said {texts}; said was:\n" + "\n".join(self.said[since:])) from None
        return len(self.said)


@asynccontextmanager
async def talking(node: RunningNode) -> AsyncIterator[Line]:
    line = Line()
    plain = Plain(node.socket, line.read, line.write, Clock())
    running = asyncio.create_task(plain.run())
    try:
        yield line
    finally:
        line.type(*[None] * 20)
        await asyncio.wait_for(running, PATIENCE_SECONDS)


def number_of(board: str) -> str:
    return str(list(BOARDS).index(board) + 1)


async def test_a_task_is_written_claimed_and_taken_back_line_by_line(node: RunningNode) -> None:
    async with talking(node) as line:
        await line.hears("You are in Maple Street.", "Tasks: 0 entries", "Number or letter, then Enter:")
        line.type(number_of("task"), "n")
        await line.hears("Title. ")
        before = len(ACTIONS["task.add"].arguments)
        line.type("Rake leaves", *[""] * (before - 1))
        at = await line.hears("1  Rake leaves. open")
        line.type("1", "d")
        await line.hears("Not now: Pass on.", "Claim: Say that you will do it", since=at)
        offered = next(each for each in line.said[at:] if "  Claim: " in each)
        line.type(offered.partition(" ")[0])
        at = await line.hears("Status: claimed")
        line.type("h")
        at = await line.hears("claimed it", since=at - 2)
        line.type("u")
        await line.hears("Taken back: Rake leaves", "Status: open", since=at - 1)


async def test_a_refused_answer_is_asked_for_again(node: RunningNode) -> None:
    async with talking(node) as line:
        line.type(number_of("task"), "n", "x" * 300)
        at = await line.hears("Keep the title within 200 characters")
        line.type("Short enough", *[""] * (len(ACTIONS["task.add"].arguments) - 1))
        await line.hears("1  Short enough", since=at)


async def test_a_dot_goes_back_and_nothing_was_changed(node: RunningNode) -> None:
    async with talking(node) as line:
        line.type(number_of("task"), "n", "Half a thought", ".")
        await line.hears("Nothing was changed.")
        assert not await node.tasks()


async def test_a_search_also_finds_what_is_done(node: RunningNode) -> None:
    record = (await node.act("task.add", title="Mow"))["record"]
    await node.act("task.done", record)
    async with talking(node) as line:
        line.type(number_of("task"))
        at = await line.hears("Tasks, 0:")
        line.type("/mow")
        await line.hears("1  Mow. done", since=at)


async def test_an_alarm_is_said_while_a_question_waits(node: RunningNode) -> None:
    async with talking(node) as line:
        await line.hears("Number or letter, then Enter:")
        await node.act("alarm.raise", what="fire", place="back shed")
        await line.hears("\aALARM. ", "back shed")


async def test_the_end_of_the_line_ends_it(node: RunningNode) -> None:
    async with talking(node) as line:
        await line.hears("You are in")
        line.type(None)
        await line.hears("Until next time.")


async def test_outside_a_neighbourhood_it_says_what_to_do(fresh_node: RunningNode) -> None:
    async with talking(fresh_node) as line:
        await line.hears("meshnode init")


@pytest.mark.parametrize("board", list(BOARDS))
def test_every_action_of_a_board_is_offered(board: str) -> None:
    offered = [action.name for action in BOARDS[board].actions]
    assert {name for name in ACTIONS if name.partition(".")[0] == board} == set(offered)
