"""The copy of everything readable that a person takes along, for the commands and the screen.

Rules of this module:
1. What is sealed stays sealed in it; everybody on the boards is in it, by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from meshnode.errors import StorageError
from meshnode.export.json_lines import write_views

READABLE: Final = "board.jsonl"


def write_copy(folder: Path, views: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> tuple[Path, int]:
    """Write every view into a folder, which is made if need be; the file, and how many entries it holds.

    Args:
        folder: where to.
        views: what people see.
        names: what members are called, by key in hex.

    Raises:
        StorageError: the folder or the file could not be written; an older file is untouched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder / READABLE, write_views(folder / READABLE, views, names)
