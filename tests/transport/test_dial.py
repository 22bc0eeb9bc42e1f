"""Dialling: whatever answers, or does not, comes out as one of the peer errors."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from meshnode.errors import ConnectionLost, PeerError, RemoteProtocolError
from tests.transport.two_nodes import LOOPBACK, PATIENCE_SECONDS, QUICK, Node


@asynccontextmanager
async def impostor(answer: bytes | None, *, hang: bool = False) -> AsyncIterator[int]:
    """Something else that listens: answers each request with these bytes, or closes, or hangs; its port."""
    writers: list[asyncio.StreamWriter] = []
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        if answer is not None:
            writer.write(answer)
        if not hang:
            writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
        # aiohttp asks once more when it was hung up on; an answer must settle it.
        assert answer is None or len(requests) == 1
    finally:
        server.close()
        for writer in writers:
            writer.close()


async def dial_port(port: int, handshake_seconds: float = 1.0) -> None:
    node = Node(limits=replace(QUICK, handshake_seconds=handshake_seconds))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await node.dial(port=port)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/m1\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /m1\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
async def test_something_else_that_answers(answer: bytes) -> None:
    async with impostor(answer) as port:
        with pytest.raises(RemoteProtocolError):
            await dial_port(port)


async def test_a_node_without_room() -> None:
    async with impostor(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") as port:
        with pytest.raises(ConnectionLost, match="no room"):
            await dial_port(port)


async def test_something_that_hangs_up() -> None:
    async with impostor(None) as port:
        with pytest.raises(ConnectionLost):
            await dial_port(port)


async def test_something_that_never_answers() -> None:
    async with impostor(None, hang=True) as port:
        began = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionLost, match="does not answer"):
            await dial_port(port, handshake_seconds=0.2)
        assert asyncio.get_running_loop().time() - began < 1.0


async def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind((LOOPBACK, 0))
        with pytest.raises(ConnectionLost, match="does not answer"):
            await dial_port(unused.getsockname()[1])


@pytest.mark.parametrize("address", ["", "not an address", "a" * 300, "[::1", "no-such-host.invalid", "256.1.1.1"])
async def test_what_is_no_address(address: str) -> None:
    node = Node()
    with pytest.raises(PeerError):
        await node.dial(address=address, port=9)


async def test_a_dial_can_be_cancelled() -> None:
    async with impostor(None, hang=True) as port:
        dialling = asyncio.create_task(dial_port(port, handshake_seconds=10.0))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await asyncio.shield(dialling)
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling


async def test_many_dials_at_once(node: Node) -> None:
    """Eight handshakes fit at once; more dialers than that get in one after the other, or are told to come again."""
    psk = os.urandom(32)
    node.psks.append(psk)
    results = await asyncio.gather(*(node.dial(psk=psk) for _ in range(30)), return_exceptions=True)
    links = [result for result in results if not isinstance(result, BaseException)]
    assert len(links) >= node.limits.handshakes
    assert all(isinstance(result, PeerError) for result in results if isinstance(result, BaseException))
    answerers = [await node.arrivals.get() for _ in links]
    await asyncio.gather(*(end.close() for end in [*links, *answerers]))
