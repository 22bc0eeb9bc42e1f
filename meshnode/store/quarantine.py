"""Quarantine: where a damaged database is put, whole, before a new one takes its place.

Rules of this module:
1. Moved, never copied and never deleted: what cannot be read today may be read by somebody who knows more.
2. The database, its log and its index of the log go together.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from meshnode.durable_file import fsync_directory
from meshnode.errors import StorageError
from meshnode.store.database import FILE_NAME, SIDE_FILES

DIRECTORY_NAME: Final = "quarantine"


def anything_left(directory: Path) -> bool:
    """Whether any file of a database is there."""
    return any((directory / (FILE_NAME + side)).exists() for side in SIDE_FILES)


def move_to_quarantine(directory: Path) -> Path:
    """Move the files of the database; where they are now.

    Raises:
        StorageError: they cannot be moved.
    """
    stamp = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
    try:
        (directory / DIRECTORY_NAME).mkdir(mode=0o700, exist_ok=True)
        place = _fresh(directory / DIRECTORY_NAME / stamp)
        for side in SIDE_FILES:
            damaged = directory / (FILE_NAME + side)
            if damaged.exists():
                damaged.rename(place / damaged.name)
        for changed in (place, place.parent, directory):
            fsync_directory(changed)
    except OSError as error:
        raise StorageError(f"The damaged database in {directory} cannot be moved away: {error.strerror}.") from error
    return place


def _fresh(wanted: Path) -> Path:
    """A new directory of that name, or with a number when there is one already."""
    place, number = wanted, 1
    while True:
        try:
            place.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
            place = wanted.with_name(f"{wanted.name}-{number}")
        else:
            return place
