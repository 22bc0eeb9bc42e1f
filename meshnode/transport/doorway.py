"""Doorway: one accepted socket, from its first byte to its last, in front of aiohttp's own protocol.

aiohttp waits for ever for the rest of a request. Here one deadline runs from the accepted socket to the proved key,
whatever the peer does meanwhile: silence, a byte a second, half a request, half a handshake.

Rules of this module:
1. Every event is passed on unchanged.
2. When the deadline passes, or a request does not end, the socket is dropped without a word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from meshnode.transport.connection import spelled_address
from meshnode.transport.crowd import Crowd
from meshnode.transport.limits import TransportLimits


class Doorway(asyncio.Protocol):
    """Stands between a socket and the HTTP protocol that reads it."""

    def __init__(
        self, inner: asyncio.Protocol, crowd: Crowd, limits: TransportLimits, on_lost: Callable[[Doorway], None]
    ) -> None:
        self._inner = inner
        self._on_lost = on_lost
        self._crowd = crowd
        self._seconds = limits.handshake_seconds
        self._request_bytes_left: int | None = limits.request_bytes
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self.host = ""
        self.address = ""
        self.local_ip = ""
        self.lost = asyncio.Event()

    def cut(self) -> None:
        """Drop the socket at once."""
        if self._transport is not None:
            self._transport.abort()

    def asks_in(self) -> bool:
        """The request is complete: may the peer begin a handshake?"""
        self._request_bytes_left = None
        return self._crowd.asks_in(self)

    def proved(self) -> None:
        """The peer has shown the network's key."""
        self._crowd.proved(self)

    def linked(self) -> None:
        """The handshake is finished: no deadline any more."""
        self._crowd.linked(self)
        if self._deadline is not None:
            self._deadline.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername") or ("", 0)
        self.host = str(peer[0])
        self.address = spelled_address(self.host, peer[1])
        self.local_ip = str((transport.get_extra_info("sockname") or ("",))[0]).partition("%")[0]
        self._deadline = asyncio.get_running_loop().call_later(self._seconds, self.cut)
        self._inner.connection_made(transport)
        self._crowd.arrived(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._crowd.gone(self)
        self._inner.connection_lost(exc)
        self.lost.set()
        self._on_lost(self)

    def data_received(self, data: bytes) -> None:
        if self._request_bytes_left is not None:
            self._request_bytes_left -= len(data)
            if self._request_bytes_left < 0:
                self.cut()
                return
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()
