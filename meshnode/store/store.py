"""Store: one network's database, as the rooms above see it.

Rules of this module:
1. Nothing is acknowledged before its transaction has been flushed to the disk.
2. Reads happen on the event loop's thread with a connection of their own. The indexes change on that thread too, when
   the caller passes a finished `Committed` to `applied`: nobody sees half a transaction.
3. What is damaged is set aside, never deleted; what can be proved by its own bytes is taken over.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path

from crdt.identifiers import DeviceId, Lane, RecordId, StatementId, item_key
from meshnode.durable_file import durable_file, fsync_directory
from meshnode.errors import DiskFull, StorageDamaged, StorageError
from meshnode.store.appending import append
from meshnode.store.caches import Caches
from meshnode.store.change_log import ChangeLog
from meshnode.store.database import FILE_NAME, connect, lock_folder, open_database, storage_error
from meshnode.store.high_water import Mark, read_mark, write_mark
from meshnode.store.rows import Batch, CachedView, Committed, PeerRow
from meshnode.store.salvage import Check, pad, salvage_rows, set_aside
from meshnode.store.set_index import SetIndex
from meshnode.store.writer import Work, Writer

__all__ = ["Store"]

RESERVE_BYTES = 1024 * 1024
"""Enough for the log and shared-memory files that a database needs before it can even be opened."""
MARK_EVERY = 500
"""Commits between two high-water marks: one small file write in many seconds of work."""
INDEX_EVERY = 50
"""Commits between two writes of changed buckets; what is not written is added up again when opening."""


class Store(ChangeLog):
    """The database of one network in one folder."""

    def __init__(self, folder: Path, writing: sqlite3.Connection, lock: int, recovering: str) -> None:
        self._folder = folder
        self._lock = lock
        reader = connect(folder / FILE_NAME)
        super().__init__(reader)
        self.recovering = recovering
        """A sentence about what happened to the database, empty where nothing did."""
        self._writer = Writer(writing)
        self._caches = Caches(reader, self._writer.lazily)
        self._indexes = {lane: SetIndex(reader, lane) for lane in Lane}
        for index in self._indexes.values():
            index.catch_up()
        self._applied_row = self.newest_row()
        self._commits = 0
        self._records = self.record_count()
        if not self.meta("database"):
            self.set_meta("database", uuid.uuid4().hex)

    @classmethod
    def open(cls, folder: Path, *, check: Check = lambda item, envelope: False, stamp: str = "damaged") -> Store:
        """Open a folder's database; made if there is none.

        Args:
            folder: where it lies.
            check: whether a change's id and envelope belong together, for salvaging.
            stamp: names the quarantine of damaged files; a time.

        Raises:
            NodeBusy: another process has it.
            NewerStorage, DiskFull, StorageError: it cannot be opened.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = lock_folder(folder)
        try:
            return cls._open_locked(folder, lock, check, stamp)
        except BaseException:
            os.close(lock)
            raise

    @classmethod
    def _open_locked(cls, folder: Path, lock: int, check: Check, stamp: str) -> Store:
        mark = read_mark(folder)
        path = folder / FILE_NAME
        thorough = mark is None or not mark.clean
        try:
            store = cls(folder, _open_with_reserve(path, thorough=thorough), lock, "")
            store._compare(mark)
        except (StorageDamaged, sqlite3.DatabaseError):
            damaged = set_aside(folder, stamp)
            store = cls(folder, open_database(path, thorough=False), lock, "")
            saved = store._salvage(damaged, check)
            store.recovering = (
                f"The database was damaged. {saved} entries were saved from it; the rest comes back from neighbours. "
                f"The damaged file is kept in {damaged.parent}."
            )
        _make_reserve(folder)
        store._write_mark(clean=False)
        return store

    def close(self) -> None:
        """Write everything that is still held back, and let go of the folder."""
        self._writer.lazily(self._write_index)
        self._writer.submit(lambda _: None).result()
        self._write_mark(clean=True)
        self._writer.close()
        self._reader.close()
        os.close(self._lock)

    # -- writing ----------------------------------------------------------------------------------------------------

    def submit(self, batch: Batch) -> Future[Committed]:
        """Append a batch; the future has what was new once that is on disk, or a StorageError."""
        return self._writer.submit(lambda database: append(database, batch))

    def applied(self, committed: Committed) -> None:
        """Bring a commit into the indexes. On the event loop's thread, once for every future."""
        for lane in (Lane.URGENT, Lane.ORDINARY):
            keys = [item_key(change.at_ms, change.id) for change in committed.changes if change.lane is lane]
            if keys:
                self._indexes[lane].add(keys, committed.newest_row)
        if committed.statements:
            keys = [item_key(0, statement.id) for statement in committed.statements]
            self._indexes[Lane.STATEMENTS].add(keys, committed.newest_statement)
        for change in committed.changes:
            self._caches.changed(change.record)
        self._applied_row = max(self._applied_row, committed.newest_row)
        self._commits += 1
        if self._commits % INDEX_EVERY == 0:
            self._writer.lazily(self._write_index)
        if self._commits % MARK_EVERY == 0:
            self._write_mark(clean=False)

    def take_parked(self, author: DeviceId) -> list[bytes]:
        """What waits of one author; it stays parked until it has been admitted."""
        return self.parked_of(author)

    def _write_index(self, database: sqlite3.Connection) -> None:
        for lane, index in self._indexes.items():
            row, rows = index.take_unwritten()
            database.executemany("INSERT OR REPLACE INTO bucket (lane, low, count, total) VALUES (?, ?, ?, ?)", rows)
            _put_meta(database, f"index_row_{int(lane)}", str(row))

    def _write_mark(self, *, clean: bool) -> None:
        counts = [len(self._indexes[lane]) for lane in Lane]
        mark = Mark(self.meta("database") or "", counts[1] + counts[2], counts[0], clean)
        try:
            write_mark(self._folder, mark)
        except StorageError:
            # The older mark is still true: it promises no more than there is.
            return

    def _compare(self, mark: Mark | None) -> None:
        """Say so when the database holds less than was known to be in it."""
        held = len(self._indexes[Lane.URGENT]) + len(self._indexes[Lane.ORDINARY])
        if mark is not None and held < mark.changes:
            self.recovering = (
                f"{mark.changes - held} entries that were stored here are gone: the disk or a restored copy lost them. "
                "They come back from neighbours."
            )

    def _salvage(self, damaged: Path, check: Check) -> int:
        pad(damaged)
        columns = "id, lane, at, record, author, received, envelope"
        rows = [row for row in salvage_rows(damaged, "change", columns) if check(bytes(row[0]), bytes(row[-1]))]  # type: ignore[call-overload]
        insert = f"INSERT OR IGNORE INTO change ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        views = "INSERT OR IGNORE INTO record_view SELECT record, ?, NULL, 1, 0 FROM change WHERE record = ?"
        statements = list(salvage_rows(damaged, "statement", "id, bytes"))
        meta = list(salvage_rows(damaged, "meta", "name, value"))

        def work(database: sqlite3.Connection) -> None:
            database.executemany(insert, rows)
            database.executemany("INSERT OR IGNORE INTO statement (id, bytes) VALUES (?, ?)", statements)
            database.executemany(views, [(bytes(row[3])[0], row[3]) for row in rows])  # type: ignore[call-overload]
            database.executemany("INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)", meta)

        self._writer.submit(work).result()
        for index in self._indexes.values():
            index.catch_up()
        self._applied_row = self.newest_row()
        return len(rows)

    # -- indexes and caches -----------------------------------------------------------------------------------------

    def index(self, lane: Lane) -> SetIndex:
        """The set of one lane."""
        return self._indexes[lane]

    def view(self, record: RecordId) -> CachedView | None:
        """A record's view as it was computed last."""
        return self._caches.view(record)

    def keep_view(self, record: RecordId, text: str) -> None:
        """Keep a view that was computed from everything that is applied now."""
        self._caches.keep_view(record, text, self._applied_row)

    def stale_records(self, limit: int) -> list[RecordId]:
        """Some records whose views have to be computed."""
        return self._caches.stale_records(limit)

    def peer(self, device: DeviceId) -> PeerRow | None:
        """What a device is known to hold."""
        return self._caches.peer(device)

    def note_peer(self, device: DeviceId, *, synced_row: int | None = None, last_heard_ms: int | None = None) -> None:
        """A device acknowledged everything up to a row, or was heard."""
        self._caches.note_peer(device, synced_row, last_heard_ms)

    # -- small tables -----------------------------------------------------------------------------------------------

    def statement(self, item: StatementId) -> bytes | None:
        """One statement's bytes."""
        found = self._reader.execute("SELECT bytes FROM statement WHERE id = ?", (item,)).fetchone()
        return found[0] if found else None

    def statements_by_id(self, ids: Iterable[StatementId]) -> list[bytes]:
        """The bytes of these statements, in this order; those not held are left out."""
        found = (self.statement(item) for item in ids)
        return [data for data in found if data is not None]

    def meta(self, name: str) -> str | None:
        """A remembered word."""
        found = self._reader.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def set_meta(self, name: str, value: str) -> None:
        """Remember a word; on disk when this returns."""
        self.write(lambda database: _put_meta(database, name, value))

    def address_rows(self) -> list[tuple[bytes, str, int]]:
        """Device, endpoint and when it was proved there."""
        return self._reader.execute("SELECT device, endpoint, proved FROM address").fetchall()

    def save_addresses(self, rows: Sequence[tuple[bytes, str, int]]) -> None:
        """Insert or replace addresses, lazily."""
        query = "INSERT OR REPLACE INTO address (device, endpoint, proved) VALUES (?, ?, ?)"
        self._writer.lazily(lambda database: database.executemany(query, rows))

    def remove_addresses(self, rows: Sequence[tuple[bytes, str]]) -> None:
        """Delete addresses, lazily."""
        query = "DELETE FROM address WHERE device = ? AND endpoint = ?"
        self._writer.lazily(lambda database: database.executemany(query, rows))

    def write(self, work: Work) -> None:
        """Do something small in a transaction and wait for it.

        Raises:
            StorageError: the disk did not take it.
        """
        self._writer.submit(work).result()


def _put_meta(database: sqlite3.Connection, name: str, value: str) -> None:
    database.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def _open_with_reserve(path: Path, *, thorough: bool) -> sqlite3.Connection:
    """Open the database; on a full disk, give it the room that was kept for that."""
    try:
        return open_database(path, thorough=thorough)
    except DiskFull:
        (path.parent / "reserve").unlink(missing_ok=True)
        return open_database(path, thorough=thorough)
    except sqlite3.Error as error:
        raise storage_error(error) from error


def _make_reserve(folder: Path) -> None:
    reserve = folder / "reserve"
    if reserve.exists():
        return
    try:
        with durable_file(reserve) as file:
            file.write(os.urandom(RESERVE_BYTES))
        fsync_directory(folder)
    except StorageError:
        return
