"""Peers: what this node noted about others: what they hold, when they were heard, where they were.

Rules of this module:
1. Notes, not truth: written a moment later, and what a crash loses is learnt again.
2. `synced_row` only rises, except when this node's own rows were lost: then everything starts at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crdt.identifiers import DeviceId
from meshnode.store.database import Reader
from meshnode.store.later import LaterWrites

_KEEP_PEER = (
    "INSERT INTO peers (device, synced_row, last_heard_ms) VALUES (?, ?, ?)"
    " ON CONFLICT (device) DO UPDATE SET synced_row = excluded.synced_row, last_heard_ms = excluded.last_heard_ms"
)
_KEEP_ADDRESS = (
    "INSERT INTO addresses (device, endpoint, proved_ms) VALUES (?, ?, ?)"
    " ON CONFLICT (device, endpoint) DO UPDATE SET proved_ms = excluded.proved_ms"
)
_DROP_ADDRESS = "DELETE FROM addresses WHERE device = ? AND endpoint = ?"


@dataclass(frozen=True, slots=True)
class PeerRow:
    """What was noted about one device."""

    device: DeviceId
    synced_row: int = 0
    last_heard_ms: int | None = None


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """This device proved its key at this `host:port`, at this time by our clock."""

    device: DeviceId
    endpoint: str
    proved_ms: int


class Peers:
    """The notes about peers, in memory and soon on the disk."""

    def __init__(self, reader: Reader, later: LaterWrites) -> None:
        self._reader = reader
        self._later = later
        rows = reader.all("SELECT device, synced_row, last_heard_ms FROM peers")
        self._rows = {DeviceId(row[0]): PeerRow(*row) for row in rows}

    def row(self, device: DeviceId) -> PeerRow | None:
        """What was noted about a device."""
        return self._rows.get(device)

    def rows(self) -> list[PeerRow]:
        """Everybody about whom something was noted."""
        return list(self._rows.values())

    def note(self, device: DeviceId, synced_row: int | None, last_heard_ms: int | None) -> None:
        """Note what is given; the rest stays."""
        known = self._rows.get(device, PeerRow(device))
        row = known
        if synced_row is not None and synced_row > row.synced_row:
            row = replace(row, synced_row=synced_row)
        if last_heard_ms is not None:
            row = replace(row, last_heard_ms=last_heard_ms)
        if row != known or device not in self._rows:
            self._rows[device] = row
            self._later.put(device, row, ((_KEEP_PEER, (device, row.synced_row, row.last_heard_ms)),))

    def addresses(self) -> list[KnownAddress]:
        """Every address on the disk; meant to be read once, at the start."""
        rows = self._reader.all("SELECT device, endpoint, proved_ms FROM addresses")
        return [KnownAddress(DeviceId(device), endpoint, proved_ms) for device, endpoint, proved_ms in rows]

    def keep_addresses(self, rows: Sequence[KnownAddress]) -> None:
        """Insert or replace these."""
        for row in rows:
            self._later.put(_place(row), row, ((_KEEP_ADDRESS, (row.device, row.endpoint, row.proved_ms)),))

    def drop_addresses(self, rows: Sequence[KnownAddress]) -> None:
        """Delete these."""
        for row in rows:
            self._later.put(_place(row), row, ((_DROP_ADDRESS, (row.device, row.endpoint)),))


def _place(row: KnownAddress) -> bytes:
    return row.device + row.endpoint.encode()
