"""The set index answers like a sorted list, whatever is inserted, re-opened or committed meanwhile."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crdt.identifiers import ItemKey, Lane, item_key
from meshnode.errors import StorageDamaged
from meshnode.store.bucket_table import SPLIT_ABOVE, Bucket, cut, sum_of
from meshnode.store.set_index import LOADED_BUCKETS, SetIndex, fingerprint_of
from meshnode.store.store import Batch, NewChange, NewStatement, Store
from tests.store.cast import Author, PlainSet, keys_of, plain_fingerprint, write, write_changes


def compare(index: SetIndex, keys: list[ItemKey], rng: random.Random, looks: int = 12) -> None:
    assert len(index) == len(keys)
    assert index.total == plain_fingerprint(keys)
    for _ in range(looks):
        begin, end = sorted((rng.randint(0, len(keys)), rng.randint(0, len(keys))))
        assert index.fingerprint(begin, end) == plain_fingerprint(keys[begin:end])
        middle = min(end, begin + 40)
        assert list(index.keys(begin, middle)) == keys[begin:middle]
        probe = rng.choice(keys)[: rng.randint(0, 40)] if keys else rng.randbytes(9)
        plain = PlainSet()
        plain.keys = keys
        assert index.lower_bound(probe) == plain.lower_bound(probe)
        if keys:
            at = rng.randrange(len(keys))
            assert index.key_at(at) == keys[at]
            assert index.lower_bound(keys[at]) == at


@pytest.mark.parametrize("seed", range(4))
def test_random_inserts_and_reopens_equal_a_sorted_list(tmp_path: Path, seed: int) -> None:
    print("seed", seed)
    author, rng = Author(seed), random.Random(seed)
    written: list[NewChange] = []
    statements: list[NewStatement] = []
    store = Store.open(tmp_path)
    for _ in range(30):
        changes = author.changes(rng.choice((1, 1, 3, 40, 700, 1500)))
        changes += rng.sample(written, min(len(written), 5))
        new_statements = [author.statement() for _ in range(rng.choice((0, 1, 90)))]
        committed = write(store, Batch(changes=changes, statements=new_statements))
        fresh = {change.id for change in changes} - {change.id for change in written}
        assert {change.id for change in committed.changes} == fresh
        written += [change for change in changes if change.id in fresh]
        statements += new_statements
        if rng.random() < 0.2:
            store.close()
            store = Store.open(tmp_path)
            assert store.recovering == ""
        for lane in (Lane.URGENT, Lane.ORDINARY):
            compare(store.index(lane), keys_of(written, lane), rng, looks=3)
        compare(store.index(Lane.STATEMENTS), sorted(item_key(0, each.id) for each in statements), rng, looks=3)
    store.close()


@pytest.mark.parametrize("direction", ["oldest first", "newest first"])
def test_keys_in_the_order_of_time_split_buckets_at_the_ends(tmp_path: Path, direction: str) -> None:
    author = Author(5)
    record = author.record()
    times = range(4000) if direction == "oldest first" else range(4000, 0, -1)
    changes = [author.change(record, at_ms) for at_ms in times]
    with_store = Store.open(tmp_path)
    write_changes(with_store, changes)
    compare(with_store.index(Lane.ORDINARY), keys_of(changes, Lane.ORDINARY), random.Random(1))
    with_store.close()
    again = Store.open(tmp_path)
    compare(again.index(Lane.ORDINARY), keys_of(changes, Lane.ORDINARY), random.Random(2))
    kept = again._connection.execute("SELECT max(count), count(*) FROM buckets").fetchone()
    assert kept[0] <= SPLIT_ABOVE
    assert kept[1] <= 1 + len(changes) // 256, "few enough to be read at the start"
    again.close()


def test_many_items_of_one_moment_stay_in_order(tmp_path: Path) -> None:
    author = Author(6)
    record = author.record()
    changes = [author.change(record, 1_000) for _ in range(2_500)]
    store = Store.open(tmp_path)
    write_changes(store, changes)
    keys = keys_of(changes, Lane.ORDINARY)
    compare(store.index(Lane.ORDINARY), keys, random.Random(3))
    items, ended = store.range_items(Lane.ORDINARY, keys[100], keys[200], 10**9)
    assert [key for key, _ in items] == keys[100:200]
    assert ended
    store.close()


def test_what_is_committed_but_not_applied_is_in_no_answer(tmp_path: Path) -> None:
    author, rng = Author(7), random.Random(7)
    store = Store.open(tmp_path)
    first = author.changes(3_000)
    write_changes(store, first)
    before = keys_of(first, Lane.ORDINARY)
    row = store.newest_row()
    pending = [store.submit(Batch(changes=author.changes(400))) for _ in range(5)]
    commits = [future.result(30) for future in pending]
    # On the disk, and read from there key by key: still the set of before.
    compare(store.index(Lane.ORDINARY), before, rng, looks=40)
    assert store.newest_row() == row
    shown = list(before)
    for committed in commits:
        store.applied(committed)
        shown = sorted([*shown, *committed.keys[Lane.ORDINARY]])
        compare(store.index(Lane.ORDINARY), shown, rng, looks=10)
    assert store.newest_row() == row + 2_000
    store.close()


def test_a_commit_whose_submitter_went_away_is_applied_with_the_next(tmp_path: Path) -> None:
    author = Author(8)
    store = Store.open(tmp_path)
    forgotten, applied = author.changes(20), author.changes(20)
    store.submit(Batch(changes=forgotten)).result(30)
    write(store, Batch(changes=applied))
    compare(store.index(Lane.ORDINARY), keys_of([*forgotten, *applied], Lane.ORDINARY), random.Random(1))
    store.close()


def test_applying_twice_changes_nothing(tmp_path: Path) -> None:
    author = Author(9)
    store = Store.open(tmp_path)
    changes = author.changes(10)
    committed = write(store, Batch(changes=changes))
    store.applied(committed)
    compare(store.index(Lane.ORDINARY), keys_of(changes, Lane.ORDINARY), random.Random(1))
    store.close()


def test_an_empty_index_answers() -> None:
    index = SetIndex([], lambda low, high: [])
    assert len(index) == 0
    assert index.total == plain_fingerprint([]) == fingerprint_of(0, 0)
    assert index.lower_bound(b"\xff" * 40) == 0
    assert list(index.keys(0, 0)) == []
    with pytest.raises(IndexError):
        index.key_at(0)
    with pytest.raises(IndexError):
        index.fingerprint(0, 1)


def test_few_buckets_stay_in_memory() -> None:
    rng = random.Random(1)
    keys = sorted(item_key(rng.randrange(10**9), rng.randbytes(32)) for _ in range(512 * 4 * LOADED_BUCKETS))
    pieces = cut(keys, b"")
    whole = {piece.low: list(part) for piece, part in pieces}
    index = SetIndex([piece for piece, _ in pieces], lambda low, high: whole[low])
    for at in range(0, len(keys), 512):
        assert index.key_at(at) == keys[at]
    assert len(index._loaded) == LOADED_BUCKETS


def test_keys_that_do_not_add_up_are_damage_and_are_reported() -> None:
    reported: list[StorageDamaged] = []
    key = item_key(5, bytes(32))
    index = SetIndex([Bucket(b"", 2, sum_of([key]))], lambda low, high: [key], reported.append)
    with pytest.raises(StorageDamaged):
        index.key_at(0)
    assert len(reported) == 1


@given(st.lists(st.binary(min_size=40, max_size=40), max_size=300, unique=True), st.data())
@settings(max_examples=60, deadline=None)
def test_any_keys_in_any_parts(found: list[bytes], data: st.DataObject) -> None:
    disk: list[ItemKey] = []
    index = SetIndex([], lambda low, high: sorted(key for key in disk if key >= low and (high is None or key < high)))
    waiting = [ItemKey(key) for key in found]
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        part, waiting = waiting[:size], waiting[size:]
        disk.extend(part)
        index.move(part)
        begin = data.draw(st.integers(0, len(disk)))
        end = data.draw(st.integers(begin, len(disk)))
        assert index.fingerprint(begin, end) == plain_fingerprint(sorted(disk)[begin:end])
    assert list(index.keys(0, len(disk))) == sorted(disk)
