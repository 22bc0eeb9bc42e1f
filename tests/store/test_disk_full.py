"""A disk that is completely full: what is there can be read, what is refused is said, and room is all it takes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crdt.identifiers import Lane
from meshnode.errors import DiskFull
from meshnode.store.reserve import RESERVE_BYTES
from meshnode.store.store import Batch, Store
from tests.store.cast import Author, keys_of, write_changes

DISK_BYTES = 12 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take every byte that is left."""
    filler = place / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return filler


def test_full_while_running_then_room(small_disk: Path) -> None:
    author = Author(1)
    store = Store.open(small_disk / "network")
    held = author.changes(1_000)
    write_changes(store, held)
    filler = fill(small_disk)
    with pytest.raises(DiskFull):
        for _ in range(100):
            batch = author.changes(500)
            store.applied(store.submit(Batch(changes=batch)).result(30))
            held += batch
    assert "full" in store.trouble
    index = store.index(Lane.ORDINARY)
    assert list(index.keys(0, len(index))) == keys_of(held, Lane.ORDINARY)
    filler.unlink()
    more = author.changes(500)
    write_changes(store, more)
    assert store.trouble == ""
    store.close()
    again = Store.open(small_disk / "network")
    assert again.recovering == ""
    index = again.index(Lane.ORDINARY)
    assert list(index.keys(0, len(index))) == keys_of([*held, *more], Lane.ORDINARY)
    again.close()


def test_a_full_disk_does_not_keep_the_store_from_opening(small_disk: Path) -> None:
    author = Author(2)
    directory = small_disk / "network"
    store = Store.open(directory)
    changes = author.changes(1_000)
    write_changes(store, changes)
    store.close()
    assert (directory / "reserve").stat().st_size == RESERVE_BYTES
    filler = fill(small_disk)
    full = Store.open(directory)
    assert full.recovering == ""
    assert not (directory / "reserve").exists(), "given up"
    index = full.index(Lane.ORDINARY)
    assert list(index.keys(0, len(index))) == keys_of(changes, Lane.ORDINARY)
    fill(small_disk)
    with pytest.raises(DiskFull):
        full.submit(Batch(changes=author.changes(1_900))).result(30)
    full.close()
    filler.unlink()
    roomy = Store.open(directory)
    assert (directory / "reserve").exists(), "taken again"
    assert roomy.newest_row() == 1_000
    roomy.close()
