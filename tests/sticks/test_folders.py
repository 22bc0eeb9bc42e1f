"""What is offered as a stick, and what a typed folder means."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshnode.errors import BadInput
from meshnode.sticks import folders
from meshnode.sticks.folders import Stick, sticks_here, typed_folder

MOUNTED = r"""/dev/sda1 / ext4 rw 0 0
/dev/sdc1 /media/ana/OLD vfat ro,nosuid 0 0
/dev/sdb1 /run/media/ana/MY\040STICK exfat rw,nosuid 0 0
nas:/x /mnt/nas nfs4 rw 0 0
/dev/sdd1 /mnt/deep/in/there ext4 rw 0 0
broken
"""


def test_sticks_are_read_from_what_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOUNTS", tmp_path / "mounts")
    assert sticks_here() == []
    (tmp_path / "mounts").write_text(MOUNTED)
    assert sticks_here() == [
        Stick(Path("/run/media/ana/MY STICK"), read_only=False),
        Stick(Path("/media/ana/OLD"), read_only=True),
    ]


@pytest.mark.parametrize("shape", ["{}", "  {} ", "'{}'", '"{}"', "file://{}"])
def test_a_folder_may_be_typed_or_pasted(tmp_path: Path, shape: str) -> None:
    stick = tmp_path / "MY STICK"
    stick.mkdir()
    assert typed_folder(shape.format(stick)) == stick
    assert typed_folder(f"file://{tmp_path}/MY%20STICK") == stick


@pytest.mark.parametrize("typed", ["", "  ", "/nowhere/at\x1ball", "a\0b", "~nobody-of-this-name/x", "x" * 5000])
def test_what_is_no_folder_is_refused_with_what_to_do(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        typed_folder(typed)
    assert "stick" in refusal.value.what_next
    assert "\x1b" not in refusal.value.sentence
