"""The promises of `Connection`, kept by real WebSockets, from either side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from meshnode.transport.connection import Connection, LinkKind
from tests.transport.connection_acceptance import ConnectionAcceptance, Pair
from tests.transport.two_nodes import LOOPBACK, Node


@pytest.fixture
async def ends(node: Node) -> AsyncIterator[Pair]:
    dialler, answerer = await node.pair()
    yield dialler, answerer
    await asyncio.gather(dialler.close(), answerer.close())


class TestFromTheDialler(ConnectionAcceptance):
    @pytest.fixture
    async def pair(self, ends: tuple[Connection, Connection]) -> Pair:
        return ends


class TestFromTheServer(ConnectionAcceptance):
    @pytest.fixture
    async def pair(self, ends: tuple[Connection, Connection]) -> Pair:
        dialler, answerer = ends
        return answerer, dialler


async def test_each_end_knows_the_other(node: Node) -> None:
    dialler, answerer = await node.pair()
    assert dialler.remote.noise_key == node.public
    assert dialler.remote.address == f"{LOOPBACK}:{node.port}"
    assert answerer.remote.noise_key != node.public
    assert answerer.remote.address.startswith(f"{LOOPBACK}:")
    for end in (dialler, answerer):
        assert end.remote.kind == LinkKind.MEMBER
        assert end.remote.psk == node.psks[0]
        assert repr(node.psks[0]) not in repr(end.remote)
    await asyncio.gather(dialler.close(), answerer.close())
