"""Replica: the one door. Everything that enters this node's copy of the two sets enters through `accept` or `edit`.

Rules of this module:
1. How a thing arrived (key press, live peer, backlog, stick, backup) makes no difference to what is done with it:
   check, authorise, append, merge, publish.
2. Nothing is published, and so nothing is sent, acknowledged or shown, before it is on disk.
3. Our own edits pass the same checks as a stranger's bytes (law iii).
4. Runs on the event loop's thread; only checking a backlog and the commit itself happen elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crdt.boards.profiles import profile_of, profile_record_id
from crdt.boards.settings import settings_record_id
from crdt.edits import Planned
from crdt.identifiers import ChangeId, ItemId, Lane, MemberId, NetworkId, RecordId, lane_of
from crdt.kinds import Kind
from meshnode.events import Events
from meshnode.identity.keys import Identity
from meshnode.membership.fold import Member, Membership
from meshnode.membership.statements import StatementRefused, check_statement, statement_id
from meshnode.replica.admission import Refusal, Verdicts, judge_changes
from meshnode.replica.bad_ids import BadIds
from meshnode.replica.folding import Folding
from meshnode.replica.forgetting import forget_statement
from meshnode.replica.publishing import publish_changes, publish_statements
from meshnode.replica.records import Records
from meshnode.replica.rejudging import Rejudging, new_change
from meshnode.replica.sealer import Sealer
from meshnode.replica.writing import OURS, Writing
from meshnode.store.store import Batch, Committed, NewStatement, ParkedChange, Store

__all__ = ["OURS", "Accepted", "Replica"]

log = logging.getLogger("meshnode.replica")

CHECK_INLINE = 4
"""So few are checked where they stand (about 0.2 ms each); more go to a thread so that keys and links stay quick."""

Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a batch: `done` will not change by sending it again, `strikes` count against the sender."""

    done: tuple[ItemId, ...] = ()
    new: tuple[ItemId, ...] = ()
    refused: tuple[Refusal, ...] = ()
    strikes: int = 0


class Replica:
    """This node's copy of one network."""

    def __init__(self, store: Store, identity: Identity, network: NetworkId, events: Events, clock: Clock) -> None:
        self.store = store
        self.identity = identity
        self.network = network
        self.events = events
        self.clock = clock
        self.records = Records(store, network)
        self.bad = BadIds()
        self.sealer = Sealer(identity, network, self.records, lambda: self.membership)
        self._writing = Writing(self)
        self.folding = Folding(network)
        self.membership: Membership = self.folding.with_more(data for _, data in store.statements())
        self.records.judge_by(self.membership)
        self._rejudging = Rejudging(
            store, network, identity.device, membership=lambda: self.membership, clock=clock, commit=self._put
        )

    @property
    def me(self) -> Member | None:
        """The member whose device this is; nobody on a hub."""
        return self.membership.members.get(self.identity.member) if self.identity.member else None

    # -- the door ---------------------------------------------------------------------------------------------------

    async def accept(self, lane: Lane, items: Sequence[bytes], source: bytes) -> Accepted:
        """Take signed things from anywhere.

        Args:
            lane: which of the three sets they are meant for.
            items: their bytes as sent.
            source: the device they came from; parked items are counted against it.

        Raises:
            StorageError: they could not be put on disk; nothing was changed.
        """
        if lane is Lane.STATEMENTS:
            return await self._accept_statements(items)
        verdicts = await self._judge(items)
        for refused in (*(refusal.item for refusal in verdicts.refused), *verdicts.forgotten):
            if refused is not None:
                self.bad.remember(ItemId(refused))
        return await self._append(verdicts, source)

    async def _judge(self, items: Sequence[bytes]) -> Verdicts:
        by = (self.membership.author_class, self.membership.forgotten)
        if len(items) <= CHECK_INLINE:
            return judge_changes(self.network, items, *by)
        return await asyncio.to_thread(judge_changes, self.network, items, *by)

    async def _append(self, verdicts: Verdicts, source: bytes) -> Accepted:
        if verdicts.removed:
            self._rejudging.sort_removed(verdicts)
        received = self.clock()
        batch = Batch(
            changes=[new_change(checked, envelope, received) for checked, envelope in verdicts.admitted],
            parked=[
                ParkedChange(checked.id, checked.author, source, lane_of(checked.record), checked.record, envelope)
                for checked, envelope in verdicts.parked
            ],
        )
        # What is all refused does not go through the writer: whoever sends rubbish holds nobody's words up.
        committed = await self._commit(batch) if batch.changes or batch.parked else Committed()
        return Accepted(
            done=tuple(ItemId(checked.id) for checked, _ in (*verdicts.admitted, *verdicts.parked))
            + tuple(map(ItemId, verdicts.forgotten))
            + tuple(ItemId(refusal.item) for refusal in verdicts.refused if refusal.item is not None),
            new=tuple(ItemId(change.id) for change in committed.changes),
            refused=tuple(verdicts.refused),
            strikes=verdicts.strikes,
        )

    async def _accept_statements(self, items: Sequence[bytes]) -> Accepted:
        good: list[NewStatement] = []
        refused: list[Refusal] = []
        for data in items:
            try:
                good.append(NewStatement(check_statement(self.network, data), data))
            except StatementRefused as refusal:
                refused.append(Refusal(None, refusal.code))
        committed = await self._commit(Batch(statements=good)) if good else Committed()
        done = tuple(ItemId(statement.id) for statement in good)
        new = tuple(ItemId(statement.id) for statement in committed.statements)
        return Accepted(done, new, tuple(refused), len(refused))

    async def _commit(self, batch: Batch) -> Committed:
        """Append on disk, then merge and publish."""
        # Shielded: what was handed to the writer is applied here even if whoever waited for it goes away.
        return await asyncio.shield(asyncio.ensure_future(self._append_and_publish(batch)))

    async def _append_and_publish(self, batch: Batch) -> Committed:
        before = self.membership
        committed = await self._put(batch)
        if committed.statements:
            await self._rejudging.folded_anew(before, self.membership)
        # Word of an author may have come while their changes were still being checked.
        judge = self.membership.author_class
        if committed.statements or any(judge(parked.author).belongs for parked in batch.parked):
            await self._readmit_parked()
        await self._rejudging.arrived(batch)
        return committed

    async def _put(self, batch: Batch) -> Committed:
        committed = await asyncio.wrap_future(self.store.submit(batch))
        self.store.applied(committed)
        if committed.statements:
            self._publish_statements(committed)
        if committed.revision:
            self.records.close(committed.moved)
            self.records.merge(committed.changes)
            publish_changes(self.events, committed)
        return committed

    def _publish_statements(self, committed: Committed) -> None:
        self.membership = self.folding.with_more(statement.data for statement in committed.statements)
        views_differ = self.records.judge_by(self.membership)
        publish_statements(self.events, committed, frozenset(self.store.records()) if views_differ else frozenset())

    async def judge_again(self) -> None:
        """Judge what an end that was not in order left unjudged; once, after the store was opened."""
        await self._rejudging.at_start()
        await self._readmit_parked()

    async def _readmit_parked(self) -> None:
        """Judge again what waits for statements about its author."""
        judge = self.membership.author_class
        authors = [author for author in self.store.parked_authors() if judge(author).belongs]
        for author in authors:
            envelopes = self.store.take_parked(author)
            if envelopes:
                await self._append(await self._judge(envelopes), OURS)

    # -- writing here -----------------------------------------------------------------------------------------------

    async def edit(self, record: RecordId, edits: Sequence[Planned], by: str = "") -> ChangeId:
        """Write in a record as this device; the id of the (last) change that came of it.

        Args:
            record: where.
            edits: what.
            by: who acts, where this device is a hub (`crdt.acting`).

        Raises:
            CrdtError: crdt refused the edit; nothing was written.
            StorageError: it could not be put on disk; of an edit in several parts, those before it are written.
        """
        # Shielded: whoever goes away leaves neither half a text nor a change that the next one here has not seen.
        return await asyncio.shield(asyncio.ensure_future(self._writing.edit(record, edits, by)))

    async def make(self, kind: Kind, edits: Sequence[Planned], by: str = "") -> tuple[RecordId, ChangeId]:
        """Write the first words of a new record as this device; its id, and that of the (last) change that came of it.

        Args:
            kind: what it is; not one whose ids are derived, which `edit` begins.
            edits: what it says.
            by: as in `edit`.

        Raises:
            CrdtError: crdt refused the edit; nothing was written.
            StorageError: it could not be put on disk.
        """
        return await asyncio.shield(asyncio.ensure_future(self._writing.make(kind, edits, by)))

    async def forget(self, record: RecordId) -> None:
        """Have a record wiped on every node that hears of it, this one first. Final.

        Raises:
            UnknownRecord, NotPossible: there is none, or it is not this person's to wipe.
            StorageError: it could not be put on disk.
        """
        await self.state(forget_statement(self.identity, self.network, self.membership, self.store, record))

    # -- what the network's own records say -------------------------------------------------------------------------

    def network_name(self) -> str:
        """What the neighbourhood calls itself now."""
        return str(self.records.view(settings_record_id(self.network)).get("name") or self.membership.name)

    def profile_names(self) -> dict[MemberId, str]:
        """The names that members gave themselves in their profiles."""
        names = {}
        for member in self.membership.members:
            record = profile_record_id(self.network, member)
            if self.store.has_record(record):
                names[member] = profile_of(self.records.view(record), member)["name"]
        return {member: name for member, name in names.items() if name}

    async def state(self, statement: bytes) -> ItemId:
        """Add a statement signed here.

        Raises:
            StorageError: it could not be put on disk.
        """
        await self.accept(Lane.STATEMENTS, (statement,), OURS)
        return ItemId(statement_id(self.network, statement))
