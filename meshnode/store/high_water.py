"""High-water mark: how much the database held when it was last known, kept in a file outside it.

Rules of this module:
1. SQLite calls a database whole whose write-ahead log was deleted; only somebody who remembers the count can tell.
2. The mark may be behind the database, never ahead of what was committed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from meshnode.durable_file import durable_file

FILE_NAME = "state.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """What the database held; `clean` says that it was closed in order."""

    database: str = ""
    changes: int = 0
    statements: int = 0
    clean: bool = False


def read_mark(folder: Path) -> Mark | None:
    """The mark, or None where there is none that can be read."""
    try:
        found = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return Mark(str(found["database"]), int(found["changes"]), int(found["statements"]), bool(found["clean"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_mark(folder: Path, mark: Mark) -> None:
    """Keep the mark.

    Raises:
        StorageError: the disk did not take it; the older one is untouched.
    """
    with durable_file(folder / FILE_NAME) as file:
        file.write(json.dumps(asdict(mark)).encode() + b"\n")
