"""The key file: never replaced, never readable by others, healed from its copy."""

from __future__ import annotations

import itertools
import os
import shutil
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from meshnode.errors import KeyFileError, StorageError
from meshnode.identity.key_file import _pack, copy_path, load, load_or_create, replace
from meshnode.identity.keys import DeviceKeys, Identity
from tests.support.people import seeded, seeded_hub, seeded_identity

UNREADABLE = Path("/proc/self/mem")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "identity"


def no_randomness(count: int) -> bytes:
    raise AssertionError("no new keys may be made here")


def test_what_is_made_is_found_again(path: Path) -> None:
    made = load_or_create(path, seeded("alice"))
    assert made == seeded_identity("alice")
    assert load_or_create(path, no_randomness) == made


def test_only_the_owner_can_read_it(path: Path) -> None:
    load_or_create(path)
    for place in (path, copy_path(path)):
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {each.name for each in path.parent.iterdir()} == {path.name, copy_path(path).name}


def test_two_profiles_are_two_people(tmp_path: Path) -> None:
    first, second = load_or_create(tmp_path / "a"), load_or_create(tmp_path / "b")
    assert first.member != second.member
    assert first.device != second.device


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
@pytest.mark.parametrize("which", [0, 1])
def test_a_file_that_others_can_open_is_refused_with_what_to_type(path: Path, mode: int, which: int) -> None:
    load_or_create(path)
    place = (path, copy_path(path))[which]
    place.chmod(mode)
    with pytest.raises(KeyFileError) as refusal:
        load_or_create(path, no_randomness)
    assert refusal.value.what_next == f"Type: chmod 600 {place}"
    subprocess.run(refusal.value.what_next.removeprefix("Type: ").split(), check=True)
    load_or_create(path, no_randomness)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "longer", "bit", "other"])
def test_one_damaged_copy_heals_from_the_other(path: Path, damage: str, which: int) -> None:
    made = load_or_create(path)
    place = (path, copy_path(path))[which]
    whole = place.read_bytes()
    match damage:
        case "gone":
            place.unlink()
        case "empty":
            place.write_bytes(b"")
        case "cut":
            place.write_bytes(whole[:-1])
        case "longer":
            place.write_bytes(whole + b"\0")
        case "bit":
            place.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
        case "other":
            place.write_bytes(os.urandom(len(whole)))
    assert load_or_create(path, no_randomness) == made
    assert place.read_bytes() == whole
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_every_changed_byte_is_noticed(path: Path) -> None:
    made = load_or_create(path)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert load_or_create(path, no_randomness) == made
        assert path.read_bytes() == whole


@pytest.mark.parametrize(("first", "second"), list(itertools.product([None, b"", b"x" * 169], repeat=2))[1:])
def test_without_a_whole_copy_no_new_keys_are_made(path: Path, first: bytes | None, second: bytes | None) -> None:
    load_or_create(path)
    for place, content in ((path, first), (copy_path(path), second)):
        if content is None:
            place.unlink()
        else:
            place.write_bytes(content)
    with pytest.raises(KeyFileError, match="damaged") as refusal:
        load_or_create(path, no_randomness)
    assert f"mv {path.parent}" in refusal.value.sentence


def test_two_different_whole_copies_are_for_a_person_to_choose_from(path: Path, tmp_path: Path) -> None:
    load_or_create(path)
    load_or_create(tmp_path / "other")
    shutil.copyfile(tmp_path / "other", copy_path(path))
    with pytest.raises(KeyFileError, match="different keys") as refusal:
        load_or_create(path, no_randomness)
    assert f"rm {copy_path(path)}" in refusal.value.sentence


def test_a_healing_that_the_disk_refuses_does_not_stop_the_node(path: Path) -> None:
    made = load_or_create(path)
    copy_path(path).unlink()
    copy_path(path).with_name(copy_path(path).name + ".part").mkdir()
    assert load_or_create(path, no_randomness) == made
    assert not copy_path(path).exists()


def test_new_keys_that_cannot_be_kept_are_not_used(path: Path) -> None:
    path.parent.mkdir()
    path.with_name(path.name + ".part").mkdir()
    with pytest.raises(StorageError):
        load_or_create(path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(StorageError):
        load_or_create(tmp_path / "keys" / "deep" / "identity")


def test_something_else_of_that_name_is_refused(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path, 0o600)
    with pytest.raises(KeyFileError, match="not a file"):
        load_or_create(path)


def test_a_file_that_cannot_be_opened_is_refused_with_what_to_type(path: Path) -> None:
    load_or_create(path)
    path.unlink()
    path.symlink_to(path.name)
    with pytest.raises(KeyFileError, match="cannot be read") as refusal:
        load_or_create(path, no_randomness)
    assert f"sudo chown $USER {path}" in refusal.value.sentence


@pytest.mark.skipif(not UNREADABLE.exists(), reason="needs a file that opens but gives an input/output error")
def test_a_copy_on_a_bad_sector_heals(path: Path) -> None:
    made = load_or_create(path)
    path.unlink()
    path.symlink_to(UNREADABLE)
    assert load_or_create(path, no_randomness) == made
    assert not path.is_symlink()


FURTHER = [
    pytest.param(
        Identity(DeviceKeys.generate(seeded("tablet")), seeded_identity("alice").member), id="another device of alice"
    ),
    pytest.param(seeded_hub("elm"), id="a hub, which is nobody's"),
]


@pytest.mark.parametrize("further", FURTHER)
def test_a_device_without_a_member_key_is_found_again(path: Path, further: Identity) -> None:
    path.parent.mkdir()
    for place in (path, copy_path(path)):
        place.write_bytes(_pack(further))
        place.chmod(0o600)
    assert load_or_create(path, no_randomness) == further


@pytest.mark.parametrize("further", FURTHER)
def test_keys_that_no_network_knows_can_be_replaced(path: Path, further: Identity) -> None:
    load_or_create(path)
    replace(path, further)
    assert load(path) == further
    path.unlink()
    assert load(path) == further
    assert load_or_create(path, no_randomness) == further


def test_reading_makes_no_keys(path: Path) -> None:
    assert load(path) is None
    path.parent.mkdir()
    path.write_bytes(b"damaged")
    path.chmod(0o600)
    assert load(path) is None


def test_a_replacement_that_the_disk_refuses_leaves_the_old_keys(path: Path) -> None:
    made = load_or_create(path)
    path.with_name(path.name + ".part").mkdir()
    with pytest.raises(StorageError):
        replace(path, seeded_hub("elm"))
    assert load_or_create(path, no_randomness) == made


def test_two_that_start_at_once_get_the_same_keys(path: Path) -> None:
    found: list[Identity] = []
    second = threading.Thread(target=lambda: found.append(load_or_create(path, seeded("second"))))

    def random_while_another_starts(count: int) -> bytes:
        if second.ident is None:
            second.start()
            second.join(0.2)
        return first(count)

    first = seeded("first")
    found.append(load_or_create(path, random_while_another_starts))
    second.join()
    assert found[0] == found[1] == Identity.generate(seeded("first"))
