"""Rejudging: keeps the set what the fold says it is, when the fold or a record has changed.

Somebody is removed, or comes back; an endorsement comes, or no longer counts; a change arrives that builds on what was
withheld; a record is forgotten. Then changes leave the set, come back, or are wiped. `cover` decides what belongs.

Rules of this module:
1. One at a time: what is judged is what is on the disk, by the fold of this moment. Whatever is committed meanwhile
   calls for another look by itself.
2. In parts of a bounded size, so that links and screens are not held up by the removal of somebody who wrote much.
3. On a device that was removed itself nothing leaves the set: it speaks with nobody any more, and its person needs all
   of it for an export or a fresh start. Should the device be brought back, everything is looked at.
4. An end between a commit and its judgement is made good at the next start (`at_start`). Walking through everything
   that removed people wrote is spared then, if the last walk was by the same removals and endorsements.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from crdt.identifiers import ChangeId, DeviceId, NetworkId, RecordId, lane_of
from meshnode.identity.envelope import CheckedChange, check_change
from meshnode.membership.membership import AuthorClass, Membership
from meshnode.replica.admission import Verdicts
from meshnode.replica.cover import Written, covered, written
from meshnode.store.notebook import OWN_PREFIX
from meshnode.store.store import Batch, NewChange, Store

RECORDS_AT_A_TIME: Final = 32
"""About 10 ms of reading and hashing for records of usual size."""
RECORDS_A_COMMIT: Final = 512
"""So that a memory card is not made to flush for every few records."""
ROWS_AT_A_TIME: Final = 1_000
JUDGED: Final = f"{OWN_PREFIX}judged"
"""The notebook's name for what the last whole walk went by. Not saved from a damaged database: then all is walked."""
MARK_BYTES: Final = 16

Commit = Callable[[Batch], Awaitable[object]]


@dataclass(slots=True)
class _Outcome:
    """What is to be moved."""

    withhold: list[ChangeId] = field(default_factory=list)
    restore: list[ChangeId] = field(default_factory=list)
    admit: list[NewChange] = field(default_factory=list)

    def batch(self) -> Batch | None:
        if not (self.withhold or self.restore or self.admit):
            return None
        return Batch(changes=self.admit, withhold=self.withhold, restore=self.restore)


class Rejudging:
    """The second look at what one replica holds."""

    def __init__(
        self,
        store: Store,
        network: NetworkId,
        own: DeviceId,
        *,
        membership: Callable[[], Membership],
        clock: Callable[[], int],
        commit: Commit,
    ) -> None:
        """Nothing is looked at yet.

        Args:
            store: what is held.
            network: the network it belongs to.
            own: this device.
            membership: the fold of this moment.
            clock: milliseconds since 1970, for what is admitted late.
            commit: puts a batch on the disk and publishes what came of it.
        """
        self._store = store
        self._network = network
        self._own = own
        self._membership = membership
        self._clock = clock
        self._commit = commit
        self._lock = asyncio.Lock()
        self._walk = asyncio.Lock()

    # -- occasions --------------------------------------------------------------------------------------------------

    async def at_start(self) -> None:
        """Make good what an end in between left undone."""
        now = self._membership()
        await self._forget(now.forgotten)
        removed = removed_devices(now)
        records = {record for record, _ in self._store.records_withheld()} | self._store.records_parked(removed)
        await self._look_at(records)
        if (self._store.meta(JUDGED) or "") != _mark(now):
            async with self._walk:
                await self._look_at(self._records_by(removed))
                self._note_walk(now)

    async def folded_anew(self, before: Membership, now: Membership) -> None:
        """Statements came: look at whatever they say something new about."""
        await self._forget(now.forgotten - before.forgotten)
        if not (removed_devices(before) or removed_devices(now)):
            return
        async with self._walk:
            await self._follow(before, now)

    async def _follow(self, before: Membership, now: Membership) -> None:
        turned = _turned(before, now)
        if self._own in turned:
            turned |= removed_devices(before) | removed_devices(now)
        records = {record for record, author in self._store.records_withheld() if author in turned}
        records |= self._store.records_parked(turned)
        records |= {record for record, _ in before.endorsed ^ now.endorsed if self._store.holds_of(record)}
        await self._look_at(records)
        await self._look_at(self._records_by(turned))
        self._note_walk(now)

    def _note_walk(self, by: Membership) -> None:
        mark = _mark(by)
        if (self._store.meta(JUDGED) or "") != mark and by is self._membership():
            self._store.set_meta(JUDGED, mark)

    async def arrived(self, batch: Batch) -> None:
        """A batch was committed: look at the records in which it can make a difference."""
        now = self._membership()
        written_in = {change.record for change in batch.changes} | {parked.record for parked in batch.parked}
        await self._forget(written_in & now.forgotten)
        removed = removed_devices(now)
        if not removed or not written_in:
            return
        outside = self._store.records_outside(sorted(written_in), removed)
        # What was judged by an earlier fold than this one is looked at again.
        late = {change.record for change in batch.changes if change.author in removed}
        await self._look_at(outside | late)

    def sort_removed(self, verdicts: Verdicts) -> None:
        """Let in those changes of removed authors that belong by what is here or comes with them; the others wait."""
        by_record: dict[RecordId, list[tuple[CheckedChange, bytes]]] = {}
        for each in verdicts.removed:
            by_record.setdefault(each[0].record, []).append(each)
        verdicts.removed = []
        for record, arriving in by_record.items():
            together = [checked for checked, _ in (*arriving, *verdicts.admitted) if checked.record == record]
            kept = self._covered(record, [*self._in_store(record), *map(_as_written, together)])
            for checked, envelope in arriving:
                (verdicts.admitted if checked.id in kept else verdicts.parked).append((checked, envelope))

    # -- looking ----------------------------------------------------------------------------------------------------

    async def _forget(self, records: Collection[RecordId]) -> None:
        here = [record for record in sorted(records) if self._store.holds_of(record)]
        if here:
            async with self._lock:
                await self._commit(Batch(forget=here))

    async def _look_at(self, records: Iterable[RecordId]) -> None:
        left = iter(records)
        while part := list(islice(left, RECORDS_A_COMMIT)):
            async with self._lock:
                outcome = _Outcome()
                for number, record in enumerate(part, 1):
                    self._judge(record, outcome)
                    if number % RECORDS_AT_A_TIME == 0:
                        await asyncio.sleep(0)
                batch = outcome.batch()
                if batch is not None:
                    await self._commit(batch)

    def _judge(self, record: RecordId, outcome: _Outcome) -> None:
        membership = self._membership()
        if record in membership.forgotten:
            return
        in_set = [written(each.id, each.author, each.envelope) for each in self._store.changes_of(record)]
        withheld = [written(each.id, each.author, each.envelope) for each in self._store.withheld_of(record)]
        parked = [(check_change(self._network, envelope), envelope) for envelope in self._store.parked_of(record)]
        kept = self._covered(record, [*in_set, *withheld, *(_as_written(checked) for checked, _ in parked)])

        def belongs(change: Written | CheckedChange) -> bool:
            match membership.author_class(change.author):
                case AuthorClass.REMOVED:
                    return change.id in kept
                case standing:
                    return standing.belongs

        if membership.author_class(self._own) is not AuthorClass.REMOVED:
            leaving = [each for each in in_set if membership.author_class(each.author) is AuthorClass.REMOVED]
            outcome.withhold += [each.id for each in leaving if not belongs(each)]
        outcome.restore += [each.id for each in withheld if belongs(each)]
        received = self._clock()
        outcome.admit += [new_change(checked, envelope, received) for checked, envelope in parked if belongs(checked)]

    def _covered(self, record: RecordId, changes: Iterable[Written]) -> set[ChangeId]:
        membership = self._membership()
        return covered(record, changes, membership.author_class, membership.endorsed)

    def _in_store(self, record: RecordId) -> Iterator[Written]:
        for each in (*self._store.changes_of(record), *self._store.withheld_of(record)):
            yield written(each.id, each.author, each.envelope)
        for envelope in self._store.parked_of(record):
            yield _as_written(check_change(self._network, envelope))

    def _records_by(self, authors: Iterable[DeviceId]) -> Iterator[RecordId]:
        """The records in which these people wrote something that is in the set, each once an author."""
        for author in authors:
            seen: set[RecordId] = set()
            row = 0
            while rows := self._store.records_by(author, row, ROWS_AT_A_TIME):
                row = rows[-1][0]
                fresh = [record for record in dict.fromkeys(record for _, record in rows) if record not in seen]
                seen.update(fresh)
                yield from fresh


def new_change(checked: CheckedChange, envelope: bytes, received_ms: int) -> NewChange:
    """An admitted change on its way to the disk."""
    return NewChange(
        id=checked.id,
        record=checked.record,
        author=checked.author,
        at_ms=checked.at_ms,
        received_ms=received_ms,
        hash=checked.chunk.hash,
        lane=lane_of(checked.record),
        envelope=envelope,
    )


def removed_devices(membership: Membership) -> frozenset[DeviceId]:
    """The devices of which nothing belongs by itself."""
    return frozenset(device.id for device in membership.devices.values() if device.state is AuthorClass.REMOVED)


def _turned(before: Membership, now: Membership) -> set[DeviceId]:
    """The devices of which something else belongs now than before."""

    def standing(membership: Membership, device: DeviceId) -> tuple[bool, bool]:
        state = membership.author_class(device)
        return state.belongs, state is AuthorClass.REMOVED

    devices = before.devices.keys() | now.devices.keys()
    return {device for device in devices if standing(before, device) != standing(now, device)}


def _as_written(checked: CheckedChange) -> Written:
    return Written(checked.id, checked.author, checked.chunk.hash, checked.chunk.deps)


def _mark(membership: Membership) -> str:
    """What a whole walk goes by; empty where nobody was removed."""
    removed = removed_devices(membership)
    if not removed:
        return ""
    judged = b"".join(sorted(removed)) + b"".join(record + change for record, change in sorted(membership.endorsed))
    return hashlib.blake2b(judged, digest_size=MARK_BYTES).hexdigest()
