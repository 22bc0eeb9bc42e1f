"""Dialler: carries out the schedule: dials what is due, tells what came of it, and keeps what proved itself.

Rules of this module:
1. Whom and when is the schedule's decision; here are only the clock, the jitter and the sockets.
2. Every dial's end is told to the schedule exactly once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Sequence

from crdt.identifiers import DeviceId
from meshnode.discovery.announcement import Recognition
from meshnode.discovery.sightings import Sighting
from meshnode.errors import HandshakeRefused, PeerError
from meshnode.peers.address_book import AddressBook
from meshnode.peers.link import Link
from meshnode.peers.links import Links
from meshnode.peers.schedule import Dial, Schedule
from meshnode.transport.connection import Connection
from meshnode.trust.access import Linking

log = logging.getLogger("meshnode.peers")

LEFT_IN_PEACE = frozenset(way.goodbye for way in Linking if way is not Linking.OPEN)
"""Ends after which the same device is not tried again soon."""

DialOut = Callable[[str], Awaitable[Connection]]
"""Opens a member connection to `host:port`."""


class Dialler:
    """Dials for one node."""

    def __init__(self, schedule: Schedule, links: Links, book: AddressBook, dial_out: DialOut, me: DeviceId) -> None:
        self._schedule = schedule
        self._links = links
        self._book = book
        self._dial_out = dial_out
        self._me = me
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop_task: asyncio.Task[None] | None = None
        self._under_way: dict[Connection, Dial] = {}
        links.on_linked = self._linked
        links.on_unlinked = self._unlinked

    def start(self, typed: Sequence[str]) -> None:
        """Begin with the addresses somebody typed and those where devices proved themselves."""
        now = self._now()
        for endpoint in typed:
            self._schedule.typed(endpoint, now, random.random())
        for device in self._book.devices():
            self._schedule.remember(device, self._book.endpoints_of(device), now, random.random())
        self._loop_task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Dial nobody any more."""
        tasks = [task for task in (self._loop_task, *self._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def sighted(self, sighting: Sighting) -> None:
        """A neighbour announces itself."""
        if sighting.recognition is Recognition.MEMBER:
            self._schedule.sighted(
                sighting.instance,
                sighting.endpoints,
                self._now(),
                random.random(),
                network=sighting.network,
                we_first=sighting.we_first,
            )
            self._wake.set()

    def gone(self, sighting: Sighting) -> None:
        """An announcement was withdrawn."""
        self._schedule.gone(sighting.instance)

    def try_address(self, endpoint: str) -> None:
        """Dial an address soon."""
        self._schedule.typed(endpoint, self._now(), random.random())
        self._wake.set()

    def network_changed(self) -> None:
        """This machine has another network."""
        self._schedule.network_changed(self._now())
        self._wake.set()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _run(self) -> None:
        while True:
            for dial in self._schedule.dials(self._now()):
                task = asyncio.create_task(self._dial(dial))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            due = self._schedule.next_due()
            delay = None if due is None else max(0.01, due - self._now())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()
            self._wake.clear()

    async def _dial(self, dial: Dial) -> None:
        try:
            connection = await self._dial_out(dial.endpoint)
        except (PeerError, OSError) as error:
            log.debug("no link with %s: %s", dial.endpoint, error)
            self._note_failure(dial, error)
            return
        self._under_way[connection] = dial
        report = await self._links.carry(connection, dialled=True)
        # Where the link was granted, `_linked` has told the end of this dial already.
        if self._under_way.pop(connection, None) is not None:
            if report.device == self._me:
                self._schedule.ourselves(dial)
            elif report.device in self._links.by_device:
                assert report.device is not None
                self._schedule.linked(report.device, self._now(), random.random(), dial=dial)
            elif report.device is not None and report.end.code in LEFT_IN_PEACE:
                self._schedule.refused(dial, self._now())
            else:
                self._schedule.failed(dial, self._now(), random.random())
        self._wake.set()

    def _note_failure(self, dial: Dial, error: PeerError | OSError) -> None:
        """A stranger's door is left in peace for long; a neighbour whose plug was pulled just then is tried again."""
        if isinstance(error, HandshakeRefused) and dial.device is None:
            self._schedule.refused(dial, self._now())
        else:
            self._schedule.failed(dial, self._now(), random.random())
        self._wake.set()

    def _linked(self, link: Link, dialled: bool) -> None:
        assert link.device is not None
        dial = self._under_way.pop(link.connection, None)
        ip = "" if dialled else link.connection.remote.address.rpartition(":")[0].strip("[]")
        self._schedule.linked(link.device, self._now(), random.random(), dial=dial, ip=ip)
        if dial is not None:
            self._book.proved(link.device, dial.endpoint, link.since_ms)
        self._wake.set()

    def _unlinked(self, device: DeviceId, code: str) -> None:
        self._schedule.unlinked(device, self._now(), random.random(), in_peace=code in LEFT_IN_PEACE)
        self._wake.set()
