"""Caches: views of records and what peers hold; kept in memory first, written along with the next commit.

Rules of this module:
1. All of it can be lost: views are computed again, and a peer is then said to hold less than it does, never more.
2. A view is stale from the moment a change of its record commits, in the same transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from crdt.identifiers import DeviceId, RecordId
from meshnode.store.rows import CachedView, PeerRow
from meshnode.store.writer import Work


class Caches:
    """The cached tables of one database."""

    def __init__(self, reader: sqlite3.Connection, lazily: Callable[[Work], None]) -> None:
        self._reader = reader
        self._lazily = lazily
        self._views: dict[RecordId, tuple[str, int]] = {}
        self._peers: dict[DeviceId, PeerRow] = {}
        self._peers_due = False

    # -- views ------------------------------------------------------------------------------------------------------

    def view(self, record: RecordId) -> CachedView | None:
        """The view as it was computed last; None where there never was one."""
        if (kept := self._views.get(record)) is not None:
            return CachedView(kept[0], stale=False)
        found = self._reader.execute("SELECT view, stale FROM record_view WHERE record = ?", (record,)).fetchone()
        return CachedView(found[0], bool(found[1])) if found else None

    def keep_view(self, record: RecordId, text: str, newest_row: int) -> None:
        """Keep a view that was computed from every change up to `newest_row`."""
        if not self._views:
            self._lazily(self._write_views)
        self._views[record] = (text, newest_row)

    def changed(self, record: RecordId) -> None:
        """A change of this record was applied: what is held back is old."""
        self._views.pop(record, None)

    def stale_records(self, limit: int) -> list[RecordId]:
        """Some records whose views have to be computed."""
        rows = self._reader.execute(
            "SELECT record FROM record_view WHERE stale = 1 LIMIT ?", (limit + len(self._views),)
        )
        return [RecordId(record) for (record,) in rows if record not in self._views][:limit]

    def _write_views(self, database: sqlite3.Connection) -> None:
        views, self._views = self._views, {}
        database.executemany(
            "UPDATE record_view SET view = ?, stale = 0 WHERE record = ? AND newest <= ?",
            [(text, record, newest_row) for record, (text, newest_row) in views.items()],
        )

    # -- peers ------------------------------------------------------------------------------------------------------

    def peer(self, device: DeviceId) -> PeerRow | None:
        """What this device is known to hold."""
        if (known := self._peers.get(device)) is not None:
            return known
        found = self._reader.execute("SELECT synced_row, heard FROM peer WHERE device = ?", (device,)).fetchone()
        if found is None:
            return None
        row = self._peers[device] = PeerRow(*found)
        return row

    def note_peer(self, device: DeviceId, synced_row: int | None, last_heard_ms: int | None) -> None:
        """This device holds everything up to a row, or was heard now."""
        old = self.peer(device) or PeerRow()
        row = PeerRow(max(old.synced_row, synced_row or 0), max(old.last_heard_ms, last_heard_ms or 0))
        if row == old:
            return
        self._peers[device] = row
        if not self._peers_due:
            self._peers_due = True
            self._lazily(self._write_peers)

    def _write_peers(self, database: sqlite3.Connection) -> None:
        self._peers_due = False
        database.executemany(
            "INSERT OR REPLACE INTO peer (device, synced_row, heard) VALUES (?, ?, ?)",
            [(device, row.synced_row, row.last_heard_ms) for device, row in tuple(self._peers.items())],
        )
