"""Views are fresh only when they have read everything; notes are there at once and after a restart."""

from __future__ import annotations

import random
from pathlib import Path

from crdt.identifiers import RecordId
from meshnode.store.store import Batch, EpochKey, KnownAddress, NewChange, Store
from tests.store.cast import Author, write


def fresh(store: Store, record: RecordId) -> bool:
    view = store.view(record)
    assert view is not None
    return not view.stale


def test_a_view_goes_stale_with_a_change_and_fresh_with_a_view(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(1)
    record = author.record()
    assert store.view(record) is None
    write(store, Batch(changes=[author.change(record)]))
    view = store.view(record)
    assert view is not None
    assert (view.text, view.stale) == ("", True)
    assert store.stale_records(10) == [record]
    store.keep_view(record, "{}")
    assert fresh(store, record)
    assert store.stale_records(10) == []
    write(store, Batch(changes=[author.change(record)]))
    view = store.view(record)
    assert view is not None
    assert (view.text, view.stale) == ("{}", True)
    assert store.stale_records(10) == [record]
    store.close()


def test_a_view_from_before_a_commit_does_not_hide_it(tmp_path: Path) -> None:
    """The change is on the disk, and the view was computed before it was applied."""
    store, author = Store.open(tmp_path), Author(2)
    record = author.record()
    write(store, Batch(changes=[author.change(record)]))
    committed = store.submit(Batch(changes=[author.change(record)])).result(30)
    store.keep_view(record, "old")
    assert not fresh(store, record)
    store.applied(committed)
    assert not fresh(store, record)
    store.close()
    again = Store.open(tmp_path)
    assert not fresh(again, record)
    assert again.stale_records(5) == [record]
    again.close()


def test_views_reach_the_disk_by_themselves_and_with_commits(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(3)
    records = [author.record() for _ in range(40)]
    write(store, Batch(changes=[author.change(record) for record in records]))
    for record in records:
        store.keep_view(record, record.hex())
    write(store, Batch(changes=[author.change()]))
    assert len(store._writer.later) == 0
    assert all(fresh(store, record) for record in records)
    store.keep_view(records[0], "newest")
    store.close()
    again = Store.open(tmp_path)
    assert [view.text for view in map(again.view, records[:2]) if view] == ["newest", records[1].hex()]
    assert len(again.stale_records(99)) == 1
    again.close()


def test_a_view_of_a_record_nobody_wrote_is_not_kept(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    record = Author(4).record()
    store.keep_view(record, "{}")
    store.close()
    again = Store.open(tmp_path)
    assert again.view(record) is None
    assert again._connection.execute("SELECT count(*) FROM views").fetchone() == (0,)
    again.close()


def test_pages_of_views_in_order(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(5)
    tasks = sorted(author.record(0x20) for _ in range(25))
    write(store, Batch(changes=[author.change(record) for record in (*tasks, author.record(0x01))]))
    for record in tasks[::2]:
        store.keep_view(record, "seen")
    found, after = [], None
    while page := store.views_of(0x20, after, 10):
        found += page
        after = page[-1].record
    assert [view.record for view in found] == tasks
    assert [view.text for view in found] == ["seen", ""] * 12 + ["seen"]
    assert [view.stale for view in found] == [False, True] * 12 + [False]
    assert len(store.views_of(None, None, 99)) == 26
    store.close()


def test_stale_records_come_newest_first_and_bounded(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(6)
    records = [author.record() for _ in range(10)]
    write(store, Batch(changes=[author.change(record) for record in records]))
    store.keep_view(records[9], "{}")
    assert store.stale_records(3) == [records[8], records[7], records[6]]
    plan = store._connection.execute(
        "EXPLAIN QUERY PLAN SELECT record FROM records WHERE view_revision < revision ORDER BY revision DESC LIMIT 3"
    ).fetchall()
    assert "records_stale" in str(plan)
    assert "TEMP" not in str(plan)
    store.close()


def test_random_views_and_changes_never_look_fresh_wrongly(tmp_path: Path) -> None:
    seed = 7
    print("seed", seed)
    rng, author = random.Random(seed), Author(seed)
    store = Store.open(tmp_path)
    records = [author.record() for _ in range(6)]
    shown: dict[RecordId, int] = {}
    applied: dict[RecordId, int] = dict.fromkeys(records, 0)
    for _ in range(300):
        record = rng.choice(records)
        if rng.random() < 0.5:
            changes: list[NewChange] = [author.change(rng.choice(records)) for _ in range(rng.randint(1, 3))]
            write(store, Batch(changes=changes))
            for change in changes:
                applied[change.record] += 1
        elif applied[record]:
            store.keep_view(record, str(applied[record]))
            shown[record] = applied[record]
        if rng.random() < 0.05:
            store.close()
            store = Store.open(tmp_path)
        stale = {each for each in records if applied[each] and shown.get(each) != applied[each]}
        assert set(store.stale_records(99)) == stale
        assert all(fresh(store, each) == (each not in stale) for each in records if applied[each])
    store.close()


def test_notes_about_peers_only_rise_and_survive(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    one, two = Author(8).device, Author(9).device
    assert store.peer(one) is None
    store.note_peer(one, synced_row=10)
    store.note_peer(one, last_heard_ms=77)
    store.note_peer(one, synced_row=4)
    store.note_peer(two, last_heard_ms=5)
    for _ in range(2):
        rows = {row.device: (row.synced_row, row.last_heard_ms) for row in store.peers()}
        assert rows == {one: (10, 77), two: (0, 5)}
        store.close()
        store = Store.open(tmp_path)
    store.close()


def test_addresses_survive(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    device = Author(10).device
    here, there = KnownAddress(device, "10.0.0.1:9", 1), KnownAddress(device, "[fe80::1%eth0]:9", 2)
    store.keep_addresses([here, there])
    store.keep_addresses([KnownAddress(device, "10.0.0.1:9", 3)])
    store.drop_addresses([there])
    store.close()
    again = Store.open(tmp_path)
    assert again.addresses() == [KnownAddress(device, "10.0.0.1:9", 3)]
    again.close()


def test_the_notebook_is_there_at_once_and_later(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    assert store.meta("port") is None
    set_port = store.set_meta("port", "1")
    assert store.meta("port") == "1"
    set_port.result(30)
    old, new = EpochKey(b"1" * 32, b"old" * 8, 5), EpochKey(b"2" * 32, b"new" * 8, 6)
    store.add_epoch_key(new).result(30)
    write(store, Batch(meta={"port": "2", "network": "n"}, epoch_keys=[old]))
    for _ in range(2):
        assert store.meta("port") == "2"
        assert store.epoch_keys() == [new.key, old.key]
        assert store.keyring() == [new, old]
        store.close()
        store = Store.open(tmp_path)
    store.close()
