"""The alarm output with real commands: it rings, falls silent, survives a restart, and never outlives its node."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crdt.identifiers import RecordId
from meshnode.alarms.output import MOST_AT_ONCE, AlarmOutput
from meshnode.config import AlarmSettings
from meshnode.events import TroubleChanged
from tests.support.people import maple_street
from tests.support.replicas import Desk, open_desk

SECONDS = 10.0
SAY = (
    'echo "$MESHNODE_ALARM_WHAT|$MESHNODE_ALARM_TITLE|$MESHNODE_ALARM_PLACE|$MESHNODE_ALARM_NEEDS'
    '|$MESHNODE_ALARM_BY|$MESHNODE_ALARM_DRILL"'
)


class Siren:
    """A command that tells this test what it was told, and a node's output that runs it."""

    def __init__(self, place: Path, script: str = SAY) -> None:
        self.pipe = place / "siren"
        self.command = ("/bin/sh", "-c", f"{{ {script}; }} > {self.pipe}")
        self.turns: asyncio.Queue[float] = asyncio.Queue()
        os.mkfifo(self.pipe)
        self.lines = asyncio.StreamReader()

    async def open(self) -> None:
        # A writer of our own keeps the pipe open between two commands.
        self._reading = os.fdopen(os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK), "rb", 0)
        self._writing = os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(self.lines), self._reading
        )

    def close(self) -> None:
        self._transport.close()
        os.close(self._writing)

    def output(self, desk: Desk, command: tuple[str, ...] | None = None) -> AlarmOutput:
        settings = AlarmSettings(self.command if command is None else command, 30)
        return AlarmOutput(desk.replica, settings, lambda: False, self._wait)

    async def _wait(self, seconds: float) -> None:
        assert seconds == 30
        await self.turns.get()

    async def heard(self) -> str:
        async with asyncio.timeout(SECONDS):
            return (await self.lines.readline()).decode().rstrip("\n")

    def again(self) -> None:
        """The time between two runs has passed."""
        self.turns.put_nowait(0.0)

    @property
    def is_silent(self) -> bool:
        return not self.lines._buffer  # type: ignore[attr-defined]  # what has arrived and was not read


async def quiet(output: AlarmOutput) -> None:
    """Wait until nothing rings."""
    async with asyncio.timeout(SECONDS):
        while tasks := list(output._ringing.values()):
            await asyncio.wait(tasks)
            await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def street(place: Path, script: str = SAY) -> AsyncIterator[tuple[Desk, Desk, Siren]]:
    """Alice and Bob, and Bob's siren."""
    people = maple_street(2)
    alice, bob = (open_desk(place, name, people) for name in ("alice", "bob"))
    siren = Siren(place, script)
    await siren.open()
    yield alice, bob, siren
    siren.close()
    alice.close()
    bob.close()


async def raised(alice: Desk, bob: Desk, **more: str) -> RecordId:
    record = await alice.begin("alarm.raise", **{"what": "fire", **more})
    await bob.take(*alice.changes())
    return record


async def test_it_rings_again_and_again_until_somebody_here_has_seen_it(tmp_path: Path) -> None:
    async with street(tmp_path) as (alice, bob, siren):
        output = siren.output(bob)
        output.start()
        assert siren.is_silent
        record = await raised(alice, bob, title="smoke", place="Elm 7", needs="a ladder")
        for _ in range(3):
            assert await siren.heard() == "fire|smoke|Elm 7|a ladder|Alice|no"
            siren.again()
        await siren.heard()
        await bob.act("alarm.seen", record)
        await quiet(output)
        assert siren.is_silent
        await alice.take(*bob.changes())
        await alice.act("alarm.stand_down", record)
        await alice.act("alarm.again", record)
        await bob.take(*alice.changes())
        assert await siren.heard(), "raised again, it rings again"
        await alice.act("alarm.stand_down", record)
        await bob.take(*alice.changes())
        await quiet(output)
        await output.stop()
        assert siren.is_silent


async def test_what_nobody_acknowledged_sounds_again_after_a_restart(tmp_path: Path) -> None:
    async with street(tmp_path) as (alice, bob, siren):
        output = siren.output(bob)
        output.start()
        await raised(alice, bob, drill="yes")
        assert await siren.heard() == "fire|Fire|||Alice|yes", "a drill says so"
        await output.stop()
        bob.reopen()
        output = siren.output(bob)
        output.start()
        assert await siren.heard() == "fire|Fire|||Alice|yes"
        await output.stop()


@pytest.mark.parametrize("end", ["the node stops", "somebody sees it"])
async def test_a_command_that_hangs_is_ended_with_all_that_it_began(tmp_path: Path, end: str) -> None:
    async with street(tmp_path, "sleep 1000 & echo $$ $!; wait") as (alice, bob, siren):
        output = siren.output(bob)
        output.start()
        record = await raised(alice, bob)
        processes = [int(word) for word in (await siren.heard()).split()]
        if end == "somebody sees it":
            await bob.act("alarm.seen", record)
            await quiet(output)
        await output.stop()
        for process in processes:
            await gone(process)


async def gone(process: int) -> None:
    """Wait until a process has ended."""
    async with asyncio.timeout(SECONDS):
        while True:
            if not is_alive(process):
                return
            await asyncio.sleep(0)


def is_alive(process: int) -> bool:
    """Whether it runs; one that has ended may still wait for its parent to take note."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_a_command_that_cannot_be_run_is_said_and_the_node_goes_on(tmp_path: Path) -> None:
    async with street(tmp_path) as (alice, bob, siren):
        output = siren.output(bob, ("/nowhere/siren",))
        output.start()
        said = asyncio.Event()
        bob.events.subscribe(lambda event: said.set() if isinstance(event, TroubleChanged) else None)
        await raised(alice, bob)
        async with asyncio.timeout(SECONDS):
            await said.wait()
        assert "cannot be run (No such file or directory)" in output.trouble()[0]
        await output.stop()


async def test_who_raised_it_on_their_own_device_knows(tmp_path: Path) -> None:
    async with street(tmp_path) as (alice, _, siren):
        output = siren.output(alice)
        output.start()
        await alice.begin("alarm.raise", what="medical")
        await quiet(output)
        assert siren.is_silent
        await output.stop()


async def test_what_an_alarm_says_is_never_run(tmp_path: Path) -> None:
    async with street(tmp_path) as (alice, bob, siren):
        output = siren.output(bob)
        output.start()
        await raised(alice, bob, title="$(touch pwned) `id` \x1b[2J; rm\u202e -rf\n/", place="\ud800x")
        assert await siren.heard() == "fire|$(touch pwned) `id` [2J; rm -rf /|x||Alice|no"
        await output.stop()


async def test_of_many_only_a_few_ring_at_once_and_drills_last(tmp_path: Path) -> None:
    async with street(tmp_path) as (alice, bob, siren):
        for number in range(MOST_AT_ONCE):
            await alice.begin("alarm.raise", what="other", title=f"drill {number}", drill="yes")
        real = [await raised(alice, bob, title=f"real {number}") for number in range(MOST_AT_ONCE - 1)]
        output = siren.output(bob)
        output.start()
        heard = [await siren.heard() for _ in range(MOST_AT_ONCE)]
        assert sorted(line.split("|")[1].split()[0] for line in heard) == ["drill", *["real"] * len(real)]
        assert len(output._ringing) == MOST_AT_ONCE
        await bob.act("alarm.seen", real[0])
        assert "drill" in await siren.heard(), "one has ended: the next has its turn"
        await output.stop()


async def test_without_a_command_nothing_is_run(tmp_path: Path) -> None:
    async with street(tmp_path) as (alice, bob, siren):
        output = siren.output(bob, ())
        output.start()
        await raised(alice, bob)
        assert output._ringing == {}
        assert output.trouble() == []
        await output.stop()
