"""Every test of this folder: nothing that a peer does may reach the log as an error of ours."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.transport.two_nodes import Node, running_node


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    async with running_node() as running:
        yield running


@pytest.fixture
def our_fault() -> None:
    """Asked for by tests in which our own side breaks, and must say so in the log."""


@pytest.fixture(autouse=True)
async def quiet_log(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    unhandled: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unhandled.append(context))
    yield
    gc.collect()
    loop.set_exception_handler(None)
    assert unhandled == []
    if "our_fault" not in request.fixturenames:
        records = caplog.get_records("call") + caplog.get_records("teardown")
        loud = [record for record in records if record.levelno >= logging.WARNING]
        assert [record.getMessage() for record in loud] == []
