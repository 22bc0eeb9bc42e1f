"""Parked changes: bounded for each source, in no set, and gone in the transaction that admits them."""

from __future__ import annotations

from pathlib import Path

from crdt.identifiers import ItemId, Lane
from meshnode.store.parked import MAX_BYTES, MAX_ITEMS
from meshnode.store.store import Batch, NewChange, Store
from tests.store.cast import Author, parked, write

LINA, MARE = b"l" * 32, b"m" * 32


def waiting(store: Store, changes: list[NewChange]) -> list[NewChange]:
    held = store.held(Lane.ORDINARY, [ItemId(change.id) for change in changes])
    return [change for change in changes if ItemId(change.id) in held]


def test_parked_until_admitted(tmp_path: Path) -> None:
    store, stranger, other = Store.open(tmp_path), Author(1), Author(2)
    changes, others = stranger.changes(5), other.changes(2)
    write(store, Batch(parked=[parked(change, LINA) for change in (*changes, *others, *changes)]))
    assert sorted(store.parked_authors()) == sorted([stranger.device, other.device])
    assert store.take_parked(stranger.device) == [change.envelope for change in changes]
    assert waiting(store, changes) == changes, "not fetched again"
    assert store.items(Lane.ORDINARY, [ItemId(change.id) for change in changes]) == [], "and not sent on"
    assert store.newest_row() == len(store.index(Lane.ORDINARY)) == store.record_count() == 0
    # Taking is not leaving: a crash before they are admitted loses nothing.
    store.close()
    store = Store.open(tmp_path)
    assert len(store.take_parked(stranger.device)) == 5
    write(store, Batch(changes=changes[:3]))
    assert store.take_parked(stranger.device) == [change.envelope for change in changes[3:]]
    assert store.newest_row() == 3
    store.close()


def test_what_is_admitted_is_not_parked_again(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(3)
    changes = author.changes(2)
    write(store, Batch(changes=changes))
    write(store, Batch(parked=[parked(change, LINA) for change in changes]))
    assert store.parked_authors() == []
    store.close()


def test_a_source_keeps_its_newest_thousand_and_others_theirs(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(4)
    mares = author.changes(10)
    write(store, Batch(parked=[parked(change, MARE) for change in mares]))
    linas = author.changes(MAX_ITEMS + 300)
    for begin in range(0, len(linas), 100):
        write(store, Batch(parked=[parked(change, LINA) for change in linas[begin : begin + 100]]))
    assert waiting(store, linas) == linas[300:]
    assert waiting(store, mares) == mares
    # An evicted one is simply missing, and may come again.
    write(store, Batch(parked=[parked(linas[0], LINA)]))
    assert waiting(store, linas) == [linas[0], *linas[301:]]
    store.close()


def test_a_source_is_bounded_in_bytes(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(5)
    size = 100_000
    changes = [author.change(size=size) for _ in range(100)]
    for change in changes:
        write(store, Batch(parked=[parked(change, LINA)]))
    kept = waiting(store, changes)
    assert kept == changes[-len(kept) :]
    assert len(kept) == MAX_BYTES // (size + 56)
    store.close()
