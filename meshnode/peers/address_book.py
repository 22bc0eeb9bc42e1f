"""Address book: where devices proved themselves, newest first, kept over restarts.

Rules of this module:
1. Pure model; the rows live wherever the caller keeps them (`Rows`).
2. Only a finished handshake writes here: an address that somebody merely claimed is the schedule's matter.
3. Bounded: 8 addresses a device, 512 devices; the ones that were proved longest ago go first.
4. An address belongs to whoever proved itself there last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from crdt.identifiers import DeviceId

ADDRESSES_A_DEVICE = 8
DEVICES = 512
"""More than a neighbourhood has; a year of routers that hand out new addresses must not fill the disk."""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """This device proved its key at this `host:port`, at this time by our clock."""

    device: DeviceId
    endpoint: str
    proved_ms: int


class Rows(Protocol):
    """Where the book is kept. A row is identified by device and endpoint."""

    def load(self) -> Iterable[AddressRow]:
        """All rows, in any order."""

    def save(self, rows: Sequence[AddressRow]) -> None:
        """Insert or replace these."""

    def remove(self, rows: Sequence[AddressRow]) -> None:
        """Delete these."""


class AddressBook:
    """Known addresses by device."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._known: dict[DeviceId, dict[str, AddressRow]] = {}
        for row in sorted(rows.load(), key=lambda row: row.proved_ms):
            self._enter(row)

    def devices(self) -> tuple[DeviceId, ...]:
        """Everybody in the book, who proved itself last first."""
        return tuple(sorted(self._known, key=self._last_proved, reverse=True))

    def endpoints_of(self, device: DeviceId) -> tuple[str, ...]:
        """Where this device was, newest first."""
        known = self._known.get(device, {}).values()
        return tuple(row.endpoint for row in sorted(known, key=lambda row: row.proved_ms, reverse=True))

    def device_at(self, endpoint: str) -> DeviceId | None:
        """Who proved itself there last."""
        return next((device for device, known in self._known.items() if endpoint in known), None)

    def proved(self, device: DeviceId, endpoint: str, now_ms: int) -> None:
        """A handshake with this device at this address succeeded just now."""
        row = AddressRow(device, endpoint, now_ms)
        removed = self._enter(row)
        if removed:
            self._rows.remove(removed)
        self._rows.save([row])

    def forget(self, device: DeviceId) -> None:
        """Strike this device out."""
        known = self._known.pop(device, {})
        if known:
            self._rows.remove(tuple(known.values()))

    def _enter(self, row: AddressRow) -> list[AddressRow]:
        """Put a row into the book; the rows that have to leave for it."""
        removed = []
        owner = self.device_at(row.endpoint)
        if owner is not None and owner != row.device:
            removed.append(self._known[owner].pop(row.endpoint))
            if not self._known[owner]:
                del self._known[owner]
        known = self._known.setdefault(row.device, {})
        known[row.endpoint] = row
        if len(known) > ADDRESSES_A_DEVICE:
            oldest = min(known.values(), key=lambda kept: (kept is row, kept.proved_ms))
            removed.append(known.pop(oldest.endpoint))
        if len(self._known) > DEVICES:
            victim = min((other for other in self._known if other != row.device), key=self._last_proved)
            removed.extend(self._known.pop(victim).values())
        return removed

    def _last_proved(self, device: DeviceId) -> int:
        return max(row.proved_ms for row in self._known[device].values())
