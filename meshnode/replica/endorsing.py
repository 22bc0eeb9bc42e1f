"""Endorsing: this device stands by what it had of somebody before it heard that they were removed.

Their newest changes that nobody built on would vanish from every screen otherwise. What arrives after the removal was
heard of is parked, and nobody here stands by that.

Rules of this module:
1. Only a current device endorses, hubs included; only what was in the set here, and is withheld now.
2. After a random while, so that of all who hold the same one speaks and the others find it done.
3. Endorsing the newest covers all that they build on. One more look follows until nothing is left to stand by: also
   when a later fold takes the support of something away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from crdt.identifiers import ChangeId, Lane, RecordId
from meshnode.events import Event, ItemsWithdrawn
from meshnode.membership.statements import sign_endorse
from meshnode.replica.cover import newest, written
from meshnode.replica.replica import OURS, Replica

MOST_SECONDS: Final = 300.0
"""By FORMATS: long enough for one word to get round before the next is spoken."""
A_STATEMENT: Final = 80
"""Endorsements that one statement holds."""
MOST_STATEMENTS: Final = 50
"""So many at a time (200 KiB): whoever wrote more than 4,000 records is endorsed in several goes."""

Pair = tuple[RecordId, ChangeId]
Sleep = Callable[[float], Awaitable[None]]


class Endorsing:
    """The endorsements of one device."""

    def __init__(self, replica: Replica, random: Callable[[], float], sleep: Sleep = asyncio.sleep) -> None:
        """Nothing is endorsed before `start`.

        Args:
            replica: what is held here, and by whom.
            random: a number from 0 to 1, another one each time.
            sleep: waits for so many seconds.
        """
        self._replica = replica
        self._random = random
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Endorse what is withheld, now and from now on, each time after a while."""
        self._unsubscribe = self._replica.events.subscribe(self._heard)
        self._look()

    def stop(self) -> None:
        """Endorse nothing more."""
        self._unsubscribe()
        if self._task is not None:
            self._task.cancel()

    def _heard(self, event: Event) -> None:
        if isinstance(event, ItemsWithdrawn):
            self._look()

    def _look(self) -> None:
        if (self._task is None or self._task.done()) and next(self._to_endorse(), None) is not None:
            self._task = asyncio.create_task(self._until_nothing_is_left())

    async def _until_nothing_is_left(self) -> None:
        while True:
            await self._sleep(self._random() * MOST_SECONDS)
            if not await self.endorse():
                return

    async def endorse(self) -> bool:
        """Stand by what is withheld here now; whether there was anything.

        Raises:
            StorageError: it could not be put on disk.
        """
        replica = self._replica
        pairs = list(islice(self._to_endorse(), MOST_STATEMENTS * A_STATEMENT))
        statements = [sign_endorse(replica.identity, replica.network, part) for part in _parts(pairs)]
        if statements:
            await replica.accept(Lane.STATEMENTS, statements, OURS)
        return bool(statements)

    def _to_endorse(self) -> Iterator[Pair]:
        """The newest of what is withheld, record by record."""
        replica = self._replica
        if not replica.membership.author_class(replica.identity.device).current:
            return
        for record in dict.fromkeys(record for record, _ in replica.store.records_withheld()):
            withheld = [written(each.id, each.author, each.envelope) for each in replica.store.withheld_of(record)]
            for change in newest(withheld):
                if (record, change) not in replica.membership.endorsed:
                    yield record, change


def _parts(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    left = iter(pairs)
    while part := list(islice(left, A_STATEMENT)):
        yield part
