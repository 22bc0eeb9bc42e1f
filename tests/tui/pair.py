"""Two neighbours with a node each, who meet only when a test lets them."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.nodes import RunningNode, found, join


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(port: int, other: int) -> str:
    """Found by a typed address only."""
    return f'[network]\ndiscovery = "off"\nlisten_port = {port}\naddresses = ["127.0.0.1:{other}"]\n'


@contextlib.asynccontextmanager
async def two_neighbours(folder: Path) -> AsyncIterator[tuple[RunningNode, RunningNode]]:
    """Ana's and Bo's nodes, linked."""
    one, two = free_port(), free_port()
    ana = RunningNode(folder / "ana", "ana", settings=settings(one, two))
    bo = RunningNode(folder / "bo", "bo", settings=settings(two, one))
    async with ana, bo:
        await found(ana)
        await join(ana, bo, "Bo", address=f"127.0.0.1:{one}")
        await ana.until_linked(1)
        yield ana, bo


async def disagree(ana: RunningNode, bo: RunningNode, record: str) -> None:
    """Both write the day of a task while apart, then meet again."""
    await bo.stop()
    await ana.act("task.edit", record, due="2031-05-06")
    await ana.stop()
    await bo.start()
    await bo.act("task.edit", record, due="2031-07-08")
    await ana.start()

    async def disputed() -> bool:
        return all([(await node.ask("record", record=record))["view"]["conflicts"] for node in (ana, bo)])

    await ana.until("the day is disputed on both sides", disputed)
