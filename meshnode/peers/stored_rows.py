"""StoredRows: the address book's rows, kept in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crdt.identifiers import DeviceId
from meshnode.peers.address_book import AddressRow
from meshnode.store.store import Store


class StoredRows:
    """What `meshnode.peers.address_book.Rows` asks for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self) -> Iterable[AddressRow]:
        """All rows."""
        return [AddressRow(DeviceId(device), endpoint, at) for device, endpoint, at in self._store.address_rows()]

    def save(self, rows: Sequence[AddressRow]) -> None:
        """Insert or replace these."""
        self._store.save_addresses([(row.device, row.endpoint, row.proved_ms) for row in rows])

    def remove(self, rows: Sequence[AddressRow]) -> None:
        """Delete these."""
        self._store.remove_addresses([(row.device, row.endpoint) for row in rows])
