"""Nodes and streets for the tests of the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.nodes import RunningNode, found
from tests.tui.street import Street
from tests.tui.street_members import ANSWER

QUIET = '[network]\ndiscovery = "off"\n'
"""Tests of the screen find each other by address, never by announcements."""


@pytest.fixture
async def street(short_path: Path) -> AsyncIterator[Street]:
    """The street that never changes."""
    async with Street(short_path / "s").open() as open_street:
        open_street.members = ANSWER
        yield open_street


@pytest.fixture
async def node(short_path: Path) -> AsyncIterator[RunningNode]:
    """A real node of Ana's in a neighbourhood of its own."""
    async with RunningNode(short_path / "ana", "ana", settings=QUIET) as running:
        await found(running)
        yield running


@pytest.fixture
async def fresh_node(short_path: Path) -> AsyncIterator[RunningNode]:
    """A real node that belongs to no neighbourhood yet."""
    async with RunningNode(short_path / "new", "new", settings=QUIET) as running:
        yield running
