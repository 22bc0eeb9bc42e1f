"""Starting, stopping, and what the owner's callbacks may do."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import replace

import pytest

from meshnode.errors import ConnectionLost, HandshakeRefused, NotPossible, PeerError
from meshnode.noise.handshake import Handshake
from meshnode.transport.connection import Connection
from meshnode.transport.server import OnConnection, Server
from tests.transport.raw_peer import RawPeer, request
from tests.transport.two_nodes import LOOPBACK, PATIENCE_SECONDS, QUICK, Node, running_node


def loop_time() -> float:
    return asyncio.get_running_loop().time()


async def test_both_families_share_one_port() -> None:
    node = Node()
    port = await node.server.start()
    assert port == node.port > 0
    for address in [LOOPBACK, "::1"] if socket.has_ipv6 else [LOOPBACK]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            dialler = await node.dial(address=address)
            answerer = await node.arrivals.get()
        assert dialler.remote.address.endswith(f":{port}")
        await asyncio.gather(dialler.close(), answerer.close())
    await node.server.close()


async def test_a_taken_port_is_said_or_replaced(node: Node) -> None:
    other = Node()
    with pytest.raises(NotPossible, match=str(node.port)):
        await other.server.start(node.port, hosts=(LOOPBACK,))
    assert await other.server.start(node.port, or_any=True, hosts=(LOOPBACK,)) != node.port
    await other.server.close()


async def test_a_family_that_is_missing_is_left_out() -> None:
    node = Node()
    port = await node.server.start(hosts=("192.0.2.1", LOOPBACK))
    dialler, answerer = await node.pair()
    assert dialler.remote.address == f"{LOOPBACK}:{port}"
    await asyncio.gather(dialler.close(), answerer.close())
    await node.server.close()
    with pytest.raises(NotPossible, match="no address"):
        await Node().server.start(hosts=("192.0.2.1",))


async def test_a_port_that_one_family_lacks_is_not_half_taken() -> None:
    with socket.socket(socket.AF_INET) as taken:
        taken.bind(("127.0.0.2", 0))
        taken.listen()
        port = taken.getsockname()[1]
        node = Node()
        with pytest.raises(NotPossible):
            await node.server.start(port, hosts=(LOOPBACK, "127.0.0.2"))
        with socket.socket(socket.AF_INET) as free_again:
            free_again.bind((LOOPBACK, port))


async def test_a_port_can_be_kept_over_a_restart() -> None:
    node = Node()
    port = await node.server.start(hosts=(LOOPBACK,))
    dialler, _ = await node.pair()
    await node.server.close()
    again = Node()
    assert await again.server.start(port, hosts=(LOOPBACK,)) == port
    await again.server.close()
    await dialler.close()


async def test_closing_ends_everything_within_a_second() -> None:
    """Links that read, links that do not, strangers at every stage, and an owner who never returns."""
    node = Node(limits=replace(QUICK, close_seconds=0.4))
    await node.server.start(hosts=(LOOPBACK,))
    reading, _ = await node.pair()
    waiting = asyncio.create_task(reading.receive())
    idle, _ = await node.pair()
    deaf, _ = await RawPeer.linked(node)
    half_open, stalled = await RawPeer.reach(node), await RawPeer.upgraded(node)
    half_open.write(request()[:20])
    began = loop_time()
    await node.server.close()
    assert loop_time() - began < 1.0
    with pytest.raises(ConnectionLost):
        await waiting
    for peer in (deaf, half_open, stalled):
        await peer.rest()
    assert len(node.server.crowd) == 0
    with pytest.raises(PeerError):
        await node.dial()
    await asyncio.gather(reading.close(), idle.close())


async def serve_with(on_connection: OnConnection) -> tuple[Node, Server]:
    node = Node()
    server = Server(
        handshakes=Handshake,
        static_private=node.static,
        psks=node.accepted_psks,
        on_connection=on_connection,
        limits=QUICK,
    )
    await server.start(hosts=(LOOPBACK,))
    return node, server


async def test_an_owner_that_never_returns_is_stopped() -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    async def stay(_: Connection) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    node, server = await serve_with(stay)
    dialler = await node.dial(port=server.port)
    await started.wait()
    began = loop_time()
    await server.close()
    assert loop_time() - began < 1.0
    assert stopped.is_set()
    await dialler.close()


async def test_a_connection_ends_with_its_owner() -> None:
    async def echo_once(connection: Connection) -> None:
        await connection.send(await connection.receive())
        await connection.close()

    node, server = await serve_with(echo_once)
    dialler = await node.dial(port=server.port)
    await dialler.send(b"echo")
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await dialler.receive() == b"echo"
        with pytest.raises(ConnectionLost):
            await dialler.receive()
    await dialler.close()
    await server.close()


@pytest.mark.usefixtures("our_fault")
async def test_a_bug_of_the_owner_ends_one_link_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: Connection) -> None:
        raise ZeroDivisionError

    node, server = await serve_with(fail)
    for _ in range(2):
        dialler = await node.dial(port=server.port)
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(ConnectionLost):
                await dialler.receive()
        await dialler.close()
    await server.close()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "a link failed on our side"
    ] * 2


@pytest.mark.usefixtures("our_fault")
async def test_a_bug_in_choosing_keys_refuses_and_is_logged(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    node.psks[0] = b"too short"
    with pytest.raises(HandshakeRefused):
        await node.dial(psk=bytes(32))
    assert "a greeting failed on our side" in [record.getMessage() for record in caplog.records]


async def test_a_fault_of_the_peer_is_no_error() -> None:
    async def receive(connection: Connection) -> None:
        await connection.receive()

    node, server = await serve_with(receive)
    dialler = await node.dial(port=server.port)
    await dialler.close()
    await server.close()


async def test_the_cap_for_one_address_on_real_sockets() -> None:
    async with running_node(replace(QUICK, loopback_connections=2)) as node:
        pairs: list[tuple[Connection, Connection]] = [await node.pair() for _ in range(2)]
        with pytest.raises(ConnectionLost, match="no room"):
            await node.dial()
        await asyncio.gather(*(end.close() for end in pairs[0]))
        pairs.append(await pair_when_there_is_room(node))
        await asyncio.gather(*(end.close() for pair in pairs for end in pair))


async def pair_when_there_is_room(node: Node) -> tuple[Connection, Connection]:
    """The server learns of a closed socket one turn after the dialler did."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await node.pair()
            except ConnectionLost:
                await asyncio.sleep(0)


async def test_every_handshake_gets_fresh_randomness() -> None:
    asked: list[int] = []

    def counted(size: int) -> bytes:
        asked.append(size)
        return os.urandom(size)

    node = Node()
    server = Server(
        handshakes=Handshake,
        static_private=node.static,
        psks=node.accepted_psks,
        on_connection=node.arrivals.put,
        limits=QUICK,
        random_bytes=counted,
    )
    await server.start(hosts=(LOOPBACK,))
    for _ in range(3):
        dialler = await node.dial(port=server.port)
        answerer = await node.arrivals.get()
        await asyncio.gather(dialler.close(), answerer.close())
    await server.close()
    assert asked == [32, 32, 32]
