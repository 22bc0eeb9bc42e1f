"""Reserve: a megabyte kept back, because a database in a completely full directory cannot even be opened.

Rules of this module:
1. Given up only to open the database; taken again when there is room to spare.
2. Really allocated, not a hole.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from meshnode.durable_file import durable_file
from meshnode.errors import StorageError
from meshnode.store.database import free_bytes

FILE_NAME: Final = "reserve"
RESERVE_BYTES: Final = 1024 * 1024
ROOM_TO_SPARE_BYTES: Final = 4 * RESERVE_BYTES
"""Taken again only when that much is free: the room that somebody just made is for their writing first."""


class Reserve:
    """The reserve of one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file = directory / FILE_NAME

    @property
    def whole(self) -> bool:
        """Whether it is there."""
        try:
            return self._file.stat().st_size == RESERVE_BYTES
        except OSError:
            return False

    def give_up(self) -> bool:
        """Free its room; False when there is none to free."""
        try:
            self._file.unlink()
        except OSError:
            return False
        return True

    def take(self) -> None:
        """Have it there, if there is room to spare."""
        if not self.whole and free_bytes(self._directory) >= ROOM_TO_SPARE_BYTES:
            with contextlib.suppress(StorageError), durable_file(self._file) as file:
                file.write(b"\xa5" * RESERVE_BYTES)
