"""Directory lock: one process at a time may open a store.

Rules of this module:
1. `flock` on the directory itself: it ends with the process however that ends, and leaves no file behind.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from meshnode.errors import NodeBusy, StorageError


class DirectoryLock:
    """Held from construction until `release`."""

    def __init__(self, directory: Path) -> None:
        """Take the lock.

        Raises:
            NodeBusy: another process, or another store in this one, holds it.
            StorageError: the directory cannot be opened.
        """
        try:
            self._descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise StorageError(f"{directory} cannot be opened: {error.strerror}.") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            if isinstance(error, BlockingIOError):
                raise NodeBusy from error
            raise StorageError(f"{directory} cannot be locked: {error.strerror}.") from error

    def release(self) -> None:
        """Let others in."""
        os.close(self._descriptor)
