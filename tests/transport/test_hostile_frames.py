"""What a proved peer, or somebody in between, may do to a link: end it, and nothing else."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import replace

import pytest

from meshnode.errors import ConnectionLost, RemoteProtocolError
from meshnode.noise.cipher_pair import CipherPair
from meshnode.transport.connection import Connection
from tests.transport.raw_peer import Opcode, RawPeer, websocket_frame
from tests.transport.two_nodes import PATIENCE_SECONDS, QUICK, Node, running_node

Linked = tuple[RawPeer, CipherPair, Connection]


@pytest.fixture
async def linked(node: Node) -> Linked:
    peer, ciphers = await RawPeer.linked(node)
    async with asyncio.timeout(PATIENCE_SECONDS):
        return peer, ciphers, await node.arrivals.get()


async def assert_link_ends(peer: RawPeer, connection: Connection) -> bytes:
    """The next frame is refused and the link is over; what the peer still gets."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(RemoteProtocolError):
            await connection.receive()
        with pytest.raises(ConnectionLost):
            await connection.receive()
        with pytest.raises(ConnectionLost):
            await connection.send(b"more")
    return await peer.rest()


async def test_an_honest_frame_arrives(linked: Linked) -> None:
    peer, ciphers, connection = linked
    peer.send(ciphers.encrypt(b"honest"))
    assert await connection.receive() == b"honest"
    await connection.send(b"answer")
    assert ciphers.decrypt((await peer.read_frame())[1]) == b"answer"
    peer.vanish()


@pytest.mark.parametrize("forged", [b"", bytes(15), bytes(16), bytes(65_535)])
async def test_forged(linked: Linked, forged: bytes) -> None:
    peer, _, connection = linked
    peer.send(forged)
    assert await assert_link_ends(peer, connection) == b""


async def test_flipped(linked: Linked) -> None:
    peer, ciphers, connection = linked
    sealed = ciphers.encrypt(b"frame")
    peer.send(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert await assert_link_ends(peer, connection) == b""


async def test_replayed(linked: Linked) -> None:
    peer, ciphers, connection = linked
    sealed = ciphers.encrypt(b"once")
    peer.send(sealed, sealed)
    assert await connection.receive() == b"once"
    assert await assert_link_ends(peer, connection) == b""


async def test_reordered(linked: Linked) -> None:
    peer, ciphers, connection = linked
    first, second = ciphers.encrypt(b"first"), ciphers.encrypt(b"second")
    peer.send(second, first)
    assert await assert_link_ends(peer, connection) == b""


async def test_dropped(linked: Linked) -> None:
    peer, ciphers, connection = linked
    ciphers.encrypt(b"lost on the way")
    peer.send(ciphers.encrypt(b"next"))
    assert await assert_link_ends(peer, connection) == b""


async def test_reflected(linked: Linked) -> None:
    peer, _, connection = linked
    await connection.send(b"mine")
    peer.send((await peer.read_frame())[1])
    assert await assert_link_ends(peer, connection) == b""


def close_code(answer: bytes) -> int:
    assert answer[0] & 0x0F == Opcode.CLOSE
    return int(struct.unpack("!H", answer[2:4])[0])


async def test_text_is_closed_with_1003(linked: Linked) -> None:
    peer, ciphers, connection = linked
    peer.write(websocket_frame(Opcode.TEXT, b"hello"))
    peer.send(ciphers.encrypt(b"after it"))
    assert close_code(await assert_link_ends(peer, connection)) == 1003


async def test_65536_bytes_are_closed_with_1009(linked: Linked) -> None:
    peer, _, connection = linked
    peer.write(websocket_frame(Opcode.BINARY, bytes(65_536)))
    assert close_code(await assert_link_ends(peer, connection)) == 1009


async def test_many_fragments_are_closed_with_1009(linked: Linked) -> None:
    peer, _, connection = linked
    peer.write(websocket_frame(Opcode.BINARY, bytes(40_000), final=False))
    peer.write(websocket_frame(Opcode.CONTINUATION, bytes(40_000)))
    assert close_code(await assert_link_ends(peer, connection)) == 1009


async def test_a_deflated_frame_is_closed_with_1002(linked: Linked) -> None:
    peer, _, connection = linked
    peer.write(websocket_frame(Opcode.BINARY, bytes(100), reserved=0x40))
    assert close_code(await assert_link_ends(peer, connection)) == 1002


async def test_a_frame_in_fragments_is_still_one_frame(linked: Linked) -> None:
    peer, ciphers, connection = linked
    sealed = ciphers.encrypt(b"in three parts")
    peer.write(websocket_frame(Opcode.BINARY, sealed[:5], final=False))
    peer.write(websocket_frame(Opcode.CONTINUATION, sealed[5:9], final=False))
    peer.write(websocket_frame(Opcode.CONTINUATION, sealed[9:]))
    assert await connection.receive() == b"in three parts"
    peer.vanish()


async def test_a_ping_is_answered_between_frames(linked: Linked) -> None:
    peer, ciphers, connection = linked
    peer.write(websocket_frame(Opcode.PING, b"are you there"))
    peer.write(websocket_frame(Opcode.PONG, b"unasked"))
    peer.send(ciphers.encrypt(b"frame"))
    assert await connection.receive() == b"frame"
    assert await peer.read_frame() == (Opcode.PONG, b"are you there")
    peer.vanish()


async def test_a_reset_is_a_cut_connection(linked: Linked) -> None:
    peer, ciphers, connection = linked
    peer.send(ciphers.encrypt(b"last"))
    assert await connection.receive() == b"last"
    peer.vanish()
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(ConnectionLost):
            await connection.receive()


async def test_an_end_of_file_without_a_goodbye_is_a_cut_connection(linked: Linked) -> None:
    """What came before it is complete and counts; the frame that was cut in the middle does not."""
    peer, ciphers, connection = linked
    peer.send(ciphers.encrypt(b"complete"))
    peer.write(websocket_frame(Opcode.BINARY, ciphers.encrypt(b"cut off in the middle"))[:20])
    peer.writer.write_eof()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await connection.receive() == b"complete"
        with pytest.raises(ConnectionLost):
            await connection.receive()
    await peer.rest()


async def test_a_websocket_goodbye_proves_nothing(linked: Linked) -> None:
    """It is not sealed, so anybody in between can say it: only a sealed BYE is polite."""
    peer, ciphers, connection = linked
    peer.send(ciphers.encrypt(b"complete"))
    peer.write(websocket_frame(Opcode.CLOSE, struct.pack("!H", 1000)))
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await connection.receive() == b"complete"
        with pytest.raises(ConnectionLost):
            await connection.receive()
    await peer.rest()


async def test_who_pings_and_never_reads_is_given_up() -> None:
    async with running_node(replace(QUICK, send_seconds=0.2)) as node:
        peer, _ = await RawPeer.linked(node)
        connection = await node.arrivals.get()
        pings = websocket_frame(Opcode.PING, bytes(125)) * 500

        async def flood() -> None:
            while True:
                peer.write(pings)
                await peer.writer.drain()

        flooding = asyncio.create_task(flood())
        async with asyncio.timeout(PATIENCE_SECONDS * 2):
            with pytest.raises(ConnectionLost):
                await connection.receive()
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        peer.vanish()


async def test_a_peer_that_walked_away_is_noticed() -> None:
    async with running_node(replace(QUICK, heartbeat_seconds=0.1)) as node:
        peer, _ = await RawPeer.linked(node)
        connection = await node.arrivals.get()
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(ConnectionLost):
                await connection.receive()
        peer.vanish()
