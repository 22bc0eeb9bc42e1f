"""Wire: an in-memory pair of connections, and what can go wrong between them.

    wire = Wire()
    await wire.left.send(b"a frame")
    assert await wire.right.receive() == b"a frame"

Each direction (`wire.to_right`, `wire.to_left`) can be paused, slowed, and can lose, double, shorten or swap its next
frames; `wire.cut()` ends both at once, and what was still on the way is lost.

Rules of this module:
1. It keeps the promises of `Connection` (tests/transport/connection_acceptance.py), faults apart.
2. No clock and no randomness: a test says what goes wrong and when.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from meshnode.errors import ConnectionLost, LocalProtocolError
from meshnode.transport.connection import LinkKind, RemoteEnd
from meshnode.transport.limits import DEFAULT_LIMITS, MAX_FRAME_BYTES, TransportLimits

CAPACITY_BYTES = 256 * 1024
"""What a sender may have on its way before it waits: about what a socket and its buffers hold."""

Fault = Callable[[bytes], list[bytes]]
"""What arrives instead of a frame."""


class Direction:
    """One way of a wire."""

    def __init__(self) -> None:
        self.in_flight: deque[bytes] = deque()
        self.arrived: deque[bytes] = deque()
        self.sent: list[bytes] = []
        """Every frame that was handed over, as it was sent."""
        self.is_cut = False
        self._paused = False
        self._frames_a_turn: int | None = None
        self._faults: deque[Fault] = deque()
        self._held_back: bytes | None = None
        self._changed = asyncio.Event()

    # -- what a test does -------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Nothing arrives until `resume` or `step`."""
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self._run()

    def step(self, frames: int = 1) -> None:
        """Let so many frames arrive, paused or not."""
        for _ in range(min(frames, len(self.in_flight))):
            self.arrived.append(self.in_flight.popleft())
        self._wake()

    def slow(self, frames_a_turn: int = 1) -> None:
        """From now on so many frames arrive in one turn of the event loop."""
        self._frames_a_turn = frames_a_turn

    def drop(self) -> None:
        """The next frame is lost."""
        self._faults.append(lambda _: [])

    def duplicate(self) -> None:
        """The next frame arrives twice."""
        self._faults.append(lambda frame: [frame, frame])

    def truncate(self, keep_bytes: int) -> None:
        """Only the beginning of the next frame arrives."""
        self._faults.append(lambda frame: [frame[:keep_bytes]])

    def replace(self, change: Callable[[bytes], bytes]) -> None:
        """The next frame arrives changed."""
        self._faults.append(lambda frame: [change(frame)])

    def swap(self) -> None:
        """The next two frames arrive in the other order."""

        def hold_back(frame: bytes) -> list[bytes]:
            self._held_back = frame
            return []

        def give_back(frame: bytes) -> list[bytes]:
            held, self._held_back = self._held_back, None
            return [frame] if held is None else [frame, held]

        self._faults.extend((hold_back, give_back))

    def inject(self, frame: bytes) -> None:
        """A frame arrives that nobody sent."""
        self._put([frame])

    def cut(self) -> None:
        """What is on the way is lost; the receiver gets what has arrived, then the end."""
        self.in_flight.clear()
        self.is_cut = True
        self._wake()

    # -- what the two ends do ---------------------------------------------------------------------------------------

    async def put(self, frame: bytes) -> None:
        if self.is_cut:
            raise ConnectionLost
        self.sent.append(frame)
        self._put(self._faults.popleft()(frame) if self._faults else [frame])
        while not self.is_cut and self._waiting_bytes() > CAPACITY_BYTES:
            await self._change()
        if self.is_cut:
            raise ConnectionLost

    async def take(self) -> bytes:
        while not self.arrived:
            if self.is_cut:
                raise ConnectionLost
            await self._change()
        frame = self.arrived.popleft()
        self._wake()
        return frame

    def finish(self) -> None:
        """The sender has closed: everything on the way still arrives, then the end."""
        if not self._paused:
            self.step(len(self.in_flight))
        self.cut()

    def _put(self, frames: list[bytes]) -> None:
        self.in_flight.extend(frames)
        self._run()

    def _run(self) -> None:
        if self._paused or self.is_cut:
            return
        if self._frames_a_turn is None:
            self.step(len(self.in_flight))
            return
        self.step(self._frames_a_turn)
        if self.in_flight:
            asyncio.get_running_loop().call_soon(self._run)

    def _waiting_bytes(self) -> int:
        return sum(map(len, self.in_flight)) + sum(map(len, self.arrived))

    def _wake(self) -> None:
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class WireEnd:
    """One end of a wire: a `Connection`."""

    def __init__(self, remote: RemoteEnd, outgoing: Direction, incoming: Direction, limits: TransportLimits) -> None:
        self._remote = remote
        self._outgoing = outgoing
        self._incoming = incoming
        self._limits = limits
        self.closed = False

    @property
    def remote(self) -> RemoteEnd:
        return self._remote

    async def send(self, frame: bytes) -> None:
        if len(frame) > MAX_FRAME_BYTES:
            raise LocalProtocolError("a frame is too long to be sent")
        if self.closed:
            raise ConnectionLost
        try:
            async with asyncio.timeout(self._limits.send_seconds):
                await self._outgoing.put(frame)
        except TimeoutError as error:
            self._outgoing.cut()
            self._incoming.cut()
            raise ConnectionLost("The other side has stopped reading.") from error

    async def receive(self) -> bytes:
        if self.closed:
            raise ConnectionLost
        return await self._incoming.take()

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._outgoing.finish()
            self._incoming.arrived.clear()
            self._incoming.cut()


class Wire:
    """Two ends and the two directions between them."""

    def __init__(
        self,
        left: RemoteEnd | None = None,
        right: RemoteEnd | None = None,
        limits: TransportLimits = DEFAULT_LIMITS,
    ) -> None:
        """`left` and `right` say who sits there: each end's `remote` is the other."""
        self.to_right = Direction()
        self.to_left = Direction()
        self.left = WireEnd(right or remote_end("right"), self.to_right, self.to_left, limits)
        self.right = WireEnd(left or remote_end("left"), self.to_left, self.to_right, limits)

    def pause(self) -> None:
        for direction in self._both():
            direction.pause()

    def resume(self) -> None:
        for direction in self._both():
            direction.resume()

    def slow(self, frames_a_turn: int = 1) -> None:
        for direction in self._both():
            direction.slow(frames_a_turn)

    def cut(self) -> None:
        """Pull the plug: both ends learn it only as ConnectionLost."""
        for direction in self._both():
            direction.cut()

    async def close(self) -> None:
        with contextlib.suppress(ConnectionLost):
            await self.left.close()
            await self.right.close()

    def _both(self) -> tuple[Direction, Direction]:
        return self.to_right, self.to_left


def remote_end(name: str, noise_key: bytes = b"", kind: int = LinkKind.MEMBER, psk: bytes = bytes(32)) -> RemoteEnd:
    """Somebody at the end of a wire."""
    return RemoteEnd(noise_key or name.encode().ljust(32, b"\0"), f"wire:{name}", kind, psk)
