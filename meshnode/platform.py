"""Platform: where things live on this machine, and the few calls that differ between Linux and macOS.

Rules of this module:
1. Whatever depends on the operating system is here and nowhere else.
2. Folders follow the XDG rules on macOS too, so that one README is true everywhere; `MESHNODE_HOME` overrides them all.
3. What is made here is for its owner alone (0700), and what somebody else owns is not trusted.
4. The socket's path is always short, because kernels take no long ones.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import stat
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from meshnode.errors import BadInput, StorageError, UsageError

DEFAULT_PROFILE: Final = "default"
MAX_PROFILE_LETTERS: Final = 32
MAX_SOCKET_BYTES: Final = 99
MAX_GIVEN_SOCKET_BYTES: Final = 103
"""What macOS takes; Linux takes 107."""
PRIVATE: Final = 0o700

_PROFILE = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{MAX_PROFILE_LETTERS - 1}}}")


def require_supported(system: str = sys.platform) -> None:
    """Say in one sentence where meshnode runs, where it does not.

    Raises:
        UsageError: this is Windows.
    """
    if system in {"win32", "cygwin"}:
        raise UsageError(
            "meshnode runs on Linux and macOS, not on Windows itself.",
            next_step="On Windows, use it inside WSL 2 (`wsl --install`), or start Linux from a USB stick.",
        )


def check_profile(name: str) -> str:
    """A profile's name, which becomes part of paths.

    Raises:
        BadInput: it is not 1 to 32 small letters, digits and hyphens.
    """
    if not _PROFILE.fullmatch(name):
        raise BadInput(
            f"{name!r} cannot be a profile's name.",
            next_step=f"Use 1 to {MAX_PROFILE_LETTERS} of a-z, 0-9 and hyphens, for example `allotment`.",
        )
    return name


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders that all profiles of one user share."""

    config: Path
    data: Path
    state: Path
    runtime: Path

    @classmethod
    def under(cls, home: Path) -> Roots:
        """Everything in one folder."""
        home = home.absolute()
        return cls(home / "config", home / "data", home / "state", home / "run")

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Roots:
        """The folders that an environment names: `MESHNODE_HOME`, or the XDG ones."""
        if home := environment.get("MESHNODE_HOME"):
            return cls.under(Path(home).expanduser())
        own = Path(environment.get("HOME") or Path.home())

        def xdg(name: str, usual: str) -> Path:
            given = environment.get(name, "")
            # The XDG rules: a relative path is invalid and has to be ignored.
            return (Path(given) if given.startswith("/") else own / usual) / "meshnode"

        return cls(
            xdg("XDG_CONFIG_HOME", ".config"),
            xdg("XDG_DATA_HOME", ".local/share"),
            xdg("XDG_STATE_HOME", ".local/state"),
            _runtime(environment),
        )


@dataclass(frozen=True, slots=True)
class Paths:
    """Where one profile keeps its things; `--config` and `--socket` may move two of them."""

    profile: str = DEFAULT_PROFILE
    roots: Roots = field(default_factory=lambda: Roots.of(os.environ))
    config_given: Path | None = None
    socket_given: Path | None = None

    def __post_init__(self) -> None:
        check_profile(self.profile)
        if self.socket_given is not None and len(os.fsencode(self.socket_given)) > MAX_GIVEN_SOCKET_BYTES:
            raise BadInput(
                f"The socket's path is longer than the {MAX_GIVEN_SOCKET_BYTES} bytes that the system takes.",
                next_step="Give a shorter one with --socket.",
            )

    @property
    def config(self) -> Path:
        """The settings file; it need not exist."""
        return self.config_given or self.roots.config / f"{self.profile}.toml"

    @property
    def data(self) -> Path:
        """The profile's own folder: losing it is losing the profile."""
        return self.roots.data / self.profile

    @property
    def keys(self) -> Path:
        """The folder of the key file and its copy; nothing else lies in it."""
        return self.data / "keys"

    @property
    def network(self) -> Path:
        """The folder of the database."""
        return self.data / "network"

    @property
    def state(self) -> Path:
        """The profile's logs."""
        return self.roots.state / self.profile

    @property
    def log(self) -> Path:
        """The node's log; older parts lie beside it."""
        return self.state / "meshnode.log"

    @property
    def crash(self) -> Path:
        """The last unexpected error of a command or screen."""
        return self.state / "crash.log"

    @property
    def socket(self) -> Path:
        """Where the node listens for screens and commands."""
        return self.socket_given or short_socket(self.roots.runtime, self.profile)

    def where(self) -> dict[str, str]:
        """Every path with its name, as `meshnode where` shows them."""
        names = ("config", "data", "keys", "network", "log", "socket")
        return {"profile": self.profile} | {name: str(getattr(self, name)) for name in names}

    def prepare(self) -> None:
        """Make the folders, for the owner alone; raises StorageError as `private_folder` does."""
        for folder in (self.data, self.keys, self.network, self.state):
            private_folder(folder)
        if self.socket_given is None:
            check_socket_folder(self)
            private_folder(self.socket.parent)


def profile_names(roots: Roots) -> list[str]:
    """The profiles there are, by name."""
    if not roots.data.is_dir():
        return []
    return sorted(each.name for each in roots.data.iterdir() if each.is_dir() and _PROFILE.fullmatch(each.name))


def private_folder(path: Path) -> None:
    """Make a folder, and those above it, that only its owner may enter.

    Raises:
        StorageError: it cannot be made, or belongs to somebody else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        path.mkdir(exist_ok=True, mode=PRIVATE)
        owner = path.stat()
        if owner.st_uid != os.getuid():
            raise StorageError(f"{path} belongs to another user.", next_step=f"Look into it: ls -ld {path}")
        if stat.S_IMODE(owner.st_mode) & 0o077:
            path.chmod(PRIVATE)
    except OSError as error:
        raise StorageError(
            f"The folder {path} cannot be made: {error.strerror}.",
            next_step="Choose another place with MESHNODE_HOME=FOLDER, or mend its permissions.",
        ) from error


def is_ours(folder: Path) -> bool:
    """Whether a folder is a real one (no link) that belongs to this user and that others cannot write to."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


def short_socket(folder: Path, profile: str) -> Path:
    """The profile's socket in `folder`, or in a short folder of this user's in /tmp if that is too long."""
    path = folder / f"{profile}.sock"
    if len(os.fsencode(path)) <= MAX_SOCKET_BYTES:
        return path
    mark = hashlib.blake2b(os.fsencode(folder), digest_size=4).hexdigest()
    return _own_temporary() / f"{profile}-{mark}.sock"


def _own_temporary() -> Path:
    # Not TMPDIR: on macOS it is long, and it may differ between a login and a service of the same user.
    return Path("/tmp") / f"meshnode-{os.getuid()}"


def _runtime(environment: Mapping[str, str]) -> Path:
    """The folder for sockets: the session's own if there is one, also where the environment forgot to say so."""
    for given in (environment.get("XDG_RUNTIME_DIR", ""), f"/run/user/{os.getuid()}"):
        # After `su` the variable may still name somebody else's folder.
        if given.startswith("/") and is_ours(Path(given)):
            return Path(given) / "meshnode"
    return _own_temporary()


def check_socket_folder(paths: Paths) -> None:
    """Refuse to speak to a socket in a folder that another user has put in our place.

    Raises:
        StorageError: the folder exists and is not ours.
    """
    folder = paths.socket.parent
    if paths.socket_given is None and os.path.lexists(folder) and not is_ours(folder):
        raise StorageError(
            f"{folder} is not a private folder of yours, so meshnode does not use it.",
            next_step="Remove it, or set XDG_RUNTIME_DIR or MESHNODE_HOME to a folder of your own.",
        )


def peer_uid(connection: socket.socket) -> int | None:
    """The user at the other end of a Unix socket, as the kernel knows it."""
    try:
        if sys.platform == "darwin":
            # struct xucred { u_int version; uid_t uid; ... } by getsockopt(SOL_LOCAL, LOCAL_PEERCRED)
            _, uid = struct.unpack("=II", connection.getsockopt(0, 1, 76)[:8])
        else:
            packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            _, uid, _ = struct.unpack("3i", packed)
    except (OSError, struct.error):
        return None
    return int(uid)


def may_attach(connection: socket.socket, path: Path) -> bool:
    """Whether the user at the other end may use this node: its own user, or one put into the socket's group."""
    uid = peer_uid(connection)
    if uid is None:
        return False
    return uid == os.getuid() or _listed_in_group(uid, path)


def _listed_in_group(uid: int, path: Path) -> bool:
    """Whether the user was added to the group by name; sharing a first group (macOS: staff) does not count."""
    import grp
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name in grp.getgrgid(path.stat().st_gid).gr_mem
    except (KeyError, OSError):
        return False


def sd_notify(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell systemd how the service is, for example "READY=1"; False where nobody listens."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
            notifier.sendto(state.encode(), address)
    except OSError:
        return False
    return True


def under_journald(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether what is written to stderr goes to the journal."""
    try:
        device, inode = environment.get("JOURNAL_STREAM", "").split(":")
        error = os.fstat(2)
        return (int(device), int(inode)) == (error.st_dev, error.st_ino)
    except (ValueError, OSError):
        return False
