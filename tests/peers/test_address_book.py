"""The address book: what it keeps, for how long, and that its rows always tell the same as it does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from crdt.identifiers import DeviceId
from meshnode.peers.address_book import ADDRESSES_A_DEVICE, DEVICES, AddressBook, AddressRow

ANNA, BEN = DeviceId(b"a" * 32), DeviceId(b"b" * 32)


class RowsInMemory:
    """Rows as a table with the key (device, endpoint)."""

    def __init__(self) -> None:
        self.table: dict[tuple[DeviceId, str], AddressRow] = {}

    def load(self) -> Iterable[AddressRow]:
        return tuple(self.table.values())

    def save(self, rows: Sequence[AddressRow]) -> None:
        self.table.update({(row.device, row.endpoint): row for row in rows})

    def remove(self, rows: Sequence[AddressRow]) -> None:
        for row in rows:
            del self.table[row.device, row.endpoint]


def test_the_newest_address_comes_first_and_survives_a_restart() -> None:
    rows = RowsInMemory()
    book = AddressBook(rows)
    book.proved(ANNA, "10.0.0.1:1", 1)
    book.proved(ANNA, "10.0.0.2:1", 2)
    book.proved(BEN, "10.0.0.3:1", 3)
    book.proved(ANNA, "10.0.0.1:1", 4)

    again = AddressBook(rows)
    assert again.endpoints_of(ANNA) == ("10.0.0.1:1", "10.0.0.2:1")
    assert again.devices() == (ANNA, BEN)
    assert again.device_at("10.0.0.3:1") == BEN
    assert again.device_at("10.0.0.4:1") is None


def test_an_address_belongs_to_whoever_proved_itself_there_last() -> None:
    rows = RowsInMemory()
    book = AddressBook(rows)
    book.proved(ANNA, "10.0.0.1:1", 1)
    book.proved(BEN, "10.0.0.1:1", 2)
    assert book.endpoints_of(ANNA) == ()
    assert book.devices() == (BEN,)
    assert [row.device for row in rows.load()] == [BEN]


def test_a_device_keeps_its_newest_addresses() -> None:
    rows = RowsInMemory()
    book = AddressBook(rows)
    for at in range(ADDRESSES_A_DEVICE + 3):
        book.proved(ANNA, f"10.0.0.{at}:1", at)
    assert len(book.endpoints_of(ANNA)) == ADDRESSES_A_DEVICE == len(rows.table)
    assert book.endpoints_of(ANNA)[-1] == "10.0.0.3:1"


def test_the_device_that_was_silent_longest_makes_room() -> None:
    rows = RowsInMemory()
    book = AddressBook(rows)
    devices = [DeviceId(at.to_bytes(32, "big")) for at in range(DEVICES + 1)]
    for at, device in enumerate(devices):
        book.proved(device, f"10.0.{at // 250}.{at % 250}:1", at)
    assert len(book.devices()) == DEVICES
    assert book.endpoints_of(devices[0]) == ()
    assert book.endpoints_of(devices[1]) != ()


def test_a_forgotten_device_leaves_no_row() -> None:
    rows = RowsInMemory()
    book = AddressBook(rows)
    book.proved(ANNA, "10.0.0.1:1", 1)
    book.forget(ANNA)
    book.forget(BEN)
    assert not rows.table
    assert book.devices() == ()


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 12), st.integers(0, 50), st.sampled_from(["proved", "forget"]))
    )
)
def test_the_rows_tell_the_same_as_the_book(steps: list[tuple[int, int, int, str]]) -> None:
    rows = RowsInMemory()
    book = AddressBook(rows)
    for who, where, at, what in steps:
        device = DeviceId(bytes([who]) * 32)
        if what == "proved":
            book.proved(device, f"10.0.0.{where}:1", at)
        else:
            book.forget(device)
    again = AddressBook(rows)
    assert set(again.devices()) == set(book.devices())
    for device in book.devices():
        assert set(again.endpoints_of(device)) == set(book.endpoints_of(device))
        assert all(book.device_at(endpoint) == device for endpoint in book.endpoints_of(device))
