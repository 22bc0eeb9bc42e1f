"""The part of the port that strangers can reach before any key: requests, silence, crowds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace

import pytest

from tests.transport.raw_peer import RawPeer, handshake_with, request, websocket_frame
from tests.transport.two_nodes import LOOPBACK, PATIENCE_SECONDS, QUICK, Node, running_node

SILENT = 1_000
SHORT_SECONDS = 0.3
MEMBER = b"\0"

REFUSED = {
    "origin": (request(Origin="http://evil.example"), 403),
    "null origin": (request(Origin="null"), 403),
    "another path": (request(path="/"), 404),
    "a longer path": (request(path="/m1/../etc"), 404),
    "another method": (request(method="POST"), 405),
    "no subprotocol": (request(Sec_WebSocket_Protocol=None), 400),
    "another subprotocol": (request(Sec_WebSocket_Protocol="meshnode.v2, chat"), 400),
    "no upgrade": (request(Upgrade=None, Connection=None), 400),
    "another WebSocket version": (request(Sec_WebSocket_Version="99"), 400),
    "a bad WebSocket key": (request(Sec_WebSocket_Key="short"), 400),
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00 hello\r\n\r\n", 400),
    "a long line": (b"GET /" + b"a" * 3_000 + b" HTTP/1.1\r\n\r\n", 400),
    "a long header": (request(Cookie="a" * 3_000), 400),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_a_nodes_request_is_refused(node: Node, case: str) -> None:
    content, status = REFUSED[case]
    peer = await RawPeer.reach(node)
    peer.write(content)
    answer = await peer.rest()
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()) or answer.startswith(f"HTTP/1.0 {status} ".encode())
    assert node.arrivals.empty()


@pytest.mark.parametrize("endless", [b"GET /" + b"a" * 5_000, request()[:-2] + b"X: y\r\n" * 1_000])
async def test_a_request_without_end_is_dropped(node: Node, endless: bytes) -> None:
    peer = await RawPeer.reach(node)
    peer.write(endless)
    assert not (await peer.rest()).startswith(b"HTTP/1.1 101 ")
    assert len(node.server.crowd) == 0


async def test_one_of_several_subprotocols_is_ours(node: Node) -> None:
    peer = await RawPeer.reach(node)
    peer.write(request(Sec_WebSocket_Protocol="chat, meshnode.v1"))
    head = await peer.read_head()
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Protocol: meshnode.v1\r\n" in head
    assert b"Extensions" not in head
    assert b"Python" not in head
    peer.vanish()


async def nothing(_: RawPeer, __: Node) -> None:
    """Connect, and say nothing."""


async def half_a_request(peer: RawPeer, _: Node) -> None:
    peer.write(request()[:40])


async def a_request_byte_by_byte(peer: RawPeer, _: Node) -> None:
    for byte in request() * 100:
        peer.write(bytes([byte]))
        await asyncio.wait([asyncio.ensure_future(peer.writer.drain())])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.02):
                await asyncio.Event().wait()
        if peer.reader.at_eof() or peer.writer.transport.is_closing():
            return


async def an_upgrade_and_silence(peer: RawPeer, _: Node) -> None:
    peer.write(request())
    await peer.read_head()


async def half_a_frame(peer: RawPeer, node: Node) -> None:
    await an_upgrade_and_silence(peer, node)
    peer.write(websocket_frame(2, MEMBER)[:3])


async def no_message_3(peer: RawPeer, node: Node) -> None:
    await an_upgrade_and_silence(peer, node)
    peer.send(MEMBER, handshake_with(node).write_message())
    await peer.read_frame()


STALLS = [nothing, half_a_request, a_request_byte_by_byte, an_upgrade_and_silence, half_a_frame, no_message_3]
Stall = Callable[[RawPeer, Node], Coroutine[None, None, None]]


@pytest.mark.parametrize("stall", STALLS)
async def test_slow_bytes_are_cut_at_the_deadline(stall: Stall) -> None:
    async with running_node(replace(QUICK, handshake_seconds=SHORT_SECONDS)) as node:
        began = asyncio.get_running_loop().time()
        peer = await RawPeer.reach(node)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await stall(peer, node)
        assert await peer.rest() == b""
        took = asyncio.get_running_loop().time() - began
        assert SHORT_SECONDS * 0.9 < took < SHORT_SECONDS + 1.0
        assert len(node.server.crowd) == 0


async def test_a_link_outlives_the_deadline() -> None:
    async with running_node(replace(QUICK, handshake_seconds=SHORT_SECONDS)) as node:
        dialler, answerer = await node.pair()
        silent = await RawPeer.reach(node)
        assert await silent.rest() == b""
        await dialler.send(b"still here")
        assert await answerer.receive() == b"still here"
        await asyncio.gather(dialler.close(), answerer.close())


@contextlib.asynccontextmanager
async def many_peers(node: Node, opening: bytes) -> AsyncIterator[list[RawPeer]]:
    """As many sockets as this machine permits, up to 1,000, each having sent `opening`."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(SILENT, (soft - 200) // 2)
    peers: list[RawPeer] = []
    async with asyncio.timeout(PATIENCE_SECONDS * 4):
        for _ in range(0, count, 50):
            for peer in await asyncio.gather(*(RawPeer.reach(node) for _ in range(50))):
                peer.write(opening)
                peers.append(peer)
    try:
        yield peers
    finally:
        for peer in peers:
            peer.vanish()


@pytest.mark.parametrize("opening", [b"", request()[:60]], ids=["silent", "half a request"])
async def test_members_connect_beside_a_thousand_half_open_sockets(opening: bytes) -> None:
    async with running_node(replace(QUICK, half_open=100)) as node, many_peers(node, opening):
        for _ in range(3):
            dialler, answerer = await node.pair()
            await dialler.send(b"through the crowd")
            assert await answerer.receive() == b"through the crowd"
            await asyncio.gather(dialler.close(), answerer.close())
        assert 0 < node.server.crowd.half_open <= 100


async def test_members_connect_beside_a_thousand_stalled_handshakes(node: Node) -> None:
    async with many_peers(node, request()):
        for _ in range(3):
            dialler, answerer = await node.pair()
            await asyncio.gather(dialler.close(), answerer.close())
        assert len(node.server.crowd) - node.server.crowd.half_open <= node.limits.handshakes


async def test_the_log_stays_short_and_keeps_no_keys(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "meshnode.transport")
    for _ in range(30):
        stranger = await RawPeer.upgraded(node)
        stranger.send(MEMBER, handshake_with(node, psk=bytes(32)).write_message())
        await stranger.rest()
        browser = await RawPeer.reach(node)
        browser.write(request(Origin="http://x"))
        await browser.rest()
        noise = await RawPeer.reach(node)
        noise.write(b"noise\r\n\r\n")
        await noise.rest()
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("meshnode")]
    assert 3 <= len(lines) <= 3 * node.limits.log_lines_a_minute
    everything = "\n".join(lines)
    assert LOOPBACK in everything
    for key in (node.psks[0], node.static, node.public):
        assert key.hex() not in everything
        assert repr(key) not in everything
