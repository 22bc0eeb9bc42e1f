"""NodeClient: the one way for a screen or a command to speak with its node.

Rules of this module:
1. Only asyncio streams: importing this costs no HTTP library.
2. Nothing is queued here. A request that cannot be sent raises NodeAway, and nothing was changed.
3. One connection carries any number of requests and at most one subscription.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from meshnode.api.schema import MAX_LINE_BYTES, Json, decode_line, encode_line, error_from
from meshnode.errors import NodeAway

ASK_SECONDS = 60.0
"""Joining over bad Wi-Fi is the slowest request; everything else answers in milliseconds."""


class NodeClient:
    """A connection to the node of one profile."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._events: asyncio.Queue[Json | None] = asyncio.Queue()
        self._away = False
        self._pump = asyncio.create_task(self._read_lines())

    @classmethod
    async def connect(cls, socket_path: Path | str) -> NodeClient:
        """Attach to the node that listens at `socket_path`.

        Raises:
            NodeAway: none does.
        """
        try:
            reader, writer = await asyncio.open_unix_connection(str(socket_path), limit=MAX_LINE_BYTES)
        except OSError as error:
            raise NodeAway from error
        return cls(reader, writer)

    async def ask(self, do: str, /, **arguments: Any) -> Json:
        """Send one request and wait for its reply.

        Raises:
            NodeAway: the node went before it replied; it may or may not have been done.
            ApiError: the node refused, with its code and what to do next.
        """
        if self._away:
            raise NodeAway
        number = next(self._ids)
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            self._writer.write(encode_line({"id": number, "do": do, "with": arguments}))
            await self._writer.drain()
            async with asyncio.timeout(ASK_SECONDS):
                reply = await waiting
        except (OSError, TimeoutError) as error:
            raise NodeAway from error
        finally:
            self._waiting.pop(number, None)
        if "error" in reply:
            raise error_from(reply["error"])
        answer = reply.get("ok")
        return answer if isinstance(answer, dict) else {}

    async def subscribe(self) -> AsyncIterator[Json]:
        """Yield snapshot pages, then events as the node commits them.

        Raises:
            NodeAway: the node went.
        """
        await self.ask("subscribe")
        while (event := await self._events.get()) is not None:
            yield event
        raise NodeAway

    async def close(self) -> None:
        """Detach."""
        self._pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._pump
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _read_lines(self) -> None:
        try:
            while line := await self._reader.readline():
                message = decode_line(line)
                if "event" in message:
                    self._events.put_nowait(message)
                    continue
                waiting = self._waiting.get(int(message.get("id", 0)))
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
        except (OSError, ValueError):
            pass
        finally:
            self._away = True
            self._events.put_nowait(None)
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(NodeAway())
