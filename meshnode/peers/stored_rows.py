"""StoredRows: the address book's rows, kept in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from meshnode.peers.address_book import AddressRow
from meshnode.store.store import KnownAddress, Store


class StoredRows:
    """What `meshnode.peers.address_book.Rows` asks for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self) -> Iterable[AddressRow]:
        """All rows."""
        return [AddressRow(row.device, row.endpoint, row.proved_ms) for row in self._store.addresses()]

    def save(self, rows: Sequence[AddressRow]) -> None:
        """Insert or replace these."""
        self._store.keep_addresses([KnownAddress(row.device, row.endpoint, row.proved_ms) for row in rows])

    def remove(self, rows: Sequence[AddressRow]) -> None:
        """Delete these."""
        self._store.drop_addresses([KnownAddress(row.device, row.endpoint, row.proved_ms) for row in rows])
