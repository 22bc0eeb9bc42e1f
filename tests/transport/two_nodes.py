"""A server and its dialler on loopback, with the real handshake, for the tests of this folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from nacl.bindings import crypto_scalarmult_base

from meshnode.noise.handshake import Handshake
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.limits import TransportLimits
from meshnode.transport.server import Server
from meshnode.transport.websocket_connection import WebSocketConnection

LOOPBACK = "127.0.0.1"
QUICK = TransportLimits(send_seconds=0.3, close_seconds=0.2)
PATIENCE_SECONDS = 5.0
"""A test that takes longer hangs."""


@dataclass
class Node:
    """A server with its keys, and the connections it was handed."""

    psks: list[bytes] = field(default_factory=lambda: [os.urandom(32)])
    static: bytes = field(default_factory=lambda: os.urandom(32))
    arrivals: asyncio.Queue[Connection] = field(default_factory=asyncio.Queue)
    limits: TransportLimits = QUICK
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.server = Server(
            handshakes=Handshake,
            static_private=self.static,
            psks=self.accepted_psks,
            on_connection=self.arrivals.put,
            limits=self.limits,
        )

    def accepted_psks(self, kind: int) -> Sequence[bytes]:
        return self.psks if kind == LinkKind.MEMBER else ()

    @property
    def public(self) -> bytes:
        return crypto_scalarmult_base(self.static)

    @property
    def port(self) -> int:
        return self.server.port

    async def dial(
        self,
        *,
        psk: bytes | None = None,
        static: bytes | None = None,
        kind: int = LinkKind.MEMBER,
        address: str = LOOPBACK,
        port: int | None = None,
    ) -> WebSocketConnection:
        """Another node dials this one."""
        return await dial(
            address,
            port or self.port,
            kind=kind,
            psk=psk or self.psks[0],
            static_private=static or os.urandom(32),
            ephemeral=os.urandom(32),
            handshakes=Handshake,
            limits=self.limits,
        )

    async def pair(self) -> tuple[WebSocketConnection, Connection]:
        """The dialler's end and this node's end of one new link."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.dial(), await self.arrivals.get()


@asynccontextmanager
async def running_node(limits: TransportLimits = QUICK) -> AsyncIterator[Node]:
    node = Node(limits=limits)
    await node.server.start(hosts=(LOOPBACK,))
    try:
        yield node
    finally:
        await node.server.close()
