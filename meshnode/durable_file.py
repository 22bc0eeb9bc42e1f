"""Durable files: written beside their name, flushed to the disk, then renamed.

Rules of this module:
1. Whoever opens the name finds the whole old file or the whole new one, also after a power cut.
2. The directory is flushed too: a rename that the disk has not heard of did not happen.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from meshnode.errors import DiskFull, StorageError


@contextlib.contextmanager
def durable_file(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of `path` when the block ends well.

    Raises:
        DiskFull, StorageError: it could not be written; an older file of that name is untouched.
    """
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        fsync_directory(path.parent)
    except OSError as error:
        kind = DiskFull if error.errno == errno.ENOSPC else StorageError
        raise kind(f"{path} could not be written: {error.strerror}.") from error


def fsync_directory(path: Path) -> None:
    """Have the disk keep what was created, renamed or removed in a directory."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
