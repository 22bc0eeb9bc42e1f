"""What was acknowledged is there after a process was killed, and two processes never write one directory."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from crdt.identifiers import ItemId, Lane
from meshnode.errors import NodeBusy, StorageError
from meshnode.store.store import Batch, Store
from tests.store.cast import Author, write

ROOT = Path(__file__).parents[2]
ROUNDS = 20


def start_child(directory: Path, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.writing_child", str(directory), str(seed)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    return child


def test_nothing_acknowledged_is_missing_after_sigkill(tmp_path: Path) -> None:
    rng = random.Random(20)
    changes: list[ItemId] = []
    statements: list[ItemId] = []
    for number in range(ROUNDS):
        child = start_child(tmp_path, seed=number)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(rng.randint(1, 300))]
        child.kill()
        # What it had said before it died is in the pipe.
        lines += child.stdout.readlines()
        assert child.wait() == -9
        said = [line.strip() for line in lines if line.endswith("\n")]
        changes += [ItemId(bytes.fromhex(line)) for line in said if not line.startswith("s")]
        statements += [ItemId(bytes.fromhex(line[1:])) for line in said if line.startswith("s")]
        store = Store.open(tmp_path)
        assert store.recovering == ""
        assert len(store.held(Lane.ORDINARY, changes)) == len(changes)
        assert len(store.held(Lane.STATEMENTS, statements)) == len(statements)
        for lane in Lane:
            index = store.index(lane)
            assert len(list(index.keys(0, len(index)))) == len(index)
        assert store.newest_row() == len(store.index(Lane.URGENT)) + len(store.index(Lane.ORDINARY))
        store.close()
    assert len(changes) > ROUNDS
    assert len(statements) > ROUNDS


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    child = start_child(tmp_path, seed=1)
    with pytest.raises(NodeBusy):
        Store.open(tmp_path)
    child.kill()
    child.wait()
    Store.open(tmp_path).close()


def test_a_second_store_in_this_process_is_refused(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with pytest.raises(NodeBusy):
        Store.open(tmp_path)
    store.close()
    Store.open(tmp_path).close()


def test_closing_writes_what_was_submitted(tmp_path: Path) -> None:
    store, author = Store.open(tmp_path), Author(3)
    futures = [store.submit(Batch(changes=author.changes(10))) for _ in range(50)]
    store.close()
    assert all(future.done() and future.exception() is None for future in futures)
    again = Store.open(tmp_path)
    assert again.newest_row() == 500
    again.close()


def test_a_closed_store_takes_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.close()
    with pytest.raises(StorageError, match="closed"):
        store.submit(Batch(changes=Author(1).changes(1))).result(10)


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "network"
    store = Store.open(directory)
    write(store, Batch(changes=Author(1).changes(1), meta={"a": "b"}))
    modes = {path.name: path.stat().st_mode & 0o077 for path in [directory, *directory.iterdir()]}
    store.close()
    assert {"meshnode.sqlite", "meshnode.sqlite-wal", "state.json", "notes.json", "reserve"} <= set(modes)
    assert not any(modes.values()), modes
