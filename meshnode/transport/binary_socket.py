"""BinarySocket: whole binary messages over one aiohttp WebSocket, the same for both sides.

Rules of this module:
1. Whatever the peer or the network does comes out as a PeerError, and ends the socket.
2. A message is handed to the operating system before `send` waits for anything: messages never overtake each other.
3. Nothing waits for ever: not a peer that never reads, and not the end. So aiohttp must be told `autoping=False`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator

from aiohttp import ClientError, ClientWebSocketResponse, WebSocketError, WSCloseCode, WSMsgType, web

from meshnode.errors import ConnectionLost, RemoteProtocolError
from meshnode.transport.limits import TransportLimits

WebSocket = ClientWebSocketResponse | web.WebSocketResponse

DROP_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER: forget what the peer has not taken, instead of keeping it in the kernel."""


class BinarySocket:
    """Sends and receives binary messages, until the first failure."""

    def __init__(self, websocket: WebSocket, limits: TransportLimits) -> None:
        self._websocket = websocket
        self._limits = limits
        self._raw_socket = websocket.get_extra_info("socket")
        self._over = False
        self._closing = False

    async def send(self, message: bytes) -> None:
        """Send one message; waits while the peer reads slowly.

        Raises:
            ConnectionLost: the peer is gone, or has read nothing for `send_seconds`.
        """
        self._refuse_if_over()
        with self._faults_of_the_peer():
            async with asyncio.timeout(self._limits.send_seconds):
                await self._websocket.send_bytes(message)

    async def receive(self) -> bytes:
        """The next binary message.

        Raises:
            ConnectionLost: the socket ended.
            RemoteProtocolError: text, or a message that is too long or not WebSocket at all.
        """
        while True:
            self._refuse_if_over()
            with self._faults_of_the_peer():
                message = await self._websocket.receive()
            match message.type:
                case WSMsgType.BINARY:
                    return bytes(message.data)
                case WSMsgType.PING:
                    await self._pong(bytes(message.data))
                case WSMsgType.PONG:
                    continue
                case WSMsgType.TEXT:
                    await self.close(WSCloseCode.UNSUPPORTED_DATA)
                    raise RemoteProtocolError("text instead of a binary frame")
                case _:
                    self._over = True
                    self._cut_soon()
                    if isinstance(message.data, WebSocketError):
                        raise RemoteProtocolError("not a WebSocket frame of at most 65,535 bytes")
                    raise ConnectionLost

    async def _pong(self, content: bytes) -> None:
        """Answer a ping here and not in aiohttp, which would wait for ever for a peer that never reads."""
        with self._faults_of_the_peer():
            async with asyncio.timeout(self._limits.send_seconds):
                await self._websocket.pong(content)

    async def close(self, code: int = WSCloseCode.OK) -> None:
        """Close after what was sent; drops what the peer has not taken after `close_seconds`."""
        if self._closing:
            return
        self._closing = self._over = True
        self._cut_soon()
        with contextlib.suppress(ConnectionLost), self._faults_of_the_peer():
            async with asyncio.timeout(self._limits.close_seconds):
                await self._websocket.close(code=code)

    def cut(self) -> None:
        """End it at once, without a word."""
        self._over = True
        if self._raw_socket is not None:
            with contextlib.suppress(OSError):
                self._raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DROP_ON_CLOSE)
                self._raw_socket.shutdown(socket.SHUT_RDWR)

    def _cut_soon(self) -> None:
        asyncio.get_running_loop().call_later(self._limits.close_seconds, self.cut)

    def _refuse_if_over(self) -> None:
        if self._over:
            raise ConnectionLost

    @contextlib.contextmanager
    def _faults_of_the_peer(self) -> Iterator[None]:
        """Turn what the network does into ConnectionLost, and end the socket."""
        try:
            yield
        except TimeoutError as error:
            self.cut()
            raise ConnectionLost("The other side has stopped reading.") from error
        except (ClientError, OSError) as error:
            self.cut()
            raise ConnectionLost from error
        except asyncio.CancelledError:
            # aiohttp shares one future among all who wait to write: cancelling one of them cancels the others.
            if _is_being_cancelled():
                raise
            self.cut()
            raise ConnectionLost from None


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
