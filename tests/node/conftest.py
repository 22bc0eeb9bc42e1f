"""Two or three real nodes on loopback, without discovery."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.support.nodes import RunningNode, found, join

LOOPBACK = '[network]\ndiscovery = "off"\ninterfaces = ["127.0.0.1"]\n'
Street = Callable[..., AbstractAsyncContextManager[list[RunningNode]]]


@pytest.fixture
def street(tmp_path: Path) -> Street:
    """`async with street("ana", "bo") as (a, b)`: the first founded the neighbourhood, the others have joined."""

    @contextlib.asynccontextmanager
    async def nodes(*names: str) -> AsyncIterator[list[RunningNode]]:
        async with contextlib.AsyncExitStack() as stack:
            running = [
                await stack.enter_async_context(RunningNode(tmp_path / name, name, settings=LOOPBACK)) for name in names
            ]
            await found(running[0], name=names[0].title())
            address = (await running[0].ask("status"))["listening"][0]
            for node in running[1:]:
                await join(running[0], node, node.name.title(), address=address)
            yield running

    return nodes
