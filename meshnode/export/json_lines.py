"""JSON lines: every view of a replica, one a line, for people who leave and for other programs.

Rules of this module:
1. What is written is what people see, with members' names beside their ids.
2. A file is written beside its name, flushed, then renamed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from meshnode.durable_file import durable_file


def write_views(path: Path, views: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> int:
    """Write views to `path`; how many there were.

    Raises:
        StorageError: the file could not be written; an older file of that name is untouched.
    """
    count = 0
    with durable_file(path) as file:
        file.write(_line({"members": dict(names)}))
        for view in views:
            file.write(_line(view))
            count += 1
    return count


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
