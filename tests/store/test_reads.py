"""What is asked of the store: items in order and in bounded parts, records, authors, statements."""

from __future__ import annotations

from pathlib import Path

import pytest

from crdt.identifiers import ItemId, ItemKey, Lane, StatementId, item_key
from meshnode.errors import StorageError
from meshnode.store.store import Batch, NewChange, Store
from tests.store.cast import Author, keys_of, write, write_changes


def ids(changes: list[NewChange]) -> list[ItemId]:
    return [ItemId(change.id) for change in changes]


def read_all(store: Store, lane: Lane, max_bytes: int) -> list[tuple[ItemKey, bytes]]:
    """As a peer pulls: part by part, from just behind the last key."""
    found: list[tuple[ItemKey, bytes]] = []
    low, ended = b"", False
    while not ended:
        part, ended = store.range_items(lane, low, None, max_bytes)
        assert part or ended
        assert len(part) <= 1 or sum(len(content) for _, content in part) <= max_bytes
        found += part
        low = found[-1][0] + b"\0" if found else low
    return found


@pytest.mark.parametrize("max_bytes", [1, 2_000, 10**6])
def test_ranges_come_in_parts_and_in_order(tmp_path: Path, max_bytes: int) -> None:
    store, author = Store.open(tmp_path), Author(1)
    changes = author.changes(300)
    statements = [author.statement() for _ in range(30)]
    write(store, Batch(changes=changes, statements=statements))
    for lane in (Lane.URGENT, Lane.ORDINARY):
        expected = sorted((item_key(each.at_ms, each.id), each.envelope) for each in changes if each.lane is lane)
        assert read_all(store, lane, max_bytes) == expected
    assert read_all(store, Lane.STATEMENTS, max_bytes) == sorted((item_key(0, s.id), s.data) for s in statements)
    store.close()


def test_ranges_end_below_their_high_key(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(2)
    changes, statements = author.changes(100), [author.statement() for _ in range(20)]
    write(store, Batch(changes=changes, statements=statements))
    for lane, keys in (
        (Lane.ORDINARY, keys_of(changes, Lane.ORDINARY)),
        (Lane.STATEMENTS, sorted(item_key(0, each.id) for each in statements)),
    ):
        part, ended = store.range_items(lane, keys[3], keys[9], 10**6)
        assert ([key for key, _ in part], ended) == (keys[3:9], True)
        part, ended = store.range_items(lane, keys[3], keys[9], 1)
        assert ([key for key, _ in part], ended) == (keys[3:4], False)
        assert store.range_items(lane, b"\xff" * 40, None, 10**6) == ([], True)
        assert store.range_items(lane, keys[5], keys[5], 10**6) == ([], True)
        beyond, ended = store.range_items(lane, keys[-1], b"\xff" * 48, 10**6)
        assert ([key for key, _ in beyond], ended) == (keys[-1:], True)
    store.close()


def test_items_and_what_is_held(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(3)
    changes, strangers = author.changes(1_300), author.changes(3)
    statements = [author.statement() for _ in range(5)]
    write(store, Batch(changes=changes, statements=statements))
    asked = [*ids(strangers), *ids(changes[::-1])]
    assert store.held(Lane.ORDINARY, asked) == set(ids(changes))
    assert store.items(Lane.ORDINARY, asked) == [change.envelope for change in changes[::-1]]
    assert store.items(Lane.ORDINARY, []) == []
    named = [ItemId(statement.id) for statement in statements]
    assert store.held(Lane.STATEMENTS, [*named, *asked]) == set(named)
    assert store.items(Lane.STATEMENTS, named[::-1]) == [each.data for each in statements[::-1]]
    assert store.statements() == [(each.id, each.data) for each in statements]
    assert store.statement(statements[2].id) == statements[2].data
    assert store.statement(StatementId(bytes(32))) is None
    assert store.statements_by_id([statements[4].id, bytes(32), statements[0].id]) == [
        statements[4].data,
        statements[0].data,
    ]
    store.close()


def test_changes_by_id_record_row_and_author(tmp_path: Path) -> None:
    store, one, two = Store.open(tmp_path), Author(4), Author(5)
    record = one.record()
    changes = [who.change(record if number % 3 else None, number) for number in range(30) for who in (one, two)]
    write_changes(store, changes, at_once=7)
    of_record = [change.id for change in changes if change.record == record]
    assert [change.id for change in store.changes_of(record)] == of_record
    kept = store.change(changes[5].id)
    assert kept is not None
    assert (kept.row, kept.envelope, kept.author, kept.at_ms) == (6, changes[5].envelope, two.device, 2)
    assert store.change(one.change().id) is None
    assert [change.row for change in store.changes_after(57, 10)] == [58, 59, 60]
    assert store.newest_row() == 60
    assert store.newest_row_of(one.device) == 59
    assert store.newest_row_of(Author(6).device) == 0
    assert store.count_since(0) == 60
    assert store.count_since(58) == 2
    assert store.count_since(70) == 0
    assert store.count_since(0, one.device) == 30
    assert store.count_since(57, one.device) == 1
    store.close()


def test_the_reading_connection_cannot_write(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    write(store, Batch(changes=Author(8).changes(2)))
    with pytest.raises(StorageError):
        store._reader.all("DELETE FROM changes")
    assert store.newest_row() == len(store.changes_after(0, 9)) == 2
    store.close()


def test_records_by_kind(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(7)
    tasks = [author.record(0x20) for _ in range(20)]
    alarms = [author.record(0x01) for _ in range(5)]
    last = [author.record(0xFF)]
    assert store.record_count() == 0
    write(store, Batch(changes=[author.change(record) for record in (*tasks, *alarms, *last, *tasks)]))
    assert store.records(0x20) == sorted(tasks)
    assert store.records(0x01) == sorted(alarms)
    assert store.records(0xFF) == last
    assert store.records(0x21) == []
    assert store.records() == sorted([*tasks, *alarms, *last])
    assert store.record_count() == 26
    assert store.has_record(tasks[0])
    assert not store.has_record(author.record())
    store.close()
