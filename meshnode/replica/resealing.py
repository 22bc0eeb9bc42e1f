"""Resealing: texts that were sealed here are sealed anew when the devices of their people change.

Rules of this module:
1. The circle is its author's choice and stays; which devices it means now is the membership's answer.
2. Only a personal device of the author that can open a text seals it anew, and only where the devices differ.
3. Each round waits for a moment of its own, so that of several devices of one author usually one does it.
4. A round is bounded, and so is a day: a reader who makes and drops devices all day fills neither the author's records
   nor their share of what neighbours take in a day. What is put off is looked at again with the next news.
5. What could not be sealed for some devices is not tried again for the same ones.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable

from crdt.catalog import KINDS
from crdt.edits import Seal
from crdt.errors import CrdtError
from crdt.identifiers import MemberId, RecordId
from crdt.sealed import GROUP, HINT_BYTES, Sealed
from meshnode.errors import StorageError
from meshnode.events import AccessChanged, Event, MembershipChanged, RecordsChanged
from meshnode.replica.records import View
from meshnode.replica.replica import Replica

log = logging.getLogger("meshnode.replica")

EARLIEST_SECONDS = 5.0
SPREAD_SECONDS = 55.0
TEXTS_A_ROUND = 20
TEXTS_A_DAY = 500
"""A quarter of the changes that neighbours take from a member in a day."""
TIMES_A_DAY = 8
"""For one text: people get and lose devices more seldom."""
MS_PER_DAY = 86_400_000
VIEWS_AT_A_TIME = 20
KINDS_WITH_SEALED = tuple(
    kind.code for kind in KINDS.values() if any(isinstance(field, Sealed) for field in kind.fields)
)
Due = tuple[RecordId, str, frozenset[str]]
"""A record, a sealed field of it, and the hints of the devices that it should open on."""


async def a_while() -> None:
    """The moment before a round."""
    await asyncio.sleep(EARLIEST_SECONDS + random.random() * SPREAD_SECONDS)


class Resealing:
    """Keeps the texts that were sealed by this device's person sealed to the right devices."""

    def __init__(self, replica: Replica, wait: Callable[[], Awaitable[None]] = a_while) -> None:
        self._replica = replica
        self._wait = wait
        self._hopeless: dict[tuple[RecordId, str], frozenset[str]] = {}
        self._done: deque[tuple[int, RecordId]] = deque()
        self._news = False
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Look soon, and whenever somebody's devices or a sealed text have changed."""
        self._unsubscribe = self._replica.events.subscribe(self._heard)
        self._soon()

    async def stop(self) -> None:
        """Seal nothing more."""
        self._unsubscribe()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _heard(self, event: Event) -> None:
        match event:
            case MembershipChanged() | AccessChanged():
                self._soon()
            case RecordsChanged(records=records) if any(record[0] in KINDS_WITH_SEALED for record in records):
                self._soon()

    def _soon(self) -> None:
        self._news = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._rounds())

    async def _rounds(self) -> None:
        while self._news:
            await self._wait()
            self._news = False
            try:
                self._news |= await self.round() == TEXTS_A_ROUND
            except StorageError as error:
                log.warning("sealed texts wait: %s", error)

    async def round(self) -> int:
        """Seal up to `TEXTS_A_ROUND` texts anew; how many there were.

        Raises:
            StorageError: the disk did not take one.
        """
        sealed = 0
        for due in await self._all_due():
            if sealed == TEXTS_A_ROUND:
                break
            if self._may_today(due[0]) and await self._seal(due):
                self._done.append((self._replica.clock(), due[0]))
                sealed += 1
        if sealed:
            log.info("%d sealed texts were sealed anew", sealed)
        return sealed

    def _may_today(self, record: RecordId) -> bool:
        while self._done and self._done[0][0] <= self._replica.clock() - MS_PER_DAY:
            self._done.popleft()
        return len(self._done) < TEXTS_A_DAY and sum(each == record for _, each in self._done) < TIMES_A_DAY

    async def _all_due(self) -> list[Due]:
        replica = self._replica
        if replica.sealer.is_hub or not replica.membership.author_class(replica.identity.device).current:
            return []
        due: list[Due] = []
        for code in KINDS_WITH_SEALED:
            for number, record in enumerate(list(replica.store.records(code)), 1):
                due += self._due(record, replica.records.view(record))
                if number % VIEWS_AT_A_TIME == 0:
                    await asyncio.sleep(0)
        return due

    def _due(self, record: RecordId, view: View) -> list[Due]:
        identity = self._replica.identity
        if view["created"]["member"] != identity.person.hex():
            return []
        mine = identity.device[:HINT_BYTES].hex()
        found = []
        for name, said in view["sealed"].items():
            wanted = self._replica.sealer.hints(_people(said["for"]))
            hopeless = self._hopeless.get((record, name)) == wanted
            if mine in said["devices"] and wanted != frozenset(said["devices"]) and not hopeless:
                found.append((record, name, wanted))
        return found

    async def _seal(self, due: Due) -> bool:
        record, name, wanted = due
        said = self._replica.records.view(record)["sealed"].get(name)
        if said is None:
            return False
        try:
            await self._replica.edit(record, [Seal(f"{GROUP}/{name}", None, _people(said["for"]))])
        except CrdtError as refusal:
            log.info("a sealed text stays as it is: %s", refusal)
            self._hopeless[record, name] = wanted
            return False
        return True


def _people(hexes: list[str]) -> tuple[MemberId, ...]:
    return tuple(MemberId(bytes.fromhex(each)) for each in hexes)
