"""Feed: the one worker: follows the node, folds what comes in a moment together, and comes back after an absence.

Rules of this module:
1. It touches no widget: it posts messages and answers `ask`.
2. Nothing is queued while the node is away: `ask` raises NodeAway, and nothing was changed.
3. A snapshot is handed on page by page, at once; changes wait a moment for company.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.message import Message

from meshnode.api.client import NodeClient
from meshnode.api.schema import Json
from meshnode.errors import MeshnodeError, NodeAway
from tui.messages import FeedMoved, NetworkChanged, NodeCame, NodeWent

log = logging.getLogger("tui.feed")

GATHER_SECONDS = 0.1
GATHER_SECONDS_OVER_SSH = 0.25
"""Painting each of 1,000 changes a second apart takes seven times the time and the bytes."""
FIRST_RETRY_SECONDS = 0.2
LAST_RETRY_SECONDS = 3.0


class Feed:
    """The screen's line to its node."""

    def __init__(self, socket_path: Path | str, post: Callable[[Message], object], gather_seconds: float) -> None:
        self._socket_path = socket_path
        self._post = post
        self._gather_seconds = gather_seconds
        self._client: NodeClient | None = None
        self._gathered: list[Json] = []
        self._some = asyncio.Event()
        self._sequence = 0

    async def run(self) -> None:
        """Follow the node for as long as the screen lives."""
        retry = FIRST_RETRY_SECONDS
        while True:
            try:
                self._client = await NodeClient.connect(self._socket_path)
                retry = FIRST_RETRY_SECONDS
                await self._follow(self._client)
            except NodeAway:
                self._post(NodeWent())
            except MeshnodeError:
                log.exception("the node refused a subscription")
                self._post(NodeWent())
            finally:
                client, self._client = self._client, None
                self._gathered = []
                if client is not None:
                    await client.close()
            await asyncio.sleep(retry)
            retry = min(retry * 2, LAST_RETRY_SECONDS)

    async def ask(self, do: str, /, **arguments: Any) -> Json:
        """One request to the node.

        Raises:
            NodeAway: it does not answer; nothing was changed.
            ApiError: it refused.
        """
        if self._client is None:
            raise NodeAway
        return await self._client.ask(do, **arguments)

    async def _follow(self, client: NodeClient) -> None:
        flusher = asyncio.create_task(self._flush_now_and_then())
        try:
            while True:
                await self._follow_once(client)
        finally:
            flusher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await flusher

    async def _follow_once(self, client: NodeClient) -> None:
        """From a snapshot until another one is needed: a gap, or another neighbourhood."""
        self._sequence, self._gathered = 0, []
        async for event in client.subscribe():
            if self._sequence == 0:
                if event["event"] != "snapshot" or event.get("part"):
                    continue  # the tail of an earlier subscription
                self._post(NodeCame())
            elif int(event.get("seq", 0)) != self._sequence + 1:
                return
            self._sequence = int(event.get("seq", 0))
            if event["event"] == "network":
                self._post(NetworkChanged())
                return
            self._gathered.append(event)
            self._some.set()
            if event["event"] == "snapshot":
                self._flush()

    async def _flush_now_and_then(self) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(self._gather_seconds)
            self._flush()

    def _flush(self) -> None:
        self._some.clear()
        if self._gathered:
            events, self._gathered = self._gathered, []
            self._post(FeedMoved(events))
