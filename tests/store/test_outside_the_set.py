"""Changes that are withheld, come back or are forgotten: the set follows, the rows stay, what is forgotten is gone."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crdt.identifiers import ChangeId, ItemId, Lane, RecordId
from meshnode.store.database import FILE_NAME
from meshnode.store.migration import migrate, shipped_steps
from meshnode.store.store import Batch, NewChange, Store
from tests.store.cast import Author, Genuine, keys_of, parked, plain_fingerprint, read_change, write, write_changes
from tests.store.test_durability import ROOT
from tests.store.test_set_index import compare
from tests.support.people import fuzz_count

CHANGE_LANES = (Lane.URGENT, Lane.ORDINARY)
TEXT = b"the medicine of Mrs Novak"


class Model:
    """What the store should hold: every change ever written, and where it stands."""

    def __init__(self) -> None:
        self.written: dict[ChangeId, NewChange] = {}
        self.withheld: set[ChangeId] = set()
        self.forgotten: set[RecordId] = set()

    @property
    def in_set(self) -> list[NewChange]:
        return [
            change
            for change in self.written.values()
            if change.id not in self.withheld and change.record not in self.forgotten
        ]

    def outside(self, id_: ChangeId) -> bool:
        return id_ in self.withheld or self.written[id_].record in self.forgotten

    def check(self, store: Store, rng: random.Random) -> None:
        for lane in CHANGE_LANES:
            compare(store.index(lane), keys_of(self.in_set, lane), rng, looks=2)
        everything = [ItemId(id_) for id_ in self.written]
        assert store.held(Lane.ORDINARY, everything) == set(everything), "nothing is fetched again"
        some = rng.sample(everything, min(40, len(everything)))
        held = [self.written[ChangeId(each)] for each in some if not self.outside(ChangeId(each))]
        assert store.items(Lane.ORDINARY, some) == [change.envelope for change in held]
        assert store.newest_row() == len(self.written)
        assert store.count_since(0) == len(self.in_set)
        assert set(store.records()) == {change.record for change in self.in_set}
        assert store.record_count() == len({change.record for change in self.in_set})


def random_step(model: Model, author: Author, records: list[RecordId], rng: random.Random) -> Batch:
    """A batch of every kind of move at once, and what it does to the model."""
    changes = [author.change(rng.choice(records)) for _ in range(rng.choice((0, 1, 1, 30, 600)))]
    changes = [change for change in changes if change.record not in model.forgotten]
    known = list(model.written)
    withhold = rng.sample(known, min(len(known), rng.choice((0, 1, 5, 400))))
    restore = rng.sample(known, min(len(known), rng.choice((0, 1, 5, 400))))
    forget = rng.sample(records, 1) if rng.random() < 0.1 else []
    model.written |= {change.id: change for change in changes}
    model.withheld -= set(restore)
    model.withheld |= {each for each in withhold if model.written[each].record not in model.forgotten}
    model.forgotten |= set(forget)
    return Batch(changes=changes, withhold=withhold, restore=restore, forget=forget)


@pytest.mark.parametrize("seed", range(fuzz_count(4)))
def test_random_moves_equal_a_sorted_list(tmp_path: Path, seed: int) -> None:
    print("seed", seed)
    rng, author, model = random.Random(seed), Author(seed), Model()
    records = [author.record(rng.choice((0x01, 0x20))) for _ in range(25)]
    store = Store.open(tmp_path)
    for _ in range(40):
        write(store, random_step(model, author, records, rng))
        if rng.random() < 0.15:
            store.close()
            store = Store.open(tmp_path)
            assert store.recovering == "", "a smaller set is no loss"
        model.check(store, rng)
    store.close()


@pytest.mark.parametrize("seed", range(fuzz_count(4)))
def test_commits_that_are_not_applied_are_in_no_answer(tmp_path: Path, seed: int) -> None:
    """Several transactions ahead of the index, of which some move the same keys forth and back."""
    print("seed", seed)
    rng, author, model = random.Random(seed), Author(seed), Model()
    records = [author.record() for _ in range(8)]
    store = Store.open(tmp_path)
    write(store, random_step(model, author, records, rng))
    for _ in range(6):
        shown = [keys_of(model.in_set, lane) for lane in CHANGE_LANES]
        batches = [random_step(model, author, records, rng) for _ in range(5)]
        commits = [future.result(30) for future in [store.submit(batch) for batch in batches]]
        for lane, keys in zip(CHANGE_LANES, shown, strict=True):
            compare(store.index(lane), keys, rng, looks=4)
        store.applied(commits[rng.choice((1, 2))])
        store.applied(commits[-1])
        model.check(store, rng)
    store.close()


def test_a_batch_that_fails_moves_nothing(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(1)
    changes = author.changes(20)
    write_changes(store, changes)
    broken = replace(author.change(), envelope=None)  # type: ignore[arg-type]  # that is what is broken
    with pytest.raises(Exception, match="cannot be used"):
        store.submit(Batch(changes=[broken], withhold=[changes[0].id])).result(30)
    write(store, Batch(withhold=[changes[1].id]))
    left = [change for change in changes if change is not changes[1]]
    compare(store.index(Lane.ORDINARY), keys_of(left, Lane.ORDINARY), random.Random(1))
    store.close()


# -- views ------------------------------------------------------------------------------------------------------------


def test_views_of_what_moved_are_stale(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(2)
    record, other = author.record(), author.record()
    first, second, elsewhere = author.change(record), author.change(record), author.change(other)
    write(store, Batch(changes=[first, second, elsewhere]))
    for step in (Batch(withhold=[first.id]), Batch(restore=[first.id])):
        store.keep_view(record, "both")
        store.keep_view(other, "other")
        committed = store.submit(step).result(30)
        # Computed before the commit was applied: it has not read what left.
        store.keep_view(record, "too early")
        store.applied(committed)
        assert store.stale_records(9) == [record]
        assert committed.moved == {record}
    assert [change.id for change in store.changes_of(record)] == [first.id, second.id]
    store.close()


def test_a_record_of_which_nothing_is_in_the_set_is_none(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(3)
    record = author.record()
    changes = [author.change(record) for _ in range(3)]
    write(store, Batch(changes=changes))
    store.keep_view(record, "three")
    write(store, Batch(withhold=[change.id for change in changes]))
    assert (store.has_record(record), store.view(record), store.record_count()) == (False, None, 0)
    assert store.changes_of(record) == []
    assert store.change(changes[0].id) is None
    assert store.records_withheld() == [(record, author.device)]
    assert [change.id for change in store.withheld_of(record)] == [change.id for change in changes]
    assert (store.newest_row_of(author.device), store.authors()) == (0, [])
    write(store, Batch(restore=[changes[1].id]))
    assert store.has_record(record)
    assert [change.id for change in store.changes_of(record)] == [changes[1].id]
    assert store.records_by(author.device, 0, 9) == [(2, record)]
    store.close()


# -- forgetting -------------------------------------------------------------------------------------------------------


def everywhere(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def speaking(author: Author, record: RecordId, text: bytes = TEXT) -> NewChange:
    return read_change(author.device + record + author.random.randbytes(6).rjust(8, b"\0") + text * 40, 7)


@pytest.mark.parametrize("stop", ["running", "closed", "killed"])
def test_what_is_forgotten_is_nowhere_on_the_disk(tmp_path: Path, stop: str) -> None:
    """Also what a view once said, what waited, what was withheld, and what the log of writes held."""
    store, author = Store.open(tmp_path), Author(4)
    record, other = author.record(), author.record()
    kept = speaking(author, other, b"what stays is found")
    for _ in range(30):
        write(store, Batch(changes=[author.change(author.record()), speaking(author, record)]))
        store.keep_view(record, json.dumps({"title": TEXT.decode() * author.random.randint(1, 200)}))
    write(store, Batch(changes=[kept], parked=[parked(speaking(author, record), b"lina".ljust(32))]))
    write(store, Batch(withhold=[store.changes_of(record)[3].id]))
    assert any(TEXT in found for found in everywhere(tmp_path).values())
    before = store.count_since(0)
    committed = write(store, Batch(forget=[record]))
    store.keep_view(record, TEXT.decode())
    write(store, Batch(changes=[author.change(other)]))
    assert committed.wiped
    assert committed.moved == {record}
    assert (store.view(record), store.parked_of(record), store.changes_of(record)) == (None, [], [])
    assert store.forgotten_authors(record) == {author.device}
    assert not store.holds_of(record)
    assert store.count_since(0) == before - 29 + 1
    if stop == "closed":
        store.close()
    found = everywhere(tmp_path)
    assert [name for name, content in found.items() if TEXT in content] == []
    assert any(b"what stays is found" in content for content in found.values())
    if stop == "killed":
        # As after a power cut: the log as it is, and nothing says how it ended.
        copy = tmp_path.with_name("after")
        copy.mkdir()
        for name, content in found.items():
            (copy / name).write_bytes(content)
        again = Store.open(copy)
        assert again.recovering == ""
        assert again.changes_of(record) == []
        again.close()
        assert [name for name, content in everywhere(copy).items() if TEXT in content] == []
    if stop != "closed":
        store.close()


def test_forgetting_waits_for_a_reader_of_old_pages(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(5)
    record = author.record()
    write(store, Batch(changes=[speaking(author, record)]))
    reader = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM changes").fetchone()
    write(store, Batch(forget=[record]))
    assert store._chores.due_in() is not None, "to be tried again"
    reader.execute("COMMIT")
    reader.close()
    store._chores._cut_log()
    assert [name for name, content in everywhere(tmp_path).items() if TEXT in content] == []
    store.close()


def test_what_is_forgotten_comes_no_second_time(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(6)
    record = author.record()
    change = author.change(record)
    write(store, Batch(changes=[change]))
    write(store, Batch(forget=[record]))
    again = write(store, Batch(changes=[change], restore=[change.id], withhold=[change.id]))
    assert (again.changes, again.keys, again.removed, again.moved) == ((), {}, {}, frozenset())
    assert write(store, Batch(forget=[record])).wiped is False
    assert store.index(change.lane).total == plain_fingerprint([])
    store.close()


# -- ends that were not in order --------------------------------------------------------------------------------------


def test_buckets_are_right_wherever_it_is_killed(tmp_path: Path) -> None:
    """Killed while it withholds, restores and forgets: the buckets add up to the keys, and a digest to the set."""
    rng = random.Random(30)
    for number in range(fuzz_count(6)):
        command = [sys.executable, "-m", "tests.store.moving_child", str(tmp_path), str(number)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(rng.randint(2, 60)):
            assert child.stdout.readline()
        child.kill()
        child.stdout.read()
        assert child.wait() == -9
        store = Store.open(tmp_path)
        assert store.recovering == ""
        for lane in CHANGE_LANES:
            index = store.index(lane)
            keys = list(index.keys(0, len(index)))
            assert index.total == plain_fingerprint(keys)
            rows = store._connection.execute(
                "SELECT at_ms, id FROM changes WHERE lane = ? AND state = 0", (int(lane),)
            ).fetchall()
            assert len(rows) == len(keys)
        (wiped,) = store._connection.execute(
            "SELECT count(*) FROM changes WHERE (state = 2) <> (envelope = x'')"
        ).fetchone()
        assert wiped == 0
        store.close()


def test_salvage_makes_items_of_what_is_whole_and_leaves_out_what_was_wiped(tmp_path: Path) -> None:
    """What was withheld comes back as any other change; whoever knows the statements withholds it again."""
    store, author = Store.open(tmp_path), Author(7)
    changes = [author.change(author.record(0x20)) for _ in range(10)]
    write(store, Batch(changes=changes))
    write(store, Batch(withhold=[changes[0].id], forget=[changes[1].record]))
    store.close()
    database = tmp_path / FILE_NAME
    content = bytearray(database.read_bytes())
    content[:16] = b"no longer SQLite"
    database.write_bytes(content)
    (tmp_path / "state.json").unlink()
    saved = Store.open(tmp_path, Genuine(changes))
    assert "damaged" in saved.recovering
    expected = [change for change in changes if change is not changes[1]]
    assert list(saved.index(Lane.ORDINARY).keys(0, 9)) == keys_of(expected, Lane.ORDINARY)
    saved.close()


# -- the schema before ------------------------------------------------------------------------------------------------


def test_a_database_of_the_first_schema_opens_and_keeps_everything(tmp_path: Path) -> None:
    author, rng = Author(8), random.Random(8)
    changes, waiting = author.changes(40), author.change(author.record())
    signed = bytes(64) + bytes(waiting.author) + bytes(waiting.record) + b"the rest"
    store = Store.open(tmp_path / "now")
    write(store, Batch(changes=changes, statements=[author.statement()]))
    store.close()
    connection = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    migrate(connection, shipped_steps()[:1])
    connection.execute("ATTACH ? AS now", (str(tmp_path / "now" / FILE_NAME),))
    columns = "row, id, record, author, at_ms, received_ms, hash, lane, envelope"
    connection.execute(f"INSERT INTO changes ({columns}) SELECT {columns} FROM now.changes")
    connection.execute("INSERT INTO statements SELECT * FROM now.statements")
    connection.execute("INSERT INTO buckets SELECT * FROM now.buckets")
    connection.execute("INSERT INTO records SELECT record, max(row), 0 FROM now.changes GROUP BY record")
    connection.execute("UPDATE records SET view_row = 40 WHERE record = ?", (changes[0].record,))
    connection.execute("INSERT INTO views (record, text) VALUES (?, 'fresh')", (changes[0].record,))
    connection.execute(
        "INSERT INTO parked (id, author, source, lane, size, envelope) VALUES (?, ?, x'', 2, 99, ?)",
        (waiting.id, waiting.author, signed),
    )
    connection.close()
    store = Store.open(tmp_path)
    for lane in CHANGE_LANES:
        compare(store.index(lane), keys_of(changes, lane), rng)
    assert len(store.statements()) == 1
    view = store.view(changes[0].record)
    assert view is not None
    assert (view.text, view.stale) == ("fresh", False)
    assert store.parked_of(waiting.record) == [signed]
    write(store, Batch(changes=[author.change(changes[0].record)], withhold=[changes[5].id]))
    assert changes[0].record in store.stale_records(99)
    assert store.newest_row() == 41
    assert store.count_since(0) == 40
    store.close()
