"""The local door: a Unix socket that lets screens and commands of this machine's user in, and nobody else.

Rules of this module:
1. File permissions are the login: 0660, and the kernel says who is there (SO_PEERCRED).
2. One refused or malformed request never ends the connection; an overlong line does.
3. Requests of one connection are answered as they finish; a slow one does not hold up the others. So many at once, and
   no more: who asks and does not read fills its own socket, not this node's memory.
4. A running node can be reached: folders for sockets are emptied by others (at logout, by cleaners), and then the
   socket is made anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

from meshnode.api.feed import Feed
from meshnode.api.requests import Requests
from meshnode.api.schema import MAX_LINE_BYTES, Json, decode_line, encode_line, error_message
from meshnode.errors import BadInput, MeshnodeError, StorageError
from meshnode.platform import may_attach

log = logging.getLogger("meshnode.api")

SOCKET_MODE = 0o660
ANSWERS_AT_ONCE = 32
"""More than a screen ever asks in one moment; an answer can have 4 MiB."""
LOOK_EVERY_SECONDS = 5.0
Send = Callable[[Json], Awaitable[None]]


class ApiServer:
    """Listens on the profile's socket."""

    def __init__(self, path: Path, requests: Requests, *, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._path = path
        self._requests = requests
        self._look_every = look_every_seconds
        self._looking: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen.

        Raises:
            StorageError: the socket cannot be made.
        """
        await self._listen()
        self._looking = asyncio.create_task(self._look())

    async def _listen(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._clear_place()
            self._server = await asyncio.start_unix_server(self._serve, path=str(self._path), limit=MAX_LINE_BYTES)
        except OSError as error:
            raise StorageError(f"The local socket {self._path} cannot be made: {error.strerror}.") from error
        self._path.chmod(SOCKET_MODE)

    async def _look(self) -> None:
        """Make the socket anew when it was removed. What lies in its place is left alone."""
        while True:
            await asyncio.sleep(self._look_every)
            if self._has_its_place():
                continue
            if self._server is not None:
                self._server.close()
                log.warning("the socket %s was removed; it is made anew", self._path)
                self._server = None
            with contextlib.suppress(StorageError):
                await self._listen()

    def _has_its_place(self) -> bool:
        return os.path.lexists(self._path)

    async def stop(self) -> None:
        """Stop listening and let everybody go."""
        if self._looking is None:
            return
        self._looking.cancel()
        await asyncio.gather(self._looking, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        for client in tuple(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _clear_place(self) -> None:
        """Remove the socket of a node that was killed; anything else in its place is somebody's."""
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISSOCK(self._path.lstat().st_mode):
                raise StorageError(
                    f"{self._path} is there already and is no socket.", next_step="Give another path with --socket."
                )
            self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            peer: socket.socket = writer.get_extra_info("socket")
            if not may_attach(peer, self._path):
                writer.write(encode_line({"id": 0, "error": {"code": "forbidden", "message": "Not your node."}}))
                return
            await _Client(reader, writer, self._requests).run()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._clients.discard(task)
            writer.close()


class _Client:
    """One attached screen or command."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Requests) -> None:
        self._reader = reader
        self._writer = writer
        self._requests = requests
        self._feed: Feed | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            while line := await self._reader.readline():
                task = asyncio.create_task(self._answer(line))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
                while len(self._running) >= ANSWERS_AT_ONCE:
                    await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        except ValueError:
            await self._send({"id": 0, "error": error_message(BadInput("That line was too long."))})
        finally:
            if self._feed is not None:
                self._feed.stop()
            for task in tuple(self._running):
                task.cancel()

    async def _answer(self, line: bytes) -> None:
        number: object = 0
        try:
            request = _request(line)
            number = request.get("id", 0)
            do, arguments = str(request.get("do", "")), request.get("with") or {}
            if do == "subscribe":
                await self._subscribe(number)
                return
            reply: Json = {"id": number, "ok": await self._requests.answer(do, arguments)}
        except MeshnodeError as error:
            reply = {"id": number, "error": error_message(error)}
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:
            log.exception("a request failed")
            reply = {"id": number, "error": error_message(MeshnodeError(f"meshnode has a bug here: {error!r}."))}
        with contextlib.suppress(OSError):
            await self._send(reply)

    async def _subscribe(self, number: object) -> None:
        if self._feed is not None:
            self._feed.stop()
        self._feed = Feed(self._requests, self._send)
        await self._send({"id": number, "ok": {"seq": self._feed.sequence}})
        self._feed.start()

    async def _send(self, message: Json) -> None:
        self._writer.write(encode_line(message))
        await self._writer.drain()


def _request(line: bytes) -> Json:
    try:
        request = decode_line(line)
    except ValueError as error:
        raise BadInput("A request must be one JSON object on one line.") from error
    if not isinstance(request.get("with", {}), dict):
        raise BadInput("A request's `with` must be a JSON object.")
    return request
