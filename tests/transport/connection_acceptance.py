"""What every implementation of `Connection` promises. Subclass it and give a `pair` of connected ends.

The ends' limits must have a `send_seconds` well under a second.
"""

from __future__ import annotations

import asyncio

import pytest

from meshnode.errors import ConnectionLost, LocalProtocolError
from meshnode.transport.connection import Connection
from meshnode.transport.limits import MAX_FRAME_BYTES

Pair = tuple[Connection, Connection]
PATIENCE_SECONDS = 5.0
"""A test that takes longer hangs."""


class ConnectionAcceptance:
    """The promises, one test each."""

    async def test_frames_arrive_whole_and_in_order_both_ways(self, pair: Pair) -> None:
        left, right = pair
        frames = [bytes([number]) * (number * 250 + 1) for number in range(200)]

        async def receive_all(end: Connection) -> list[bytes]:
            return [await end.receive() for _ in frames]

        async def send_all(end: Connection) -> None:
            for frame in frames:
                await end.send(frame)

        async with asyncio.timeout(PATIENCE_SECONDS):
            at_left, at_right, *_ = await asyncio.gather(
                receive_all(left), receive_all(right), send_all(left), send_all(right)
            )
        assert at_left == frames
        assert at_right == frames

    @pytest.mark.parametrize("size", [0, 1, 2, 125, 126, 65_518, MAX_FRAME_BYTES])
    async def test_every_allowed_size_arrives(self, pair: Pair, size: int) -> None:
        left, right = pair
        async with asyncio.timeout(PATIENCE_SECONDS):
            await left.send(bytes(size))
            assert await right.receive() == bytes(size)

    async def test_a_longer_frame_is_our_own_bug(self, pair: Pair) -> None:
        left, right = pair
        with pytest.raises(LocalProtocolError):
            await left.send(bytes(MAX_FRAME_BYTES + 1))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await left.send(b"still working")
            assert await right.receive() == b"still working"

    async def test_what_was_sent_before_closing_arrives(self, pair: Pair) -> None:
        left, right = pair
        async with asyncio.timeout(PATIENCE_SECONDS):
            for number in range(20):
                await left.send(bytes([number]))
            closing = asyncio.create_task(left.close())
            assert [await right.receive() for _ in range(20)] == [bytes([number]) for number in range(20)]
            with pytest.raises(ConnectionLost):
                await right.receive()
            await closing

    async def test_after_the_end_everything_is_connection_lost(self, pair: Pair) -> None:
        left, right = pair
        async with asyncio.timeout(PATIENCE_SECONDS):
            await left.close()
            for _ in range(8):
                with pytest.raises(ConnectionLost):
                    await left.send(b"x")
                with pytest.raises(ConnectionLost):
                    await left.receive()
                with pytest.raises(ConnectionLost):
                    await right.receive()
            with pytest.raises(ConnectionLost):
                while True:
                    await right.send(b"x")

    async def test_closing_twice_and_on_both_sides_is_fine(self, pair: Pair) -> None:
        left, right = pair
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(left.close(), right.close(), left.close())
            await left.close()

    async def test_closing_wakes_who_waits_to_receive(self, pair: Pair) -> None:
        left, _ = pair
        waiting = asyncio.create_task(left.receive())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.sleep(0)
            await left.close()
            with pytest.raises(ConnectionLost):
                await waiting

    async def test_a_cancelled_receive_loses_no_frame(self, pair: Pair) -> None:
        left, right = pair
        waiting = asyncio.create_task(right.receive())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with asyncio.timeout(PATIENCE_SECONDS):
            await left.send(b"one")
            await left.send(b"two")
            assert [await right.receive(), await right.receive()] == [b"one", b"two"]

    async def test_a_peer_that_never_reads_is_given_up(self, pair: Pair) -> None:
        left, _ = pair
        with pytest.raises(ConnectionLost, match="stopped reading"):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    await left.send(bytes(MAX_FRAME_BYTES))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await left.close()
