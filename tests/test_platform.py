"""Paths, permissions and the few calls that differ between systems."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode import platform
from meshnode.errors import BadInput, StorageError, UsageError
from meshnode.platform import (
    MAX_SOCKET_BYTES,
    Paths,
    Roots,
    check_profile,
    check_socket_folder,
    may_attach,
    peer_uid,
    private_folder,
    profile_names,
    require_supported,
    sd_notify,
    short_socket,
    under_journald,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_windows_is_one_plain_sentence() -> None:
    with pytest.raises(UsageError, match="not on Windows") as refused:
        require_supported("win32")
    assert refused.value.exit_code == 2
    require_supported("linux")
    require_supported("darwin")


@pytest.mark.parametrize("name", ["default", "a", "0", "elm-street-2", "a" * 32])
def test_profile_names(name: str) -> None:
    assert check_profile(name) == name


@pytest.mark.parametrize("name", ["", "A", "..", "a/b", "-a", "a.b", "a\n", "a" * 33, "é", ".hidden", "a b"])
def test_what_cannot_be_a_profile(name: str) -> None:
    with pytest.raises(BadInput):
        Paths(name)


def test_meshnode_home_overrides_everything(tmp_path: Path) -> None:
    environment = {"MESHNODE_HOME": str(tmp_path), "XDG_DATA_HOME": "/elsewhere", "XDG_RUNTIME_DIR": "/run/user/0"}
    paths = Paths("elm", Roots.of(environment))
    for path in (paths.config, paths.data, paths.keys, paths.network, paths.state, paths.log):
        assert path.is_relative_to(tmp_path)
        assert "elm" in str(path)


def test_xdg_folders_are_used_and_relative_ones_ignored(tmp_path: Path) -> None:
    environment = {"HOME": "/home/ana", "XDG_DATA_HOME": "/big/share", "XDG_CONFIG_HOME": "not/absolute"}
    paths = Paths("elm", Roots.of(environment))
    assert paths.config == Path("/home/ana/.config/meshnode/elm.toml")
    assert paths.data == Path("/big/share/meshnode/elm")
    assert paths.log == Path("/home/ana/.local/state/meshnode/elm/meshnode.log")


def test_the_session_folder_is_used_for_sockets_only_if_it_is_ours(tmp_path: Path) -> None:
    ours = tmp_path / "run"
    ours.mkdir(mode=0o700)
    assert Roots.of({"HOME": "/", "XDG_RUNTIME_DIR": str(ours)}).runtime == ours / "meshnode"
    ours.chmod(0o777)
    assert Roots.of({"HOME": "/", "XDG_RUNTIME_DIR": str(ours)}).runtime != ours / "meshnode"
    assert Roots.of({"HOME": "/", "XDG_RUNTIME_DIR": str(tmp_path / "none")}).runtime.is_absolute()


@given(parts=st.lists(st.text(alphabet="abcé漢-", min_size=1, max_size=60), max_size=8))
def test_a_socket_path_is_always_short(parts: list[str]) -> None:
    folder = Path("/", *parts)
    path = short_socket(folder, "p" * 32)
    assert len(os.fsencode(path)) <= MAX_SOCKET_BYTES < 100
    assert path == short_socket(folder, "p" * 32)


def test_two_long_folders_do_not_share_a_socket() -> None:
    one, two = (short_socket(Path("/", "x" * 90, last), "home") for last in "ab")
    assert one != two
    assert one.parent == two.parent == Path("/tmp") / f"meshnode-{os.getuid()}"


def test_a_given_socket_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadInput):
        Paths("home", socket_given=Path("/" + "x" * 110))


def test_prepared_folders_are_for_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        paths = Paths("home", Roots.under(tmp_path / "here"))
        paths.prepare()
    finally:
        os.umask(before)
    for folder in (paths.data.parent, paths.data, paths.keys, paths.network, paths.state, paths.socket.parent):
        assert mode(folder) == 0o700
    paths.keys.chmod(0o755)
    paths.prepare()
    assert mode(paths.keys) == 0o700


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        private_folder(tmp_path / "file" / "folder")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(StorageError, match="belongs to another user"):
        private_folder(tmp_path)


def test_a_socket_folder_that_was_put_in_our_place_is_refused(tmp_path: Path) -> None:
    roots = Roots.under(tmp_path)
    paths = Paths("home", roots)
    check_socket_folder(paths)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    roots.runtime.symlink_to(elsewhere)
    with pytest.raises(StorageError):
        check_socket_folder(paths)
    with pytest.raises(StorageError):
        paths.prepare()
    check_socket_folder(Paths("home", roots, socket_given=roots.runtime / "s"))


def test_profiles_are_the_folders_that_can_be_ones(tmp_path: Path) -> None:
    roots = Roots.under(tmp_path)
    assert profile_names(roots) == []
    for name in ("elm", "allotment", ".hidden", "Not This"):
        (roots.data / name).mkdir(parents=True)
    (roots.data / "file").write_text("")
    assert profile_names(roots) == ["allotment", "elm"]


def test_the_kernel_says_who_is_at_the_other_end(tmp_path: Path) -> None:
    here, there = socket.socketpair()
    with here, there:
        assert peer_uid(here) == os.getuid()
        assert may_attach(here, tmp_path)
    with socket.socket(socket.AF_INET) as no_unix_socket:
        assert peer_uid(no_unix_socket) in {None, 2**32 - 1, -1}
        assert not may_attach(no_unix_socket, tmp_path)


def test_only_those_named_in_the_sockets_group_may_attach_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import grp
    import pwd

    others = [user for user in pwd.getpwall() if user.pw_uid != os.getuid()]
    named = next(((group, name) for group in grp.getgrall() for name in group.gr_mem), None)
    path = tmp_path / "s"
    path.write_text("")
    here, there = socket.socketpair()
    with here, there:
        stranger = others[0]
        monkeypatch.setattr(platform, "peer_uid", lambda _: stranger.pw_uid)
        if stranger.pw_name not in grp.getgrgid(path.stat().st_gid).gr_mem:
            assert not may_attach(here, path)
        if named and os.getuid() == 0:
            os.chown(path, -1, named[0].gr_gid)
            monkeypatch.setattr(platform, "peer_uid", lambda _: pwd.getpwnam(named[1]).pw_uid)
            assert may_attach(here, path)


def test_systemd_is_told(tmp_path: Path) -> None:
    for address in (str(tmp_path / "n"), f"@meshnode-test-{os.getpid()}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind("\0" + address[1:] if address.startswith("@") else address)
            assert sd_notify("READY=1", {"NOTIFY_SOCKET": address})
            assert systemd.recv(100) == b"READY=1"
    assert not sd_notify("READY=1", {})
    assert not sd_notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "nobody")})


def test_the_journal_is_recognised_by_its_stream() -> None:
    error = os.fstat(2)
    assert under_journald({"JOURNAL_STREAM": f"{error.st_dev}:{error.st_ino}"})
    assert not under_journald({"JOURNAL_STREAM": f"{error.st_dev}:{error.st_ino + 1}"})
    assert not under_journald({"JOURNAL_STREAM": "nonsense"})
    assert not under_journald({})
