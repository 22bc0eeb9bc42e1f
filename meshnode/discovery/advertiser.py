"""Advertiser: puts our announcement on the network and keeps it true.

Rules of this module:
1. No probing: the instance name is a random nonce, unique by construction, and probing would cost a second.
2. `server` is always set; zeroconf would otherwise announce the host's name.
3. A new nonce is a new service: the new one is registered before the old one says goodbye.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence

from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from meshnode.discovery.addresses import OwnAddress
from meshnode.discovery.announcement import SERVICE_TYPE, Announcement, txt_of

ANSWERS_LAG_SECONDS = 1.5
"""zeroconf holds answers back for up to 1.2 s; one that was prepared before a change would undo it for who asked."""


class Advertiser:
    """Our one service on one zeroconf instance."""

    def __init__(self, zeroconf: AsyncZeroconf, port: int) -> None:
        self._zeroconf = zeroconf
        self._port = port
        self._info: ServiceInfo | None = None
        self._broadcasts: set[asyncio.Future[object]] = set()
        self._announcing: asyncio.Future[object] | None = None

    async def announce(self, announcement: Announcement, addresses: Sequence[OwnAddress]) -> None:
        """Announce this, in place of whatever was announced before."""
        before = self._info
        info = self._info = self._service(announcement, addresses)
        if self._announcing is not None:
            self._announcing.cancel()  # its later packets would take back what is newer
        if before is not None and before.name == info.name:
            self._announcing = self._let_run(self._update(info))
            return
        self._announcing = self._let_run(await self._zeroconf.async_register_service(info, cooperating_responders=True))
        if before is not None:
            self._let_run(await self._zeroconf.async_unregister_service(before))

    async def _update(self, info: ServiceInfo) -> None:
        """Say what is new at once, and again when no answer with what was before can still be under way."""
        await (await self._zeroconf.async_update_service(info))
        await asyncio.sleep(ANSWERS_LAG_SECONDS)
        await (await self._zeroconf.async_update_service(info))

    async def announce_again(self) -> None:
        """Say the same once more, for those who came or whom a broken switch kept from hearing it."""
        if self._info is not None:
            self._let_run(await self._zeroconf.async_update_service(self._info))

    async def withdraw(self) -> None:
        """Say goodbye."""
        if self._info is not None:
            info, self._info = self._info, None
            self._let_run(await self._zeroconf.async_unregister_service(info))

    async def close(self) -> None:
        """Stop whatever is still being broadcast; the goodbye is zeroconf's when it closes."""
        for broadcast in self._broadcasts:
            broadcast.cancel()
        await asyncio.gather(*self._broadcasts, return_exceptions=True)

    def _service(self, announcement: Announcement, addresses: Sequence[OwnAddress]) -> ServiceInfo:
        return ServiceInfo(
            SERVICE_TYPE,
            announcement.service_name,
            port=self._port,
            properties=txt_of(announcement),
            server=announcement.server_name,
            parsed_addresses=[address.ip for address in addresses],
        )

    def _let_run(self, broadcast: Awaitable[object]) -> asyncio.Future[object]:
        """Three packets over half a second: nobody waits for them, and a vanished interface is no error."""
        task = asyncio.ensure_future(broadcast)
        self._broadcasts.add(task)
        task.add_done_callback(self._ran)
        return task

    def _ran(self, task: asyncio.Future[object]) -> None:
        self._broadcasts.discard(task)
        if not task.cancelled():
            task.exception()
