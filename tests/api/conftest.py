"""A whole node in this process, with its local door open."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meshnode.api.client import NodeClient
from meshnode.config import Config, NetworkSettings
from meshnode.errors import NodeAway
from meshnode.node.node import Node
from meshnode.replica.replica import Replica
from tests.support.people import Neighbourhood, maple_street
from tests.support.settled import paths_of, settle

QUIET = Config(network=NetworkSettings(discovery="off", interfaces=("127.0.0.1",)))


class Home:
    """Alice's node, running here."""

    def __init__(self, home: Path, street: Neighbourhood) -> None:
        self.paths = paths_of(home)
        self.street = street
        self.node = Node(self.paths, QUIET)
        self._running = asyncio.create_task(self.node.run())

    @property
    def socket(self) -> Path:
        return self.paths.socket

    @property
    def replica(self) -> Replica:
        assert self.node._inside is not None
        return self.node._inside.replica

    async def client(self) -> NodeClient:
        """Attach, as soon as the door is open."""
        async with asyncio.timeout(10):
            while True:
                try:
                    return await NodeClient.connect(self.socket)
                except NodeAway:
                    if self._running.done():
                        self._running.result()
                    await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End in order."""
        self.node.stop_soon()
        await self._running


async def add(client: NodeClient, title: str) -> str:
    """A new task; its record."""
    reply = await client.ask("act", action="task.add", record=None, arguments={"title": title})
    return str(reply["record"])


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    street = maple_street(2)
    settle(tmp_path / "alice", "alice", street)
    running = Home(tmp_path / "alice", street)
    await (await running.client()).close()
    yield running
    with contextlib.suppress(asyncio.CancelledError):
        await running.stop()
