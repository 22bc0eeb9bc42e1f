"""Discovery: the face of this room. Finds neighbours' nodes, lets them find us, and follows the network as it changes.

Rules of this module:
1. One function (`_follow`) brings what is announced in line with the network, the keys and the clock; everything that
   happens only wakes it.
2. A network that is missing, half up or hostile never raises out of here: it is tried again, and `state` tells the
   truth about it meanwhile.
3. Whom we see is reported; whether he is alive is a link's matter.

Modes: open (announce, listen), quiet (listen, never announce), off (typed addresses only).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import zeroconf
from zeroconf import InterfaceChoice, IPVersion
from zeroconf.asyncio import AsyncZeroconf

from meshnode.discovery.addresses import OwnAddress, announceable
from meshnode.discovery.advertiser import Advertiser
from meshnode.discovery.announcement import NONCE_BYTES, DiscoveryKeys, announce, nonce_in
from meshnode.discovery.browser import Browser
from meshnode.discovery.interface_watch import InterfaceWatch, own_addresses
from meshnode.discovery.sightings import Sighting, Sightings

log = logging.getLogger("meshnode.discovery")

Mode = Literal["open", "quiet", "off"]

ANNOUNCE_EVERY_SECONDS = 60.0
"""Nodes that started on two sides of a broken switch find each other this soon after it is mended."""
NONCE_LIVES_SECONDS = 24 * 3600.0
RETRY_AT_MOST_SECONDS = 30.0
OWN_NONCES_KEPT = 64
WAITING = "waiting for a network"


class Discovery:
    """One node's eyes and voice on the local network."""

    def __init__(
        self,
        port: int,
        keys: Callable[[], DiscoveryKeys],
        mode: Mode = "open",
        *,
        on_sighting: Callable[[Sighting], None],
        on_gone: Callable[[Sighting], None] = lambda _: None,
        on_network_change: Callable[[], None] = lambda: None,
        interfaces: Sequence[str] = (),
        announce_every_seconds: float = ANNOUNCE_EVERY_SECONDS,
        nonce_lives_seconds: float = NONCE_LIVES_SECONDS,
    ) -> None:
        self._port = port
        self._keys = keys
        self._mode = mode
        self._on_sighting = on_sighting
        self._on_gone = on_gone
        self._on_network_change = on_network_change
        self._interfaces = tuple(interfaces)
        self._announce_every = announce_every_seconds
        self._nonce_lives = nonce_lives_seconds
        self._state = "off"
        self._sightings = Sightings()
        self._watch = InterfaceWatch(self._network_moved)
        self._task: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stirred = False
        self._link_changed = False
        self._failures = 0
        self._due = 0.0
        self._air: _OnAir | None = None
        self._usable: tuple[OwnAddress, ...] = ()
        self._nonce = b""
        self._nonce_born = 0.0
        self._own_instances: deque[str] = deque(maxlen=OWN_NONCES_KEPT)
        self._announced: object = None

    @property
    def state(self) -> str:
        """`open`, `quiet` or `off` as set; `waiting for a network`; or `failing: why`."""
        return self._state

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Everybody whom we have heard of, oldest first."""
        return tuple(self._sightings)

    async def start(self) -> None:
        """Begin. Returns after the first attempt, whether or not there is a network."""
        if self._mode == "off":
            return
        self._watch.start()
        async with self._one_at_a_time:
            await self._try_to_follow()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Say goodbye and end."""
        if self._task is None:
            return
        task, self._task = self._task, None
        await self._watch.stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with self._one_at_a_time:
            await self._close()
        self._say("off")

    async def refresh(self) -> None:
        """The keys changed (joined, new epoch, invite opened or closed): announce accordingly and judge all again."""
        async with self._one_at_a_time:
            if self._task is not None:
                await self._try_to_follow()

    # -- when something has to be done ------------------------------------------------------------------------------

    def _network_moved(self, link_changed: bool) -> None:
        self._stirred = True
        self._link_changed |= link_changed
        self._wake.set()

    async def _run(self) -> None:
        while True:
            pause = max(0.0, self._due - asyncio.get_running_loop().time())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            async with self._one_at_a_time:
                await self._try_to_follow()

    async def _try_to_follow(self) -> None:
        now = asyncio.get_running_loop().time()
        try:
            await self._follow(now)
        except (OSError, RuntimeError, zeroconf.Error) as error:
            # A network card that is half up, or port 5353 taken: begin afresh in a moment.
            self._failures += 1
            self._due = now + min(RETRY_AT_MOST_SECONDS, 2.0 ** (self._failures - 1))
            await self._close()
            self._say(f"failing: {_reason(error)}")
        else:
            self._failures = 0

    # -- the one function that decides ------------------------------------------------------------------------------

    async def _follow(self, now: float) -> None:
        own = own_addresses(self._interfaces)
        link_changed, self._link_changed = self._link_changed, False
        stirred, self._stirred = self._stirred, False
        moved = own != self._sightings.own
        started = self._air is not None
        self._sightings.own, self._sightings.keys = own, self._keys()
        if not own:
            await self._close()
            self._due = now + RETRY_AT_MOST_SECONDS
            self._say(WAITING)
            return
        if started and (moved or link_changed):
            self._on_network_change()
        air = self._air = self._air or self._go_on_air(own)
        due = now >= self._due
        await self._announce(air.advertiser, own, now, again=due or link_changed)
        if started:
            # Costs nothing when nothing changed, and picks up addresses that were not usable yet a moment ago.
            await air.zeroconf.async_update_interfaces(self._choice(own))
        if due or moved or stirred:
            air.browser.ask()
        if due:
            self._due = now + self._announce_every * random.uniform(0.75, 1.25)
        for sighting in self._sightings.judge_again():
            self._on_sighting(sighting)
        only_here = all(address.is_loopback for address in own)
        self._say(f"{self._mode} (this machine only)" if only_here else self._mode)

    async def _announce(self, advertiser: Advertiser, own: tuple[OwnAddress, ...], now: float, *, again: bool) -> None:
        """Bring the announcement in line: a new nonce with new addresses and each day, none without keys."""
        if self._mode != "open":
            return
        usable = announceable(own)
        if self._usable and all(address.is_loopback for address in usable):
            # The cable is out and nobody hears us: staying with what was announced keeps a short cut from being a move.
            usable = self._usable
        if usable != self._usable or now - self._nonce_born >= self._nonce_lives:
            self._usable = usable
            self._nonce, self._nonce_born = os.urandom(NONCE_BYTES), now
            self._own_instances.append(self._nonce.hex())
        announcement = announce(self._nonce, self._sightings.keys)
        self._sightings.own_nonce = self._nonce if announcement else None
        if announcement is None:
            self._announced = None
            await advertiser.withdraw()
        elif (announcement, usable) != self._announced:
            self._announced = (announcement, usable)
            await advertiser.announce(announcement, usable)
        elif again:
            await advertiser.announce_again()

    # -- zeroconf ---------------------------------------------------------------------------------------------------

    def _go_on_air(self, own: tuple[OwnAddress, ...]) -> _OnAir:
        choice = self._choice(own)
        try:
            instance = AsyncZeroconf(interfaces=choice, ip_version=IPVersion.All)
        except OSError as error:
            if error.errno != errno.EAFNOSUPPORT:
                raise
            # A kernel without IPv6.
            instance = AsyncZeroconf(interfaces=choice, ip_version=IPVersion.V4Only)
        browser = Browser(instance.zeroconf, self._found, self._lost)
        return _OnAir(instance, Advertiser(instance, self._port), browser)

    def _choice(self, own: tuple[OwnAddress, ...]) -> InterfaceChoice | list[str | int]:
        if not self._interfaces:
            return InterfaceChoice.All
        fours: list[str | int] = [address.ip for address in own if "." in address.ip]
        sixes = {address.index for address in own if ":" in address.ip}
        return [*fours, *sorted(sixes)]

    async def _close(self) -> None:
        air, self._air = self._air, None
        self._announced = None
        for sighting in tuple(self._sightings):
            self._on_gone(sighting)
        self._sightings.clear()
        if air is None:
            return
        with contextlib.suppress(OSError, RuntimeError, zeroconf.Error):
            await air.browser.close()
            await air.advertiser.close()
            await air.zeroconf.async_close()

    # -- whom we hear of --------------------------------------------------------------------------------------------

    def _found(self, name: str, txt: Mapping[bytes, bytes | None], addresses: Sequence[str], port: int) -> None:
        nonce = nonce_in(name)
        if nonce is None or nonce.hex() in self._own_instances:
            return
        sighting = self._sightings.heard(name, txt, addresses, port)
        if sighting is not None:
            self._on_sighting(sighting)

    def _lost(self, name: str) -> None:
        nonce = nonce_in(name)
        sighting = self._sightings.gone(nonce.hex()) if nonce is not None else None
        if sighting is not None:
            self._on_gone(sighting)

    def _say(self, state: str) -> None:
        if state != self._state:
            self._state = state
            log.info("discovery: %s", state)


@dataclass(frozen=True, slots=True)
class _OnAir:
    """One running zeroconf and the two who use it."""

    zeroconf: AsyncZeroconf
    advertiser: Advertiser
    browser: Browser


def _reason(error: Exception) -> str:
    """Why discovery fails, in words for a person."""
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return "another program keeps port 5353 (mDNS) to itself"
        case OSError(errno=errno.EACCES | errno.EPERM):
            return "this machine does not permit multicast"
        case OSError(strerror=str() as words):
            return words
        case _:
            return str(error) or type(error).__name__
