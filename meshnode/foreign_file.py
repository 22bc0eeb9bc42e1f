"""Foreign files: reads what somebody else put on a stick or into a folder, and is surprised by nothing.

Rules of this module:
1. Only regular files, opened without following a link and without waiting for anybody: not a pipe, not a device.
2. Never more bytes in memory than the caller's bound, whatever the file says of its size or does meanwhile.
3. Names come from the folder, never from inside a file. What is written there replaces a name, never what a link of
   that name points to.
4. Every refusal is a `ForeignFile` with a sentence.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from pathlib import Path

from crdt.display import display_line
from meshnode.errors import DiskFull, ForeignFile, StorageError

MOST_NAMES = 10_000
"""Looked at in one folder: a stick that holds more was not prepared for this."""
NAME_LETTERS = 40
TRIED_BYTES = 16 * 1024
"""As much as the largest file that a joining needs."""
_NOT_IN_NAMES = re.compile(r"[^\w -]+")
_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_WRITING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_ANOTHER_FOLDER = "Plug the stick in once more, or name another folder."
_WHAT_HELPS = {
    errno.ENOSPC: "The stick is full: delete something from it, or take another one.",
    errno.EDQUOT: "There is no room for you there: delete something, or take another stick.",
    errno.EROFS: "The stick is write-protected: slide its little lock, or take another one.",
    errno.EACCES: "You may not write there: name another folder, or take another stick.",
    errno.EPERM: "You may not write there: name another folder, or take another stick.",
    errno.ENOENT: "There is no such folder: is the stick plugged in?",
    errno.ENOTDIR: "That is no folder: name the stick's folder.",
    errno.EIO: "The stick may be broken: take another one.",
}


def read_foreign(path: Path, most_bytes: int) -> bytes:
    """The content of a file, at most `most_bytes` long.

    Raises:
        ForeignFile: it is no regular file, longer, or cannot be read.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _no_file(path)
        descriptor = os.open(path, _READING)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise _no_file(path)
        content = b"" if state.st_size > most_bytes else _read(descriptor, most_bytes + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(descriptor)
    if state.st_size > most_bytes or len(content) > most_bytes:
        raise ForeignFile(
            f"{_shown(path)} is far too long for what it should be.", next_step="Ask for the file once more."
        )
    return content


def foreign_files(folder: Path, suffix: str, most: int) -> list[Path]:
    """The files in a folder whose names end so, sorted; `read_foreign` says which of them are any good.

    Raises:
        ForeignFile: there is no such folder, it cannot be read, or there are more than `most`.
    """
    found: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= MOST_NAMES:
                    break
                if entry.name.endswith(suffix) and not entry.name.startswith("."):
                    found.append(Path(entry.path))
    except OSError as error:
        raise _unreadable(folder, error) from error
    if len(found) > most:
        raise ForeignFile(
            f"There are more than {most} files of this kind in {_shown(folder)}.",
            next_step="Put those that are meant into a folder of their own.",
        )
    return sorted(found)


def write_foreign(folder: Path, name: str, suffix: str, content: bytes) -> Path:
    """Put a file on a stick, under a name made of letters that every stick takes; where it is.

    Raises:
        StorageError: it cannot be written.
    """
    plain = _NOT_IN_NAMES.sub("", display_line(name)).strip(" -")[:NAME_LETTERS].strip() or "neighbour"
    path = folder / f"{plain}{suffix}"
    part = folder / f".{plain}{suffix}.part"
    try:
        try:
            _put(part, content)
            part.replace(path)
            _settle(folder)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def try_out(folder: Path) -> None:
    """Find out whether a folder takes a small file, and leave nothing there.

    Raises:
        StorageError: it does not.
    """
    part = folder / ".meshnode-try.part"
    try:
        try:
            _put(part, bytes(TRIED_BYTES))
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _put(part: Path, content: bytes) -> None:
    """Write a new file until it lies on the stick."""
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, _WRITING, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the name on the stick, too, before anybody pulls it out; some file systems know no such thing."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> StorageError:
    number = error.errno or 0
    kind = DiskFull if number in {errno.ENOSPC, errno.EDQUOT} else StorageError
    return kind(
        f"{_shown(path)} could not be written: {error.strerror}.", next_step=_WHAT_HELPS.get(number, _ANOTHER_FOLDER)
    )


def _read(descriptor: int, most_bytes: int) -> bytes:
    content = b""
    while len(content) < most_bytes and (more := os.read(descriptor, most_bytes - len(content))):
        content += more
    return content


def _no_file(path: Path) -> ForeignFile:
    return ForeignFile(f"{_shown(path)} is no ordinary file (a link, a pipe or a folder), so it is not opened.")


def _unreadable(path: Path, error: OSError) -> ForeignFile:
    if error.errno in {errno.ELOOP, errno.ENXIO}:
        return _no_file(path)
    return ForeignFile(f"{_shown(path)} cannot be read: {error.strerror}.")


def _shown(path: Path) -> str:
    return display_line(str(path))
