"""The in-memory wire keeps the same promises, and breaks exactly what it is told to."""

from __future__ import annotations

import asyncio

import pytest

from meshnode.errors import ConnectionLost
from tests.support.wire import Wire
from tests.transport.connection_acceptance import ConnectionAcceptance, Pair
from tests.transport.two_nodes import QUICK


class TestInMemory(ConnectionAcceptance):
    @pytest.fixture
    async def pair(self) -> Pair:
        wire = Wire(limits=QUICK)
        return wire.left, wire.right


async def received_after(wire: Wire, *frames: bytes) -> list[bytes]:
    """What the right end gets when the left end sends these and closes."""
    for frame in frames:
        await wire.left.send(frame)
    await wire.left.close()
    received: list[bytes] = []
    with pytest.raises(ConnectionLost):
        while True:
            received.append(await wire.right.receive())
    return received


async def test_faults_hit_the_next_frame_only() -> None:
    wire = Wire()
    wire.to_right.drop()
    wire.to_right.duplicate()
    wire.to_right.truncate(2)
    wire.to_right.replace(bytes.upper)
    wire.to_right.swap()
    received = await received_after(wire, b"lost", b"twice", b"short", b"loud", b"late", b"early", b"plain")
    assert received == [b"twice", b"twice", b"sh", b"LOUD", b"early", b"late", b"plain"]
    assert len(wire.to_right.sent) == 7


async def test_a_cut_loses_what_is_on_the_way() -> None:
    wire = Wire()
    await wire.left.send(b"arrived")
    wire.pause()
    await wire.left.send(b"on the way")
    wire.cut()
    assert await wire.right.receive() == b"arrived"
    with pytest.raises(ConnectionLost):
        await wire.right.receive()
    with pytest.raises(ConnectionLost):
        await wire.left.send(b"late")


async def test_pause_step_and_resume() -> None:
    wire = Wire()
    wire.to_right.pause()
    for frame in (b"1", b"2", b"3"):
        await wire.left.send(frame)
    waiting = asyncio.create_task(wire.right.receive())
    await asyncio.sleep(0)
    assert not waiting.done()
    wire.to_right.step()
    assert await waiting == b"1"
    assert list(wire.to_right.in_flight) == [b"2", b"3"]
    wire.resume()
    assert [await wire.right.receive(), await wire.right.receive()] == [b"2", b"3"]


async def test_slow_lets_a_few_frames_through_each_turn() -> None:
    wire = Wire()
    wire.slow(frames_a_turn=2)
    wire.to_right.pause()
    for number in range(6):
        await wire.left.send(bytes([number]))
    wire.to_right.resume()
    seen = []
    while wire.to_right.in_flight:
        seen.append(len(wire.to_right.arrived))
        await asyncio.sleep(0)
    assert seen == [2, 4]
    assert [await wire.right.receive() for _ in range(6)] == [bytes([number]) for number in range(6)]


async def test_an_injected_frame_arrives() -> None:
    wire = Wire()
    wire.to_left.inject(b"from nowhere")
    assert await wire.left.receive() == b"from nowhere"
