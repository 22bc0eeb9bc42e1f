"""FrameRelay: somebody on the wire between two nodes, who sees every frame and may change it.

async with FrameRelay(target).answering() as address: ...
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import aiohttp
from aiohttp import web

from meshnode.transport.limits import PATH, SUBPROTOCOL

Tamper = Callable[[str, int, bytes], bytes | None]
"""Which way ("in" to the node, "out" of it), which frame of that way, its bytes; what to pass on, None for nothing."""


class FrameRelay:
    """A relay in front of one node."""

    def __init__(self, target: str, tamper: Tamper = lambda way, number, frame: frame) -> None:
        self._target = target
        self.tamper = tamper
        self.seen: list[tuple[str, bytes]] = []

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator[str]:
        """Where joiners find the relay."""
        app = web.Application()
        app.router.add_get(PATH, self._relay)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            host, port = runner.addresses[0][:2]
            yield f"{host}:{port}"
        finally:
            await runner.cleanup()

    async def _relay(self, request: web.Request) -> web.WebSocketResponse:
        here = web.WebSocketResponse(protocols=(SUBPROTOCOL,), compress=False)
        await here.prepare(request)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://{self._target}{PATH}", protocols=(SUBPROTOCOL,), compress=0) as there,
        ):
            ways = [
                asyncio.create_task(self._pass_on("in", here, there)),
                asyncio.create_task(self._pass_on("out", there, here)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        await here.close()
        return here

    async def _pass_on(
        self,
        way: str,
        source: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
        target: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    ) -> None:
        number = 0
        async for message in source:
            if message.type is not aiohttp.WSMsgType.BINARY:
                return
            self.seen.append((way, message.data))
            passed = self.tamper(way, number, message.data)
            number += 1
            if passed is not None:
                await target.send_bytes(passed)
