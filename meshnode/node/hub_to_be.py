"""HubToBe: a machine without a network that shows a code until a steward has typed it.

Rules of this module:
1. While the code is shown this machine listens and announces; nothing is answered but that code.
2. Its keys stay in memory until a steward has signed them: keys that an earlier attempt told of are certified by nobody
   else.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import cast

from meshnode.config import Config, DeviceSettings
from meshnode.discovery.addresses import announceable, endpoint
from meshnode.discovery.announcement import DiscoveryKeys
from meshnode.discovery.discovery import Discovery, Mode
from meshnode.discovery.interface_watch import own_addresses
from meshnode.errors import InviteError
from meshnode.identity.keys import DeviceKeys
from meshnode.joining.adoption import WINDOW_SECONDS
from meshnode.joining.candidate import Certified, ask
from meshnode.membership.device_codes import SECRET_BYTES, DeviceCode, Purpose
from meshnode.noise.handshake import Handshake
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.server import Server

log = logging.getLogger("meshnode.node")

UNNAMED_HUB = "hub"

Done = Callable[[Certified, DeviceKeys, int], None]
"""Told of the steward's certificate, the keys it is for, and the port where this was."""


def hub_name(config: Config) -> str:
    """What neighbours see a hub called: its name in the settings file; "hub" where nobody has named the machine."""
    name = config.device.name
    return UNNAMED_HUB if name == DeviceSettings().name else name


class HubToBe:
    """One code, shown for some minutes."""

    def __init__(self, config: Config, clock: Callable[[], int], done: Done) -> None:
        self._config = config
        self._done = done
        self._keys = DeviceKeys.generate(os.urandom)
        self._busy = asyncio.Lock()
        self._open = True
        self._closing: asyncio.TimerHandle | None = None
        self._server = Server(
            handshakes=Handshake,
            static_private=self._keys.noise.private,
            psks=lambda kind: [self.code.psk] if kind == LinkKind.DEVICE and self._open else [],
            on_connection=self._receive,
        )
        self._discovery: Discovery | None = None
        self.code = DeviceCode.new(Purpose.STEWARD, None, os.urandom(SECRET_BYTES))
        self.until_ms = clock() + int(WINDOW_SECONDS * 1000)

    @property
    def is_open(self) -> bool:
        """Whether the code is still good."""
        return self._open

    async def start(self) -> None:
        """Listen and announce."""
        settings = self._config.network
        hosts = tuple(each for each in settings.interfaces if each[:1].isdigit())
        more = {"hosts": hosts} if hosts else {}
        await self._server.start(settings.listen_port, or_any=not settings.listen_port, **more)
        # Nobody knows the first key: what is announced is recognised by the code alone.
        keys = DiscoveryKeys((os.urandom(32),), (self.code.psk,))
        self._discovery = Discovery(
            self._server.port,
            lambda: keys,
            cast(Mode, settings.discovery),
            on_sighting=lambda _: None,
            interfaces=settings.interfaces,
        )
        await self._discovery.start()
        self._closing = asyncio.get_running_loop().call_later(WINDOW_SECONDS, self._close)

    def addresses(self) -> list[str]:
        """`ip:port` where this machine answers."""
        own = own_addresses(self._config.network.interfaces)
        return [endpoint(each.ip, self._server.port) for each in announceable(own)]

    async def stop(self) -> None:
        """Listen no more."""
        self._close()
        if self._discovery is not None:
            await self._discovery.stop()
        await self._server.close()

    def _close(self) -> None:
        self._open = False
        if self._closing is not None:
            self._closing.cancel()

    async def _receive(self, connection: Connection) -> None:
        async with self._busy:
            if not self._open:
                await connection.close()
                return
            try:
                certified = await ask(connection, self.code, self._keys, hub_name(self._config))
            except InviteError as error:
                log.info("a device link came to nothing: %s", error.code)
                return
            self._close()
        self._done(certified, self._keys, self._server.port)
