"""Flood: a peer that gives its node changes at a steady rate over a real link, as a neighbour's busy evening would.

Rules of this module:
1. A process of its own, made before anything else runs, so that it takes as little as possible of what is measured.
2. A real connection and a real session; its sets are in memory, for it is not what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection as Pipe

from bench.written import Written, membership, street
from crdt.identifiers import Lane, item_key
from meshnode.errors import PeerError
from meshnode.membership.network_keys import link_psk
from meshnode.membership.statements import statement_id
from meshnode.noise.handshake import Handshake
from meshnode.sync.session import LocalHello, PeerHello, Received, Session
from meshnode.sync.wanted import Wanted
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind
from tests.support.people import seeded_identity
from tests.support.sets import MemorySets

BEATS_A_SECOND = 20
WHO = "bob"


class Flood:
    """The peer's process and the wire to it."""

    def __init__(self, held: Sequence[Written], to_give: Sequence[Written]) -> None:
        """Make the process: outside of any event loop.

        Args:
            held: what the node holds as well.
            to_give: what it gets when told so, in this order.
        """
        context = multiprocessing.get_context("fork")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_process, args=(far, held, to_give), daemon=True)
        self._process.start()

    async def link(self, port: int) -> None:
        """Link with the node on this machine that listens there; returns when both hold the same."""
        self._pipe.send(port)
        await asyncio.to_thread(self._pipe.recv)

    def begin(self, rate: float, seconds: float) -> None:
        """Give so many changes a second for so long."""
        self._pipe.send((rate, seconds))

    async def given(self) -> int:
        """Wait for the end of it; how many changes were given."""
        return int(await asyncio.to_thread(self._pipe.recv))

    def end(self) -> None:
        """The peer goes."""
        with contextlib.suppress(OSError):
            self._pipe.send(None)
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def _process(pipe: Pipe, held: Sequence[Written], to_give: Sequence[Written]) -> None:
    port = pipe.recv()
    if port is not None:
        asyncio.run(_Giver(pipe, held, to_give).run(port))


class _Giver:
    def __init__(self, pipe: Pipe, held: Sequence[Written], to_give: Sequence[Written]) -> None:
        self._pipe = pipe
        self._to_give = list(to_give)
        self._sets = MemorySets()
        network = street()
        statements = [(item_key(0, statement_id(network.network, each)), each) for each in network.statements]
        self._sets.put(Lane.STATEMENTS, statements)
        self._sets.put(Lane.ORDINARY, [(each.key, each.envelope) for each in held])
        self._wake = asyncio.Event()

    async def run(self, port: int) -> None:
        identity = seeded_identity(WHO)
        connection = await dial(
            "127.0.0.1",
            port,
            kind=LinkKind.MEMBER,
            psk=link_psk(street().epoch_key),
            static_private=identity.noise_private,
            ephemeral=os.urandom(32),
            handshakes=Handshake,
        )
        certificate = membership().devices[identity.device].certificate
        own = next(each for each in street().statements if street().id(each) == certificate)
        hello = LocalHello(own, tuple(street().statements), 0, os.urandom(16))
        self._session = Session(True, self._sets, hello, Wanted(), time.monotonic())
        tasks = [asyncio.create_task(self._hear(connection)), asyncio.create_task(self._speak(connection))]
        await self._obey()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await connection.close()

    async def _obey(self) -> None:
        while not self._session.settled:  # noqa: ASYNC110 -- the session has no event of its own for this
            await asyncio.sleep(0.02)
        self._pipe.send(True)
        while (order := await asyncio.to_thread(self._pipe.recv)) is not None:
            rate, seconds = order
            self._pipe.send(await self._give(rate, seconds))

    async def _give(self, rate: float, seconds: float) -> int:
        began, given = time.monotonic(), 0
        for beat in range(int(seconds * BEATS_A_SECOND)):
            some = self._to_give[given : int((beat + 1) * rate / BEATS_A_SECOND)]
            given += len(some)
            fresh = self._sets.put(Lane.ORDINARY, [(each.key, each.envelope) for each in some])
            self._session.publish(Lane.ORDINARY, fresh, time.monotonic())
            self._wake.set()
            await asyncio.sleep(max(0.0, began + (beat + 1) / BEATS_A_SECOND - time.monotonic()))
        del self._to_give[:given]
        return given

    async def _hear(self, connection: Connection) -> None:
        with contextlib.suppress(PeerError):
            while True:
                self._session.receive_frame(await connection.receive(), time.monotonic())
                for event in self._session.events_received():
                    match event:
                        case PeerHello():
                            self._session.grant(time.monotonic())
                        case Received():
                            self._session.committed(event.receipt, (), time.monotonic())
                        case _:
                            pass
                self._wake.set()

    async def _speak(self, connection: Connection) -> None:
        with contextlib.suppress(PeerError):
            while True:
                for frame in self._session.frames_to_send():
                    await connection.send(frame)
                deadline = self._session.next_deadline()
                delay = None if deadline is None else max(0.0, deadline - time.monotonic())
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._wake.wait()
                self._wake.clear()
                self._session.tick(time.monotonic())
