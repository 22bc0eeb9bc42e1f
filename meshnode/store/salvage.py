"""Salvage: what to do with a database that SQLite cannot make sense of.

Rules of this module:
1. Nothing is thrown away: the damaged files go to `quarantine/<time>/` as they are.
2. A row is taken over only if the caller's check of its bytes passes; SQLite's own opinion of a page is not asked.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from meshnode.durable_file import fsync_directory
from meshnode.store.database import FILE_NAME

Check = Callable[[bytes, bytes], bool]
"""Whether a change's id and envelope belong together."""
SUFFIXES = ("", "-wal", "-shm")
STEP = 64
PAGE_SIZE_AT = 16
PAGE_COUNT_AT = 28


def set_aside(folder: Path, stamp: str) -> Path:
    """Move the database's files to quarantine; where the database is now."""
    quarantine = folder / "quarantine" / stamp
    quarantine.mkdir(parents=True, exist_ok=True)
    for suffix in SUFFIXES:
        source = folder / (FILE_NAME + suffix)
        if source.exists():
            source.replace(quarantine / source.name)
    fsync_directory(folder)
    return quarantine / FILE_NAME


def pad(path: Path) -> None:
    """Give a file that was cut short the length its header names, in zeros: SQLite refuses a short one outright."""
    with contextlib.suppress(OSError), path.open("r+b") as file:
        header = file.read(100)
        page = int.from_bytes(header[PAGE_SIZE_AT : PAGE_SIZE_AT + 2], "big") or 4096
        wanted = (65536 if page == 1 else page) * int.from_bytes(header[PAGE_COUNT_AT : PAGE_COUNT_AT + 4], "big")
        if file.seek(0, 2) < wanted < 2**40:
            file.truncate(wanted)


def salvage_rows(path: Path, table: str, columns: str) -> Iterator[tuple[object, ...]]:
    """Every row of a table that can still be read, skipping what cannot."""
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        (highest,) = database.execute(f"SELECT max(row) FROM {table}").fetchone()
    except sqlite3.Error:
        highest = None
        with contextlib.suppress(sqlite3.Error):
            database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            highest = _highest_by_trying(database, table)
    if not highest:
        return
    with contextlib.closing(database):
        for start in range(1, highest + 1, STEP):
            yield from _range(database, table, columns, start, min(start + STEP, highest + 1))


def _highest_by_trying(database: sqlite3.Connection, table: str) -> int:
    """Double a row number until nothing is found any more."""
    highest = STEP
    while highest < 2**31:
        try:
            if database.execute(f"SELECT 1 FROM {table} WHERE row >= ? LIMIT 1", (highest,)).fetchone() is None:
                return highest
        except sqlite3.Error:
            pass
        highest *= 2
    return 0


def _range(
    database: sqlite3.Connection, table: str, columns: str, start: int, end: int
) -> Iterator[tuple[object, ...]]:
    try:
        query = f"SELECT {columns} FROM {table} WHERE row >= ? AND row < ?"
        yield from database.execute(query, (start, end)).fetchall()
    except sqlite3.Error:
        if end - start > 1:
            middle = (start + end) // 2
            yield from _range(database, table, columns, start, middle)
            yield from _range(database, table, columns, middle, end)
