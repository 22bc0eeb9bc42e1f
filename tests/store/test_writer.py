"""Group commit: one bad batch hurts nobody else, and the thread outlives everything."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
from concurrent.futures import Future
from pathlib import Path

import pytest

from crdt.identifiers import ChangeHash, ItemId, Lane, item_key
from meshnode.errors import DiskFull, StorageError
from meshnode.store.later import LaterWrite, LaterWrites
from meshnode.store.store import Batch, Committed, NewChange, Store
from meshnode.store.transaction import commit_group
from meshnode.store.unapplied import Unapplied
from tests.store.cast import Author, write


def unwritable(change: NewChange) -> NewChange:
    return dataclasses.replace(change, hash=None)  # type: ignore[arg-type]


def set_page_limit(store: Store, pages: int) -> None:
    """The file may not grow beyond this: SQLite then answers as on a full disk."""
    store._connection.execute(f"PRAGMA max_page_count={pages}")


def page_count(store: Store) -> int:
    return int(store._connection.execute("PRAGMA page_count").fetchone()[0])


def test_a_group_is_one_transaction_and_a_bad_batch_is_undone_alone(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(1)
    good, bad, also_good = author.changes(5), author.changes(5), author.changes(5)
    bad[4] = unwritable(bad[4])
    traced: list[str] = []
    store._connection.set_trace_callback(traced.append)
    batches = [Batch(changes=each) for each in (good, bad, also_good)]
    answers = commit_group(store._connection, batches, [], Unapplied())
    store._connection.set_trace_callback(None)
    assert [type(answer) for answer in answers] == [Committed, sqlite3.IntegrityError, Committed]
    assert traced.count("COMMIT") == 1
    held = store.held(Lane.ORDINARY, [ItemId(change.id) for change in (*good, *bad, *also_good)])
    assert held == {ItemId(change.id) for change in (*good, *also_good)}
    counts = store._connection.execute("SELECT sum(count) FROM buckets").fetchone()
    assert counts == (10,)
    store.close()


def test_a_commit_that_fails_leaves_nothing_announced(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(10)
    connection, unapplied = store._connection, Unapplied()
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("CREATE TABLE one (a PRIMARY KEY)")
    connection.execute("CREATE TABLE two (a REFERENCES one DEFERRABLE INITIALLY DEFERRED)")
    # Noticed only by COMMIT itself.
    orphan = LaterWrite(b"key", "note", (("INSERT INTO two VALUES (?)", (1,)),))
    change = author.change()
    with pytest.raises(sqlite3.IntegrityError):
        commit_group(connection, [Batch(changes=[change])], [orphan], unapplied)
    key = item_key(change.at_ms, change.id)
    assert unapplied.undone(change.lane, b"", None, [key]) == [key]
    assert not connection.in_transaction
    assert store.held(change.lane, [ItemId(change.id)]) == set()
    store.close()


def test_what_came_while_a_note_was_written_still_waits() -> None:
    woken: list[None] = []
    later = LaterWrites(lambda: woken.append(None))
    later.put(b"key", "old", ())
    taken = later.snapshot()
    later.put(b"key", "new", ())
    later.put(b"other", "note", ())
    later.done(taken)
    assert later.waiting(str) == {b"key": "new", b"other": "note"}
    assert later.peek(str, b"key") == "new"
    assert later.peek(bytes, b"key") is None
    later.done(later.snapshot())
    assert len(later) == 0
    assert len(woken) == 1


def test_bad_batches_among_many_get_their_error_and_the_others_their_commit(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(2)
    futures: list[tuple[bool, Future[Committed]]] = []
    for number in range(60):
        changes = author.changes(3)
        bad = number % 7 == 3
        futures.append(
            (bad, store.submit(Batch(changes=[unwritable(changes[0]) if bad else changes[0], *changes[1:]])))
        )
    for bad, future in futures:
        if bad:
            with pytest.raises(StorageError):
                future.result(30)
        else:
            store.applied(future.result(30))
    good = sum(not bad for bad, _ in futures)
    assert store.newest_row() == 3 * good
    assert len(store.index(Lane.URGENT)) + len(store.index(Lane.ORDINARY)) == 3 * good
    store.close()


def test_many_batches_need_few_commits(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(3)
    commits: list[str] = []
    store._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    big = store.submit(Batch(changes=author.changes(1_500)))
    singles = [store.submit(Batch(changes=author.changes(1))) for _ in range(300)]
    for future in [big, *singles]:
        store.applied(future.result(30))
    assert len(commits) < 100
    assert store.newest_row() == 1_800
    store.close()


def test_a_full_file_refuses_the_large_batch_and_takes_the_small_ones(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(4)
    write(store, Batch(changes=author.changes(50)))
    set_page_limit(store, page_count(store) + 40)
    blocker = store.submit(Batch(changes=author.changes(5)))
    large = store.submit(Batch(changes=author.changes(1_900)))
    small = [store.submit(Batch(changes=author.changes(1))) for _ in range(10)]
    with pytest.raises(DiskFull):
        large.result(30)
    for future in [blocker, *small]:
        store.applied(future.result(30))
    assert len(store.index(Lane.URGENT)) + len(store.index(Lane.ORDINARY)) == 65
    assert store.trouble == ""
    store.close()


def test_a_full_file_is_said_and_forgotten_when_there_is_room(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(5)
    first = write(store, Batch(changes=author.changes(50)))
    set_page_limit(store, page_count(store))
    with pytest.raises(DiskFull):
        store.submit(Batch(changes=author.changes(1_000))).result(30)
    assert "full" in store.trouble
    assert store.changes_of(first.changes[0].record), "reading goes on"
    set_page_limit(store, 1_000_000)
    write(store, Batch(changes=author.changes(1_000)))
    assert store.trouble == ""
    assert len(list(store.index(Lane.ORDINARY).keys(0, len(store.index(Lane.ORDINARY))))) == len(
        store.index(Lane.ORDINARY)
    )
    store.close()


def test_a_batch_that_is_nonsense_does_not_end_the_thread(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(6)
    with pytest.raises(AttributeError):
        store.submit(Batch(changes=[object()])).result(30)  # type: ignore[list-item]
    with pytest.raises(StorageError):
        store.submit(None).result(30)  # type: ignore[arg-type]
    write(store, Batch(changes=author.changes(3)))
    store.close()


def test_what_a_later_write_cannot_do_is_dropped(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(7)
    store._writer.later.put(b"key", "note", (("INSERT INTO nowhere VALUES (?)", (1,)),))
    write(store, Batch(changes=author.changes(3)))
    assert len(store._writer.later) == 0
    store.close()


async def test_a_cancelled_wait_leaves_a_whole_store(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(8)
    futures = [store.submit(Batch(changes=author.changes(20))) for _ in range(30)]
    waits = [asyncio.ensure_future(asyncio.wrap_future(future)) for future in futures]
    await waits[0]
    for wait in waits[1::2]:
        wait.cancel()
    ended = await asyncio.gather(*waits, return_exceptions=True)
    assert all(isinstance(each, Committed) for each in ended[0::2])
    store.applied(await asyncio.wrap_future(store.submit(Batch(changes=author.changes(1)))))
    urgent, ordinary = store.index(Lane.URGENT), store.index(Lane.ORDINARY)
    assert len(urgent) + len(ordinary) == store.newest_row()
    assert len(list(ordinary.keys(0, len(ordinary)))) == len(ordinary)
    store.close()
    again = Store.open(tmp_path)
    assert again.recovering == ""
    assert again.newest_row() == len(again.index(Lane.URGENT)) + len(again.index(Lane.ORDINARY))
    again.close()


def test_duplicates_are_ignored_within_and_between_batches(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(9)
    changes = author.changes(4)
    first = write(store, Batch(changes=[*changes, *changes]))
    second = write(store, Batch(changes=changes))
    assert [change.row for change in first.changes] == [1, 2, 3, 4]
    assert second.changes == ()
    altered = dataclasses.replace(changes[0], hash=ChangeHash(bytes(32)), envelope=b"other")
    write(store, Batch(changes=[altered]))
    kept = store.change(changes[0].id)
    assert kept is not None
    assert kept.envelope == changes[0].envelope
    store.close()
