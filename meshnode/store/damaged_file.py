"""Damaged file: reads what can still be read of a database in quarantine, row by row if need be.

SQLite gives up a short file as a whole. Padded with zeros to the size that its header tells, and with the first page of
an empty database of the same schema where that page is damaged, it gives back every row whose own pages are whole.

Rules of this module:
1. Works on a copy; the file in quarantine stays as it is.
2. Never raises for damage: what cannot be read is left out. Whether a row is true is for the caller to check.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from meshnode.store.database import FILE_NAME, PAGE_BYTES, Row, connect
from meshnode.store.migration import migrate, shipped_steps

WORK_NAME: Final = "work.sqlite"
TWIN_NAME: Final = "twin.sqlite"
ROWS_AT_A_TIME: Final = 256
ROWS_A_PAGE: Final = 16
"""More rows than this do not fit on a page: an envelope alone is over 130 bytes, its row over 300."""
ROWS_SINCE_HINT: Final = 50_000
"""The hint is a few seconds old; no disk takes more in that time."""
CACHE_KIB: Final = 2048
_MAGIC: Final = b"SQLite format 3\0"
_PAGES = slice(28, 32)
"""Where the header tells how many pages the file has."""


class DamagedFile:
    """A readable copy of a database in quarantine."""

    def __init__(self, place: Path) -> None:
        """Make the copy; `close` removes it."""
        self._work = place / WORK_NAME
        self._twin = place / TWIN_NAME
        source = place / FILE_NAME
        if source.exists():
            shutil.copyfile(source, self._work)
        log = source.with_name(FILE_NAME + "-wal")
        if log.exists():
            shutil.copyfile(log, self._work.with_name(WORK_NAME + "-wal"))
        self._pad()
        self._connection = self._open()

    def close(self) -> None:
        """Remove the copy."""
        if self._connection is not None:
            self._connection.close()
        for name in (WORK_NAME, TWIN_NAME):
            for side in ("", "-wal", "-shm", "-journal"):
                self._work.with_name(name + side).unlink(missing_ok=True)

    def rows(self, table: str, columns: str, hint: int) -> Iterator[Row]:
        """Every row of a numbered table that can be read; `hint` is a row that it once had."""
        most = self._pages() * ROWS_A_PAGE
        last = max(self._newest(table), min(most, hint + ROWS_SINCE_HINT) if hint else most)
        query = f"SELECT {columns} FROM {table} NOT INDEXED WHERE row BETWEEN ? AND ?"
        for low in range(1, last + 1, ROWS_AT_A_TIME):
            yield from self._between(query, low, low + ROWS_AT_A_TIME - 1)

    def small(self, query: str) -> list[Row]:
        """A small table, whole or not at all."""
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query).fetchall()
        except sqlite3.Error:
            return []

    def _between(self, query: str, low: int, high: int) -> list[Row]:
        """Halve the range around what cannot be read."""
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, (low, high)).fetchall()
        except sqlite3.Error:
            if low == high:
                return []
        middle = (low + high) // 2
        return [*self._between(query, low, middle), *self._between(query, middle + 1, high)]

    def _newest(self, table: str) -> int:
        found = self.small(f"SELECT max(row) FROM {table}")
        return found[0][0] or 0 if found else 0

    def _pages(self) -> int:
        return -(-self._work.stat().st_size // PAGE_BYTES) if self._work.exists() else 0

    def _pad(self) -> None:
        """Bring a short file to the size that its header tells."""
        if not self._work.exists():
            return
        with self._work.open("r+b") as file:
            head = file.read(100)
            pages = int.from_bytes(head[_PAGES], "big") if head.startswith(_MAGIC) else 0
            size = self._work.stat().st_size
            told = pages * PAGE_BYTES
            # A header that tells of far more than there is was damaged itself.
            wanted = told if size <= told <= max(64 * size, 1024 * PAGE_BYTES) else -(-size // PAGE_BYTES) * PAGE_BYTES
            file.truncate(wanted)

    def _open(self) -> sqlite3.Connection | None:
        connection = self._try()
        if connection is None and self._work.exists():
            self._borrow_first_page()
            connection = self._try()
        return connection

    def _try(self) -> sqlite3.Connection | None:
        """Open the copy; None when its tables cannot be found."""
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self._work, isolation_level=None)
            connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            found = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name IN ('changes', 'statements')")
            if found.fetchone() == (2,):
                return connection
        except sqlite3.Error:
            pass
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
        return None

    def _borrow_first_page(self) -> None:
        """Take header and schema from an empty database of the same schema, whose tables begin on the same pages."""
        twin = connect(self._twin, cache_kib=CACHE_KIB)
        migrate(twin, shipped_steps())
        twin.close()
        first = bytearray(self._twin.read_bytes()[:PAGE_BYTES])
        first[_PAGES] = self._pages().to_bytes(4, "big")
        with self._work.open("r+b") as file:
            file.write(first)
