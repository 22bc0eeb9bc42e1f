"""Reads: everything that is asked of a store and changes nothing.

Rules of this module:
1. On the event loop's thread, with its own connection; what is committed is seen.
2. Point reads and bounded parts only: nothing here holds up the loop for longer than a block of 256 KiB takes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from crdt.identifiers import ChangeId, DeviceId, ItemId, ItemKey, Lane, RecordId, StatementId
from meshnode.store.change_log import ChangeLog, StoredChange
from meshnode.store.database import Reader
from meshnode.store.later import LaterWrites
from meshnode.store.parked import Parked
from meshnode.store.peers import KnownAddress, PeerRow, Peers
from meshnode.store.record_views import RecordView, RecordViews
from meshnode.store.statement_log import StatementLog


class Reads:
    """The reading half of a store."""

    def __init__(self, reader: Reader, later: LaterWrites) -> None:
        self._reader = reader
        self._changes = ChangeLog(reader)
        self._statements = StatementLog(reader)
        self._views = RecordViews(reader, later)
        self._parked = Parked(reader)
        self._peers = Peers(reader, later)

    # -- both sets --------------------------------------------------------------------------------------------------

    def held(self, lane: Lane, ids: Sequence[ItemId]) -> set[ItemId]:
        """Those of `ids` that need not be fetched: on the disk (in the set, withheld or forgotten), or parked."""
        if lane is Lane.STATEMENTS:
            return self._statements.held(ids)
        return self._changes.held(ids) | self._parked.held(ids)

    def items(self, lane: Lane, ids: Sequence[ItemId]) -> list[bytes]:
        """The bytes of those of `ids` that are in the set, in the order asked for."""
        return self._statements.by_id(ids) if lane is Lane.STATEMENTS else self._changes.items(ids)

    def range_items(
        self, lane: Lane, low: bytes, high: bytes | None, max_bytes: int
    ) -> tuple[list[tuple[ItemKey, bytes]], bool]:
        """Items from `low` up to below `high` (None: to the end), at least one if there is one, up to `max_bytes`; and
        whether the range ends there."""
        if lane is Lane.STATEMENTS:
            return self._statements.range_items(low, high, max_bytes)
        return self._changes.range_items(lane, low, high, max_bytes)

    # -- changes ----------------------------------------------------------------------------------------------------

    def change(self, change: ChangeId) -> StoredChange | None:
        """One change by its id."""
        return self._changes.change(change)

    def changes_of(self, record: RecordId) -> list[StoredChange]:
        """Everything written in one record, in the order in which it came."""
        return self._changes.of_record(record)

    def changes_after(self, row: int, limit: int) -> list[StoredChange]:
        """The next changes that came after a row, in the order in which they came."""
        return self._changes.after(row, limit)

    def authors(self) -> list[DeviceId]:
        """Everybody who wrote a change that is in the set."""
        return self._changes.authors()

    def newest_row_of(self, author: DeviceId) -> int:
        """The row of the newest change of one author; 0 when there is none."""
        return self._changes.newest_row_of(author)

    def records_by(self, author: DeviceId, after_row: int, limit: int) -> list[tuple[int, RecordId]]:
        """The rows and records of the next changes of one author behind a row."""
        return self._changes.records_of(author, after_row, limit)

    # -- outside the set --------------------------------------------------------------------------------------------

    def withheld_of(self, record: RecordId) -> list[StoredChange]:
        """What is withheld of one record."""
        return self._changes.withheld_of(record)

    def records_withheld(self) -> list[tuple[RecordId, DeviceId]]:
        """In which records something of whom is withheld."""
        return self._changes.records_withheld()

    def records_outside(self, records: Sequence[RecordId], authors: Collection[DeviceId]) -> set[RecordId]:
        """Those of some records of which something is withheld, or parked and by one of these authors."""
        return self._changes.withheld_in(records) | self._parked.waiting_in(records, authors)

    def holds_of(self, record: RecordId) -> bool:
        """Whether anything of a record is here, in the set, withheld or parked, that was not forgotten."""
        return self._changes.holds_of(record) or bool(self._parked.of_record(record))

    def forgotten_authors(self, record: RecordId) -> set[DeviceId]:
        """Who had written in a record that is forgotten."""
        return self._changes.forgotten_authors(record)

    def forgotten_of(self, authors: Sequence[DeviceId]) -> set[RecordId]:
        """The forgotten records in which one of these had written."""
        return self._changes.forgotten_of(authors)

    # -- statements -------------------------------------------------------------------------------------------------

    def statements(self) -> list[tuple[StatementId, bytes]]:
        """Every statement, in the order in which they came."""
        return self._statements.all()

    def statement(self, statement: StatementId) -> bytes | None:
        """One statement's bytes."""
        return self._statements.statement(statement)

    def statements_by_id(self, ids: Iterable[bytes]) -> list[bytes]:
        """The bytes of those of `ids` that are held, in the order asked for."""
        return self._statements.by_id(ids)

    # -- parked -----------------------------------------------------------------------------------------------------

    def parked_authors(self) -> list[DeviceId]:
        """Whose changes wait for statements."""
        return self._parked.authors()

    def take_parked(self, author: DeviceId) -> list[bytes]:
        """The envelopes of one author that wait. They stay parked until a batch inserts them as changes."""
        return self._parked.of_author(author)

    def parked_of(self, record: RecordId) -> list[bytes]:
        """The envelopes that wait to join one record."""
        return self._parked.of_record(record)

    def records_parked(self, authors: Collection[DeviceId]) -> set[RecordId]:
        """The records that changes of these authors wait to join."""
        return self._parked.records_of(authors)

    # -- records and views ------------------------------------------------------------------------------------------

    def has_record(self, record: RecordId) -> bool:
        """Whether anything of this record is in the set."""
        return self._views.has(record)

    def records(self, kind: int | None = None) -> list[RecordId]:
        """Every record of a kind, or of all, in the order of their ids."""
        return self._views.records(kind)

    def record_count(self) -> int:
        """How many records there are."""
        return self._views.count()

    def view(self, record: RecordId) -> RecordView | None:
        """What people see of a record; None when nothing was written in it."""
        return self._views.view(record)

    def views_of(self, kind: int | None, after: RecordId | None, limit: int) -> list[RecordView]:
        """The next views of a kind, or of all, behind a record, in the order of their ids."""
        return self._views.views_of(kind, after, limit)

    def stale_records(self, limit: int) -> list[RecordId]:
        """Up to `limit` records whose view is not up to date, those that changed last first."""
        return self._views.stale(limit)

    # -- peers ------------------------------------------------------------------------------------------------------

    def peer(self, device: DeviceId) -> PeerRow | None:
        """What was noted about a device."""
        return self._peers.row(device)

    def peers(self) -> list[PeerRow]:
        """Everybody about whom something was noted."""
        return self._peers.rows()

    def addresses(self) -> list[KnownAddress]:
        """Where devices proved themselves; to be read once, at the start."""
        return self._peers.addresses()
