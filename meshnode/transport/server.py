"""Server: the one port of this node that strangers can reach.

Rules of this module:
1. Only `GET /m1` with our subprotocol and without an Origin (no browser has business here) becomes a WebSocket.
2. Whoever fails the handshake is dropped without a byte. Only a proved peer is handed to the owner.
3. Nothing that a peer does is an error of this node: it is counted, told in a few log lines, and forgotten.
4. Keys and contents are never logged.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError

from meshnode.errors import HandshakeRefused, PeerError
from meshnode.transport.binary_socket import BinarySocket
from meshnode.transport.connection import Connection, RemoteEnd
from meshnode.transport.crowd import Crowd
from meshnode.transport.doorway import Doorway
from meshnode.transport.greeting import Psks, answer_greeting
from meshnode.transport.limits import DEFAULT_LIMITS, MESSAGE_LIMIT_BYTES, PATH, SUBPROTOCOL, TransportLimits
from meshnode.transport.listening import EVERYWHERE, listening_sockets
from meshnode.transport.secrecy import Handshakes, SpokenDoor, Try
from meshnode.transport.trickle import Trickle
from meshnode.transport.websocket_connection import WebSocketConnection

log = logging.getLogger("meshnode.transport")

OnConnection = Callable[[Connection], Awaitable[None]]
"""Takes a proved connection. May keep it and return at once, or return when the link is over."""

SOFTWARE = "meshnode"
"""Instead of aiohttp's banner: strangers need not know our versions."""

HEADER_BYTES = 2_048
"""A node's longest header has 50; all of them together are bounded by `request_bytes`."""


class Server:
    """Listens, greets, and hands finished connections over."""

    def __init__(
        self,
        *,
        handshakes: Handshakes,
        static_private: bytes,
        psks: Psks,
        on_connection: OnConnection,
        door: SpokenDoor | None = None,
        limits: TransportLimits = DEFAULT_LIMITS,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._handshakes = handshakes
        self._static_private = static_private
        self._psks = psks
        self._door = door or _NoDoor()
        self._on_connection = on_connection
        self._limits = limits
        self._random_bytes = random_bytes
        self._trickle = Trickle(log, limits.log_lines_a_minute)
        self.crowd = Crowd(limits)
        self._doorways: set[Doorway] = set()
        self._connections: set[WebSocketConnection] = set()
        self._answering: set[asyncio.Task[object]] = set()
        self._listeners: list[asyncio.Server] = []
        self._http: web.Server | None = None
        self.port = 0

    async def start(self, port: int = 0, *, or_any: bool = False, hosts: tuple[str, ...] = EVERYWHERE) -> int:
        """Listen; the port. 0 is a random one; with `or_any`, a random one also if `port` is taken.

        Raises:
            NotPossible: the port is taken.
        """
        sockets = listening_sockets(hosts, port, or_any=or_any)
        self.port = sockets[0].getsockname()[1]
        self._http = web.Server(
            self._answer,
            access_log=None,
            logger=self._http_log(),
            keepalive_timeout=0,
            lingering_time=0,
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
        )
        loop = asyncio.get_running_loop()
        self._listeners = [
            await loop.create_server(self._open_doorway, sock=opened, backlog=self._limits.backlog)
            for opened in sockets
        ]
        return self.port

    async def close(self) -> None:
        """Stop listening, close all connections, and end within a second whatever they do."""
        for listener in self._listeners:
            listener.close()
        goodbyes = [asyncio.ensure_future(connection.close()) for connection in self._connections]
        if goodbyes:
            await asyncio.wait(goodbyes, timeout=self._limits.close_seconds)
        for doorway in tuple(self._doorways):
            doorway.cut()
        await self._finish(self._limits.close_seconds / 2)
        if self._http is not None:
            await self._http.shutdown(self._limits.close_seconds / 4)

    async def _finish(self, seconds: float) -> None:
        """Let those who answer end by themselves, then make them."""
        for _ in range(2):
            answering = self._answering - {asyncio.current_task()}
            if answering:
                _, late = await asyncio.wait(answering, timeout=seconds)
                for task in late:
                    task.cancel()

    def _open_doorway(self) -> Doorway:
        assert self._http is not None
        doorway = Doorway(self._http(), self.crowd, self._limits, self._doorways.discard)
        self._doorways.add(doorway)
        return doorway

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """aiohttp's callback: one complete request."""
        doorway = request.transport.get_protocol() if request.transport is not None else None
        if not isinstance(doorway, Doorway):
            return _refusal(HTTPStatus.BAD_REQUEST)
        status = _judge(request)
        if status is HTTPStatus.OK and not doorway.asks_in():
            status = HTTPStatus.SERVICE_UNAVAILABLE
        if status is not HTTPStatus.OK:
            self._trickle.say(doorway.address, f"refused with {status.value} {status.phrase}")
            return _refusal(status)
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        try:
            return await self._welcome(request, doorway)
        finally:
            self._answering.discard(task)

    async def _welcome(self, request: web.BaseRequest, doorway: Doorway) -> web.StreamResponse:
        websocket = web.WebSocketResponse(
            protocols=(SUBPROTOCOL,),
            compress=False,
            autoping=False,
            max_msg_size=MESSAGE_LIMIT_BYTES,
            heartbeat=self._limits.heartbeat_seconds,
            timeout=self._limits.close_seconds,
        )
        websocket.headers[hdrs.SERVER] = SOFTWARE
        try:
            await websocket.prepare(request)
        except ConnectionError:
            return websocket
        socket = BinarySocket(websocket, self._limits)
        connection = await self._greet(socket, doorway)
        if connection is None:
            doorway.cut()
            return websocket
        self._connections.add(connection)
        try:
            await self._hand_over(connection, doorway)
        finally:
            self._connections.discard(connection)
            await connection.close()
        return websocket

    async def _greet(self, socket: BinarySocket, doorway: Doorway) -> WebSocketConnection | None:
        keys = (self._static_private, self._random_bytes(32))
        try:
            greeted = await answer_greeting(
                socket, self._handshakes, self._psks, door=self._door, keys=keys, proved=doorway.proved
            )
        except PeerError as error:
            self._trickle.say(doorway.address, f"no link: {error}")
            return None
        except Exception:
            log.exception("a greeting failed on our side")
            return None
        doorway.linked()
        remote = RemoteEnd(greeted.ciphers.remote_static, doorway.address, greeted.kind, greeted.psk, doorway.local_ip)
        return WebSocketConnection(socket, greeted.ciphers, remote)

    async def _hand_over(self, connection: WebSocketConnection, doorway: Doorway) -> None:
        try:
            await self._on_connection(connection)
        except PeerError as error:
            self._trickle.say(doorway.address, f"link ended: {error.code}")
        except Exception:
            log.exception("a link failed on our side")
        else:
            await doorway.lost.wait()

    def _http_log(self) -> logging.Logger:
        """Where aiohttp complains: what strangers send is told like everything else, the rest goes to our log."""

        def is_worth_telling(record: logging.LogRecord) -> bool:
            error = record.exc_info[1] if record.exc_info else None
            if not isinstance(error, HttpProcessingError):
                return True
            address = record.args[0] if isinstance(record.args, tuple) and record.args else "somebody"
            self._trickle.say(str(address), "refused: not an HTTP request of a node")
            return False

        http_log = logging.Logger(f"{log.name}.http")
        http_log.parent = log
        http_log.addFilter(is_worth_telling)
        return http_log


class _NoDoor:
    """Where no words are ever good."""

    def knock(self) -> Try | None:
        raise HandshakeRefused("no words are good here")


def _judge(request: web.BaseRequest) -> HTTPStatus:
    """Whether a request is one that nodes make."""
    if hdrs.ORIGIN in request.headers:
        return HTTPStatus.FORBIDDEN
    if request.path != PATH:
        return HTTPStatus.NOT_FOUND
    if request.method != hdrs.METH_GET:
        return HTTPStatus.METHOD_NOT_ALLOWED
    offered = request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "")
    if SUBPROTOCOL not in [protocol.strip() for protocol in offered.split(",")]:
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.OK


def _refusal(status: HTTPStatus) -> web.Response:
    response = web.Response(status=status, headers={hdrs.SERVER: SOFTWARE})
    response.force_close()
    return response
