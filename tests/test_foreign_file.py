"""Files from a stick: whatever lies there is read within bounds, or refused with a sentence."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from meshnode.errors import ForeignFile, StorageError
from meshnode.foreign_file import foreign_files, read_foreign, write_foreign

SUFFIX = ".meshnode-reply"
BOUND = 16 * 1024
HUGE = 5 * 1024**3


def test_an_ordinary_file_is_read_up_to_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for size in (0, 1, BOUND):
        path.write_bytes(b"x" * size)
        assert read_foreign(path, BOUND) == b"x" * size
    path.write_bytes(b"x" * (BOUND + 1))
    with pytest.raises(ForeignFile, match="too long"):
        read_foreign(path, BOUND)


def test_links_pipes_folders_and_devices_are_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tmp_path / "link").symlink_to(secret)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "dangling", "loop", "pipe", "folder"):
        with pytest.raises(ForeignFile, match="no ordinary file"):
            read_foreign(tmp_path / name, BOUND)
    with pytest.raises(ForeignFile, match="no ordinary file"):
        read_foreign(Path("/dev/zero"), BOUND)
    with pytest.raises(ForeignFile, match="cannot be read"):
        read_foreign(tmp_path / "missing", BOUND)


def test_five_gigabytes_cost_no_memory(tmp_path: Path) -> None:
    path = tmp_path / f"huge{SUFFIX}"
    with path.open("wb") as file:
        file.truncate(HUGE)
    tracemalloc.start()
    with pytest.raises(ForeignFile, match="too long"):
        read_foreign(path, BOUND)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * BOUND


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    path.touch(0o000)
    with pytest.raises(ForeignFile, match="cannot be read"):
        read_foreign(path, BOUND)


def test_a_folder_is_listed_by_its_own_names(tmp_path: Path) -> None:
    for name in (f"b{SUFFIX}", f"a{SUFFIX}", f".hidden{SUFFIX}", "other"):
        (tmp_path / name).touch()
    assert [path.name for path in foreign_files(tmp_path, SUFFIX, 10)] == [f"a{SUFFIX}", f"b{SUFFIX}"]
    with pytest.raises(ForeignFile, match="more than 1"):
        foreign_files(tmp_path, SUFFIX, 1)
    for nothing in (tmp_path / "none", tmp_path / "other"):
        with pytest.raises(ForeignFile, match="cannot be read"):
            foreign_files(nothing, SUFFIX, 10)


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "..", "", "\x1b[2J", "a/b", "x" * 300, "Bo\n.sh", "\u202eobeR"]
)
def test_what_is_written_stays_in_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    path = write_foreign(folder, name, SUFFIX, b"content")
    assert path.parent == folder
    assert path.name.endswith(SUFFIX)
    assert len(path.name) < 80
    assert path.name.isprintable()
    assert [each.name for each in folder.iterdir()] == [path.name]
    assert path.read_bytes() == b"content"


def test_a_link_that_lies_in_wait_is_replaced_and_not_followed(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("keep")
    stick = tmp_path / "stick"
    stick.mkdir()
    for name in (f"Bo{SUFFIX}", f".Bo{SUFFIX}.part"):
        (stick / name).symlink_to(mine)
    path = write_foreign(stick, "Bo", SUFFIX, b"reply")
    assert mine.read_text() == "keep"
    assert not path.is_symlink()
    assert path.read_bytes() == b"reply"
    with pytest.raises(StorageError):
        write_foreign(tmp_path / "nowhere", "Bo", SUFFIX, b"reply")
    (stick / f".Zoe{SUFFIX}.part").mkdir()
    with pytest.raises(StorageError):
        write_foreign(stick, "Zoe", SUFFIX, b"reply")
