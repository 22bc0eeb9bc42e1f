"""Feed: one screen's subscription: a snapshot in pages, then what changes, folded together.

Rules of this module:
1. A screen that reads slowly gets fewer, larger events, never an endless queue: only ids of what changed are kept.
2. The first event after quiet goes out at once; what follows waits a short moment for company.
3. Sequence numbers have no gaps; a screen that sees one asks for a new snapshot.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from crdt.identifiers import RecordId
from meshnode.api.requests import Requests
from meshnode.api.schema import SNAPSHOT_PAGE_RECORDS, Json
from meshnode.events import (
    AccessChanged,
    Event,
    ItemsCommitted,
    ItemsWithdrawn,
    MembershipChanged,
    PeersChanged,
    RecordsChanged,
    TroubleChanged,
)

log = logging.getLogger("meshnode.api")

GATHER_SECONDS = 0.05
STATUS_SECONDS = 0.25
VIEWS_AT_A_TIME = 8
"""About 10 ms of work when none of them was computed before."""
Send = Callable[[Json], Awaitable[None]]


class Feed:
    """What one subscriber still has to be told."""

    def __init__(self, requests: Requests, send: Send) -> None:
        self._requests = requests
        self._send = send
        self.sequence = 0
        self._records: set[RecordId] = set()
        self._members = False
        self._status = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._was_inside = requests.inside

    def start(self) -> None:
        """Send the snapshot, then follow."""
        self._unsubscribe = self._requests.events.subscribe(self._heard)
        self._task = asyncio.create_task(self._follow())

    def stop(self) -> None:
        """Send nothing more."""
        if self._task is not None:
            self._unsubscribe()
            self._task.cancel()

    def _heard(self, event: Event) -> None:
        match event:
            case RecordsChanged(records=records):
                self._records |= records
                self._status = True
            case MembershipChanged() | AccessChanged():
                self._members = self._status = True
            case PeersChanged() | TroubleChanged():
                self._status = True
            case ItemsCommitted() | ItemsWithdrawn():
                return
        self._wake.set()

    async def _follow(self) -> None:
        try:
            await self._snapshot()
            status_due = 0.0
            loop = asyncio.get_running_loop()
            while True:
                await self._wait(status_due)
                if self._requests.inside != self._was_inside:
                    self._was_inside = self._requests.inside
                    await self._tell({"event": "network"})
                await self._records_and_members()
                if self._status and loop.time() >= status_due:
                    self._status = False
                    status_due = loop.time() + STATUS_SECONDS
                    await self._tell({"event": "status", "status": self._requests.status()})
                await asyncio.sleep(GATHER_SECONDS)
        except OSError:
            return
        except Exception:
            log.exception("a subscription failed")

    async def _wait(self, status_due: float) -> None:
        """Until something is to be told: news, or a status that was held back."""
        held_back = status_due - asyncio.get_running_loop().time() if self._status else None
        try:
            async with asyncio.timeout(max(0.0, held_back) if held_back is not None else None):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _snapshot(self) -> None:
        page: list[Json] = []
        part = 0
        async for view in self._views(self._requests.record_ids()):
            page.append(view)
            if len(page) == SNAPSHOT_PAGE_RECORDS:
                await self._tell({"event": "snapshot", "part": part, "last": False, "records": page})
                page, part = [], part + 1
        members, devices = self._requests.people()
        status = self._requests.status()
        await self._tell(
            {"event": "snapshot", "part": part, "last": True, "records": page, "members": members}
            | {"devices": devices, "status": status}
        )

    async def _records_and_members(self) -> None:
        if self._members:
            self._members = False
            members, devices = self._requests.people()
            await self._tell({"event": "members", "members": members, "devices": devices})
        changed, self._records = list(self._records), set()
        for begin in range(0, len(changed), SNAPSHOT_PAGE_RECORDS):
            page = changed[begin : begin + SNAPSHOT_PAGE_RECORDS]
            # What changed again meanwhile is told now; what changes from here on is told the next time.
            self._records.difference_update(page)
            await self._tell({"event": "records", "records": [view async for view in self._views(page)]})

    async def _views(self, records: Iterable[RecordId]) -> AsyncIterator[Json]:
        """Views, with breaths in between: links and other screens are not held up by a page of changed records."""
        for number, record in enumerate(records, 1):
            yield self._requests.view(record)
            if number % VIEWS_AT_A_TIME == 0:
                await asyncio.sleep(0)

    async def _tell(self, message: Json) -> None:
        self.sequence += 1
        await self._send(message | {"seq": self.sequence})
