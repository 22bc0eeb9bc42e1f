"""WebSocketConnection: the one implementation of `Connection` that leaves the machine.

Rules of this module:
1. One cleartext frame is one sealed WebSocket message, at most 65,535 bytes.
2. A frame that does not open ends the connection at once: forged, replayed, reordered and missing ones all look so.
3. Sealing and sending happen in one step, so that frames leave in the order of their nonces.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.transport.binary_socket import BinarySocket
from meshnode.transport.connection import RemoteEnd
from meshnode.transport.limits import MAX_FRAME_BYTES
from meshnode.transport.secrecy import Ciphers


async def _nothing_to_release() -> None:
    return


class WebSocketConnection:
    """Frames to and from one peer whose key is proved."""

    def __init__(
        self,
        socket: BinarySocket,
        ciphers: Ciphers,
        remote: RemoteEnd,
        release: Callable[[], Awaitable[None]] = _nothing_to_release,
    ) -> None:
        self._socket = socket
        self._ciphers = ciphers
        self._remote = remote
        self._release = release

    @property
    def remote(self) -> RemoteEnd:
        return self._remote

    async def send(self, frame: bytes) -> None:
        if len(frame) > MAX_FRAME_BYTES:
            raise LocalProtocolError("a frame is too long to be sent")
        await self._socket.send(self._ciphers.encrypt(frame))

    async def receive(self) -> bytes:
        sealed = await self._socket.receive()
        try:
            return self._ciphers.decrypt(sealed)
        except RemoteProtocolError:
            self._socket.cut()
            raise

    async def close(self) -> None:
        try:
            await self._socket.close()
        finally:
            await self._release()
