"""The index on disk is a set like those in memory: the same acceptance, and the same recorded conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from crdt.identifiers import MAX_AT_MS, ChangeHash, ChangeId, DeviceId, ItemKey, Lane, RecordId
from meshnode.store.store import Batch, NewChange, Store
from meshnode.sync.item_set import ItemSet
from tests.store.cast import write
from tests.sync.item_set_acceptance import ItemSetAcceptance
from tests.sync.test_vectors import CASES, Case
from tests.sync.test_vectors import test_a_conversation_is_byte_equal as the_conversation_is_byte_equal

AT_BYTES = 8
RECORD = RecordId(b"\x20" * 16)


class Shelf:
    """Stores in a folder, closed at the end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.stores: dict[int, Store] = {}

    def make(self, keys: Iterable[bytes]) -> ItemSet:
        store = self.stack.enter_context(closing(Store.open(self.folder / str(len(self.stores)))))
        items = store.index(Lane.ORDINARY)
        self.stores[id(items)] = store
        return self.grow(items, keys)

    def grow(self, items: ItemSet, keys: Iterable[bytes]) -> ItemSet:
        write(self.stores[id(items)], Batch(changes=[change_with(key) for key in keys]))
        return items


def change_with(key: bytes) -> NewChange:
    at_ms, item = int.from_bytes(key[:AT_BYTES], "big"), key[AT_BYTES:]
    author = DeviceId(bytes(32))
    return NewChange(ChangeId(item), RECORD, author, at_ms, 0, ChangeHash(item), Lane.ORDINARY, b"envelope")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with ExitStack() as stack:
        yield Shelf(tmp_path, stack)


class TestSetIndex(ItemSetAcceptance):
    @pytest.fixture(autouse=True)
    def on(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def make(self, keys: Iterable[ItemKey]) -> ItemSet:
        return self.shelf.make(keys)

    def grow(self, items: ItemSet, keys: Iterable[ItemKey]) -> ItemSet:
        return self.shelf.grow(items, keys)


STORABLE = [case for case in CASES if max(case["ts"], default=0) <= MAX_AT_MS]


@pytest.mark.parametrize("case", STORABLE, ids=[case["name"] for case in STORABLE])
def test_recorded_conversations_are_byte_equal_on_disk_too(case: Case, shelf: Shelf) -> None:
    the_conversation_is_byte_equal(case, shelf.make)


def test_only_times_that_no_change_may_claim_are_left_out() -> None:
    assert [case["name"] for case in CASES if case not in STORABLE] == ["largest legal timestamp"]
