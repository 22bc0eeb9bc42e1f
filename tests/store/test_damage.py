"""Damage: whatever happens to the files, the store opens, says so, keeps the remains, and serves only what is true."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from crdt.identifiers import ItemId, Lane, RecordId
from meshnode.errors import StorageDamaged
from meshnode.store import opening
from meshnode.store.database import FILE_NAME, PAGE_BYTES
from meshnode.store.store import Batch, EpochKey, KnownAddress, NewChange, NewStatement, Store
from tests.store.cast import Author, Genuine, keys_of, write, write_changes

COUNT = 3_000
LOG = FILE_NAME + "-wal"
EPOCH = EpochKey(b"e" * 32, b"k" * 32, 5)


class Written:
    """A store's files as they were when its process died, and what had been written."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        author = Author(1)
        record = author.record()
        self.changes: list[NewChange] = author.changes(COUNT - 10) + [author.change(record) for _ in range(10)]
        self.statements: list[NewStatement] = [author.statement() for _ in range(40)]
        store = Store.open(directory)
        write(store, Batch(statements=self.statements, meta={"network": "mine"}, epoch_keys=[EPOCH]))
        store.note_peer(author.device, synced_row=COUNT, last_heard_ms=9)
        store.keep_addresses([KnownAddress(author.device, "10.0.0.1:7", 1)])
        write_changes(store, self.changes)
        store.close()
        self.author = author

    @property
    def file(self) -> Path:
        return self.directory / FILE_NAME

    def die_with_log(self, more: int = 400) -> list[NewChange]:
        """Write on, then leave the files as a killed process would; the changes that are only in the log."""
        added = self.author.changes(more)
        store = Store.open(self.directory)
        store._connection.execute("PRAGMA wal_autocheckpoint=0")
        write_changes(store, added, at_once=100)
        store._chores.write_mark()
        left = self.directory.with_name("left")
        shutil.copytree(self.directory, left)
        store.close()
        shutil.rmtree(self.directory)
        left.rename(self.directory)
        self.changes += added
        return added

    def reader(self) -> Genuine:
        return Genuine(self.changes, self.statements)


@pytest.fixture(scope="module")
def written_once(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("store") / "network")


@pytest.fixture
def written(written_once: Written, tmp_path: Path) -> Written:
    """A copy of its own for every test."""
    shutil.copytree(written_once.directory, tmp_path / "network")
    copied = Written.__new__(Written)
    copied.__dict__.update(written_once.__dict__)
    copied.directory = tmp_path / "network"
    copied.changes = list(written_once.changes)
    return copied


def unclean(directory: Path) -> None:
    mark = json.loads((directory / "state.json").read_text())
    (directory / "state.json").write_text(json.dumps(mark | {"clean": False}))


def saved(store: Store, written: Written) -> int:
    """How much is there; and that all of it is true and adds up."""
    by_id = {change.id: change for change in written.changes}
    for lane in (Lane.URGENT, Lane.ORDINARY):
        index = store.index(lane)
        keys = list(index.keys(0, len(index)))
        held = [by_id[change_id] for key in keys if (change_id := key[8:]) in by_id]  # type: ignore[index]
        assert keys == keys_of(held, lane)
        assert sorted(store.items(lane, [ItemId(change.id) for change in held])) == sorted(c.envelope for c in held)
        for change in held[:200]:
            found = {each.id: each for each in store.changes_of(change.record)}
            assert found[change.id].author == change.author
            assert found[change.id].at_ms == change.at_ms
    return store.newest_row()


def quarantined(written: Written) -> list[Path]:
    return sorted((written.directory / "quarantine").rglob(FILE_NAME))


def pages(file: Path) -> int:
    return file.stat().st_size // PAGE_BYTES


def overwrite(file: Path, page: int, content: bytes) -> None:
    with file.open("r+b") as open_file:
        open_file.seek(page * PAGE_BYTES)
        open_file.write(content)


def leaf_pages(file: Path) -> list[int]:
    """Pages that hold rows of some table."""
    return [page for page in range(1, pages(file)) if file.read_bytes()[page * PAGE_BYTES] == 0x0D]


def cut_one_page(written: Written) -> None:
    with written.file.open("r+b") as file:
        file.truncate((pages(written.file) - 1) * PAGE_BYTES)


def cut_half(written: Written) -> None:
    with written.file.open("r+b") as file:
        file.truncate(pages(written.file) // 2 * PAGE_BYTES)


def zero_first_page(written: Written) -> None:
    overwrite(written.file, 0, bytes(PAGE_BYTES))


def garbage_header(written: Written) -> None:
    overwrite(written.file, 0, random.Random(1).randbytes(100))


def zero_one_leaf(written: Written) -> None:
    unclean(written.directory)
    overwrite(written.file, leaf_pages(written.file)[5], bytes(PAGE_BYTES))


def garbage_on_ten_pages(written: Written) -> None:
    unclean(written.directory)
    rng = random.Random(2)
    for page in rng.sample(leaf_pages(written.file), 10):
        overwrite(written.file, page, rng.randbytes(PAGE_BYTES))


@pytest.mark.parametrize(
    ("damage", "at_least"),
    [
        (cut_one_page, COUNT - 20),
        (cut_half, COUNT // 4),
        (zero_first_page, COUNT - 20),
        (garbage_header, COUNT - 20),
        (zero_one_leaf, COUNT - 20),
        (garbage_on_ten_pages, COUNT - 200),
    ],
)
def test_a_damaged_file_is_kept_and_what_is_whole_is_saved(
    written: Written, damage: Callable[[Written], None], at_least: int
) -> None:
    damage(written)
    remains = written.file.read_bytes()
    reader = written.reader()
    store = Store.open(written.directory, reader)
    assert "damaged" in store.recovering
    assert at_least <= saved(store, written) <= COUNT
    assert store.meta("network") == "mine"
    assert reader.meta["network"] == "mine"
    assert store.epoch_keys() == [EPOCH.key]
    assert store.peer(written.author.device) is None, "what a peer holds is compared anew"
    assert [path.read_bytes() for path in quarantined(written)] == [remains]
    assert not [path for path in quarantined(written)[0].parent.iterdir() if not path.name.startswith(FILE_NAME)]
    # It goes on: what is missing can come again, and the next start is an ordinary one.
    write_changes(store, written.changes)
    assert store.newest_row() == COUNT
    store.close()
    again = Store.open(written.directory, reader)
    assert again.recovering == ""
    assert saved(again, written) == COUNT
    again.close()


def test_a_short_file_whose_tables_lie_elsewhere_keeps_its_own_first_page(written: Written) -> None:
    """As after some future change of schema: an empty twin would look for the rows on other pages."""
    connection = sqlite3.connect(written.file)
    (schema,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'changes'").fetchone()
    connection.execute(schema.replace("TABLE changes", "TABLE moved"))
    connection.execute("INSERT INTO moved SELECT * FROM changes")
    connection.execute("DROP TABLE changes")
    connection.execute("ALTER TABLE moved RENAME TO changes")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    cut_one_page(written)
    store = Store.open(written.directory, written.reader())
    assert saved(store, written) >= COUNT - 20
    store.close()


def test_altered_rows_are_not_believed(written: Written) -> None:
    """Bytes that SQLite cannot miss: contents, and the columns beside them."""
    connection = sqlite3.connect(written.file)
    connection.execute("UPDATE changes SET envelope = zeroblob(200) WHERE row = 7")
    connection.execute("UPDATE changes SET record = zeroblob(16), author = zeroblob(32), lane = 1 WHERE row = 8")
    connection.execute("UPDATE changes SET envelope = 'text', received_ms = 'x' WHERE row = 9")
    connection.execute("UPDATE statements SET bytes = zeroblob(9) WHERE row = 3")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    cut_one_page(written)
    store = Store.open(written.directory, written.reader())
    assert COUNT - 22 <= saved(store, written) <= COUNT - 2
    change = written.changes[7]
    if store.change(change.id) is not None:
        assert change.id in {each.id for each in store.changes_of(change.record)}
    assert len(store.statements()) <= len(written.statements) - 1
    assert store.changes_of(RecordId(bytes(16))) == []
    store.close()


def test_without_a_reader_nothing_is_taken_over_but_the_notes(written: Written) -> None:
    cut_one_page(written)
    store = Store.open(written.directory)
    assert store.newest_row() == 0
    assert store.meta("network") == "mine"
    assert quarantined(written)
    store.close()


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_missing_file_is_recovering_not_new(written: Written, how: str) -> None:
    if how == "removed":
        written.file.unlink()
    else:
        written.file.write_bytes(b"")
    store = Store.open(written.directory, written.reader())
    assert "gone" in store.recovering
    assert store.meta("network") == "mine"
    assert store.epoch_keys() == [EPOCH.key]
    store.close()


def test_a_file_and_its_mark_gone_still_leave_the_notes(written: Written) -> None:
    written.file.unlink()
    (written.directory / "state.json").unlink()
    store = Store.open(written.directory)
    assert store.recovering
    assert store.epoch_keys() == [EPOCH.key]
    store.close()


def test_an_empty_directory_is_new_and_not_recovering(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    assert store.recovering == ""
    assert store.meta("network") is None
    store.close()


def test_a_killed_process_with_its_log_has_lost_nothing(written: Written) -> None:
    written.die_with_log()
    store = Store.open(written.directory, written.reader())
    assert store.recovering == ""
    assert saved(store, written) == COUNT + 400
    assert store.peer(written.author.device) is not None
    store.close()


def remove_log(file: Path) -> None:
    file.unlink()


def cut_log(file: Path) -> None:
    with file.open("r+b") as log:
        log.truncate(file.stat().st_size // 2)


def flip_log_header(file: Path) -> None:
    with file.open("r+b") as log:
        log.write(b"\xff" * 8)


def flip_log(file: Path) -> None:
    with file.open("r+b") as log:
        log.seek(file.stat().st_size // 3)
        log.write(b"\xff" * 64)


@pytest.mark.parametrize("damage", [remove_log, cut_log, flip_log_header, flip_log])
def test_a_lost_log_is_noticed_by_the_mark(written: Written, damage: Callable[[Path], None]) -> None:
    written.die_with_log()
    damage(written.directory / LOG)
    store = Store.open(written.directory, written.reader())
    have = saved(store, written)
    assert COUNT <= have < COUNT + 400
    assert f"At least {COUNT + 400 - have} entries" in store.recovering
    peer = store.peer(written.author.device)
    assert peer is not None
    assert peer.synced_row == 0, "row numbers will be given again: nobody is known to hold them"
    store.close()
    again = Store.open(written.directory)
    assert again.recovering == ""
    again.close()


def test_as_many_items_but_others_are_noticed(written: Written) -> None:
    older = written.directory.with_name("older")
    shutil.copytree(written.directory, older)
    for directory in (written.directory, older):
        store = Store.open(directory)
        write(store, Batch(statements=[Author(len(str(directory))).statement()]))
        store.close()
    shutil.copy(older / FILE_NAME, written.file)
    store = Store.open(written.directory)
    assert "At least 1 entries" in store.recovering
    store.close()


def test_another_stores_database_is_noticed(written: Written, tmp_path: Path) -> None:
    Store.open(tmp_path / "other").close()
    shutil.copy(tmp_path / "other" / FILE_NAME, written.file)
    store = Store.open(written.directory)
    assert "Another database" in store.recovering
    store.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"lanes": 5}', b"\xff\xfe"])
def test_an_unreadable_mark_stops_nobody(written: Written, content: bytes) -> None:
    for name in ("state.json", "notes.json"):
        (written.directory / name).write_bytes(content)
    store = Store.open(written.directory)
    assert saved(store, written) == COUNT
    store.close()


def test_damage_found_while_running_ends_writing_and_is_repaired_at_the_next_start(written: Written) -> None:
    page = leaf_pages(written.file)[5]
    # The mark says that the last end was in order: nobody reads the whole file.
    overwrite(written.file, page, b"\xff" * PAGE_BYTES)
    store = Store.open(written.directory, written.reader())
    assert store.recovering == ""
    with pytest.raises(StorageDamaged):
        for change in written.changes:
            store.changes_of(change.record)
    assert "anew" in store.trouble
    with pytest.raises(StorageDamaged):
        store.submit(Batch(changes=written.author.changes(1))).result(30)
    store.close()
    again = Store.open(written.directory, written.reader())
    assert "damaged" in again.recovering
    assert saved(again, written) >= COUNT - 20
    again.close()


def test_a_large_file_is_checked_while_the_node_runs(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "CHECK_AT_ONCE_BYTES", 1)
    unclean(written.directory)
    whole = Store.open(written.directory)
    assert whole._check is not None
    whole._check.finish()
    assert whole.trouble == ""
    whole.close()
    assert json.loads((written.directory / "state.json").read_text())["clean"] is True
    zero_one_leaf(written)
    store = Store.open(written.directory, written.reader())
    assert store._check is not None
    store._check.finish()
    assert "damaged" in store.trouble
    store.close()
    again = Store.open(written.directory, written.reader())
    assert "damaged" in again.recovering
    again.close()


def test_a_check_that_was_broken_off_is_made_at_the_next_start(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "CHECK_AT_ONCE_BYTES", 1)
    unclean(written.directory)
    store = Store.open(written.directory)
    assert store._check is not None
    store._check.finish()
    store._check._finished = False
    store.close()
    assert json.loads((written.directory / "state.json").read_text())["clean"] is False
