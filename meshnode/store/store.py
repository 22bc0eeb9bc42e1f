"""Store: the one SQLite file of a network: both sets of signed things, their indexes, and caches computed from them.

Rules of this module:
1. Writes go to the writer's thread: `submit` from any thread, its future resolves after COMMIT. Nothing may be sent,
   acknowledged or shown before. Do not abandon a submitted batch: shield the wait, then call `applied`.
2. Reads belong to one thread, the event loop's, and see what is committed.
3. The set indexes (`index`) change only inside `applied`, on the event loop's thread, one whole commit at a time and in
   the order of the commits: whatever is asked of them in between belongs to one set. `newest_row` moves with them.
4. Views, notes about peers and addresses are written a moment later; reading shows them at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from crdt.identifiers import DeviceId, ItemKey, Lane, RecordId, item_key
from meshnode.store.background_check import BackgroundCheck
from meshnode.store.batch import Batch, Committed
from meshnode.store.bucket_table import keys_query, load_buckets
from meshnode.store.change_log import NewChange, StoredChange
from meshnode.store.chores import Chores
from meshnode.store.database import FILE_NAME, Reader
from meshnode.store.directory_lock import DirectoryLock
from meshnode.store.health import Health
from meshnode.store.notebook import EpochKey, Notes, read_notes
from meshnode.store.opening import Opened, open_database, prepare_directory
from meshnode.store.parked import ParkedChange
from meshnode.store.peers import KnownAddress, PeerRow
from meshnode.store.reads import Reads
from meshnode.store.record_views import RecordView, last_revision
from meshnode.store.salvage import ItemReader
from meshnode.store.set_index import SetIndex
from meshnode.store.statement_log import NewStatement
from meshnode.store.unapplied import Unapplied
from meshnode.store.writer import Writer

__all__ = [
    "Batch",
    "Committed",
    "EpochKey",
    "ItemReader",
    "KnownAddress",
    "NewChange",
    "NewStatement",
    "ParkedChange",
    "PeerRow",
    "RecordView",
    "Store",
    "StoredChange",
]


class Store(Reads):
    """An open store; `Store.open` makes one."""

    def __init__(self, directory: Path, lock: DirectoryLock, opened: Opened, notes: Notes) -> None:
        self.directory = directory
        self._lock = lock
        self._connection = opened.connection
        self._health = Health()
        self._health.recovering = opened.recovering
        self._unapplied = Unapplied()
        self._chores = Chores(opened.connection, directory, opened.database, self._health)
        self._writer = Writer(opened.connection, directory, self._unapplied, self._health, self._chores)
        super().__init__(Reader(directory / FILE_NAME, self._health.damaged), self._writer.later)
        self._notes = notes
        self._indexes = {lane: self._open_index(lane) for lane in Lane}
        self._newest_row = self._newest_on_disk()
        self._revision = last_revision(opened.connection)
        self._check = BackgroundCheck(directory, self._health) if opened.check_later else None
        self._writer.start()

    @classmethod
    def open(cls, directory: Path, reader: ItemReader | None = None) -> Store:
        """Open the store of a directory, which is made when missing.

        Args:
            directory: belongs to this store alone.
            reader: makes items from their bytes again, should the database be damaged; without one nothing is saved
                from it.

        Raises:
            NodeBusy: another process has it open.
            NewerStorage: a newer meshnode wrote it; nothing was changed.
            DiskFull, StorageError: it cannot be opened.
        """
        prepare_directory(directory)
        lock = DirectoryLock(directory)
        try:
            opened = open_database(directory, reader)
            try:
                return cls(directory, lock, opened, read_notes(opened.connection))
            except BaseException:
                opened.connection.close()
                raise
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Write what waits, end the writer's thread and mark the end as in order."""
        checked = self._check is None or self._check.stop()
        self._writer.close()
        self._reader.close()
        self._chores.close(clean=checked)
        self._connection.close()
        self._lock.release()

    # -- health -----------------------------------------------------------------------------------------------------

    @property
    def recovering(self) -> str:
        """What was lost or damaged when this store was opened, as a sentence; empty when nothing was."""
        return self._health.recovering

    @property
    def trouble(self) -> str:
        """Why what is written does not reach the disk now, as a sentence; empty when it does."""
        return self._health.trouble

    # -- writing ----------------------------------------------------------------------------------------------------

    def submit(self, batch: Batch) -> Future[Committed]:
        """Write a batch. The future resolves when it is on the disk, or with StorageError: then nothing of it is."""
        return self._writer.submit(batch)

    def applied(self, committed: Committed) -> None:
        """Bring a commit, and those made before it, into the indexes; on the event loop's thread.

        Raises:
            StorageError: an index cannot be read.
        """
        for each in self._unapplied.take_through(committed):
            for lane in {*each.keys, *each.removed}:
                self._indexes[lane].move(each.keys.get(lane, ()), each.removed.get(lane, ()))
            if each.changes:
                self._newest_row = each.changes[-1].row
            if each.revision:
                self._revision = each.revision
                self._views.forget_count()
            self._notes.meta.update(each.meta)
            self._notes.add_keys(each.epoch_keys)

    # -- sets and views ---------------------------------------------------------------------------------------------

    def index(self, lane: Lane) -> SetIndex:
        """The ordered set of one lane; the same object for as long as the store is open."""
        return self._indexes[lane]

    def newest_row(self) -> int:
        """The row of the change that was applied last; 0 when there is none."""
        return self._newest_row

    def revision(self) -> int:
        """How many things happened to the set, as applied here; what is read now is at least that new."""
        return self._revision

    def count_since(self, row: int, author: DeviceId | None = None) -> int:
        """How many changes of the set (of one author, or all) came after a row."""
        if author is None:
            # Rows are numbered without gaps.
            return max(0, self._newest_row - row - self._changes.count_outside(row))
        return self._changes.count_of(author, row)

    def keep_view(self, record: RecordId, text: str) -> None:
        """Keep a view computed from everything that was applied so far."""
        self._views.keep(record, text, self._revision)

    # -- peers ------------------------------------------------------------------------------------------------------

    def note_peer(self, device: DeviceId, *, synced_row: int | None = None, last_heard_ms: int | None = None) -> None:
        """Note up to which row a device holds everything (it only rises), and when it was heard."""
        self._peers.note(device, synced_row, last_heard_ms)

    def keep_addresses(self, rows: Sequence[KnownAddress]) -> None:
        """Insert or replace these."""
        self._peers.keep_addresses(rows)

    def drop_addresses(self, rows: Sequence[KnownAddress]) -> None:
        """Delete these."""
        self._peers.drop_addresses(rows)

    # -- the notebook -----------------------------------------------------------------------------------------------

    def meta(self, name: str) -> str | None:
        """A named value."""
        return self._notes.meta.get(name)

    def set_meta(self, name: str, value: str) -> Future[Committed]:
        """Set a named value: at once in memory, and durably once the future resolved (which may be ignored)."""
        self._notes.meta[name] = value
        return self.submit(Batch(meta={name: value}))

    def epoch_keys(self) -> list[bytes]:
        """The keys of the keyring, newest first."""
        return [each.key for each in self._notes.epoch_keys]

    def keyring(self) -> list[EpochKey]:
        """The keyring, newest first."""
        return list(self._notes.epoch_keys)

    def add_epoch_key(self, key: EpochKey) -> Future[Committed]:
        """Add to the keyring: at once in memory, and durably once the future resolved."""
        self._notes.add_keys([key])
        return self.submit(Batch(epoch_keys=(key,)))

    # -- parts ------------------------------------------------------------------------------------------------------

    def _open_index(self, lane: Lane) -> SetIndex:
        rows = self._reader.all("SELECT low, count, sum FROM buckets WHERE lane = ? ORDER BY low", (int(lane),))
        return SetIndex(
            load_buckets((low, count, total) for low, count, total in rows),
            partial(self._load_keys, lane),
            self._health.damaged,
        )

    def _load_keys(self, lane: Lane, low: bytes, high: bytes | None) -> list[ItemKey]:
        query, arguments = keys_query(lane, low, high)
        keys = [item_key(at_ms, id_) for at_ms, id_ in self._reader.all(query, arguments)]
        return self._unapplied.undone(lane, low, high, keys)

    def _newest_on_disk(self) -> int:
        row = self._reader.one("SELECT max(row) FROM changes")
        return int(row[0] or 0) if row else 0
