"""Writing: what is written here: drafts, sealed as this device, sent through the one door like everybody else's.

Rules of this module:
1. One writer at a time in a record: each change builds on the one before.
2. A text too large for one change goes in several, each small enough for every other node.
3. At a hub every change says who acts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from crdt.edits import Planned, Put, parts
from crdt.errors import NotPossibleNow
from crdt.identifiers import ChangeId, RecordId, lane_of, made_record_id
from crdt.kinds import BY_KEY, Kind
from meshnode.errors import MeshnodeError
from meshnode.identity.envelope import seal_change

if TYPE_CHECKING:
    from meshnode.replica.replica import Replica

OURS = b""
"""The source of what was written here."""


class Writing:
    """The writer of one replica. `Replica.edit` and `Replica.make` have the arguments and refusals."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._locks: WeakValueDictionary[RecordId, asyncio.Lock] = WeakValueDictionary()

    async def edit(self, record: RecordId, edits: Sequence[Planned], by: str) -> ChangeId:
        """Write in a record that has begun."""
        async with self._locks.setdefault(record, asyncio.Lock()):
            if record in self._replica.membership.forgotten:
                raise NotPossibleNow("Whoever made this had it wiped: nothing can be written in it any more.")
            if not self._replica.records.open(record).begun:
                raise NotPossibleNow("This entry has not arrived here whole yet. Wait a moment, then try again.")
            return await self._write(record, edits, self._replica.clock(), by)

    async def make(self, kind: Kind, edits: Sequence[Planned], by: str) -> tuple[RecordId, ChangeId]:
        """Begin a record."""
        replica = self._replica
        network, device, at_ms = replica.network, replica.identity.device, replica.clock()
        record = made_record_id(network, kind.code, device, at_ms)
        # The id follows from the time: two new records of one millisecond, or of a clock set back, would be one.
        while replica.records.exists(record) or record in self._locks or record in replica.membership.forgotten:
            at_ms += 1
            record = made_record_id(network, kind.code, device, at_ms)
        async with self._locks.setdefault(record, asyncio.Lock()):
            return record, await self._write(record, edits, at_ms, by)

    async def _write(self, record: RecordId, edits: Sequence[Planned], at_ms: int, by: str) -> ChangeId:
        """Write part by part, the first at `at_ms`; whoever calls holds the record's lock."""
        replica = self._replica
        written: ChangeId | None = None
        # Only now is the record's id known, to which a sealed text is bound.
        for part in parts(replica.sealer.edits(record, edits)):
            draft = replica.records.open(record).draft([*part, Put(BY_KEY, by)] if by else part)
            at = replica.clock() if written else at_ms
            envelope = seal_change(replica.identity, replica.network, record, at, draft)
            accepted = await replica.accept(lane_of(record), (envelope,), OURS)
            if not accepted.done:
                raise MeshnodeError(f"meshnode refused its own change: {accepted.refused}")
            written = ChangeId(accepted.done[0])
        if written is None:
            raise MeshnodeError("There was nothing to write.")
        return written
