"""Database: connections to the one SQLite file, with the settings that everything else relies on.

Rules of this module:
1. Write-ahead log with `synchronous=FULL`: a commit that returned is on the disk. Never memory-mapped: an I/O error in
   a mapping corrupts instead of failing. What is deleted is overwritten: forgotten means gone from the file, and a row
   that was freed without that years ago could not be found again to be wiped.
2. Whatever SQLite raises leaves here as one of `meshnode.errors`; the caller learns whether the disk is full, the file
   is damaged or something else went wrong.
3. A read is finished before its method returns: no snapshot stays open and keeps the log from being taken in.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from meshnode.errors import DiskFull, StorageDamaged, StorageError

FILE_NAME: Final = "meshnode.sqlite"
SIDE_FILES: Final = ("", "-wal", "-shm")
"""What one database consists of on the disk."""
PAGE_BYTES: Final = 4096
WRITER_CACHE_KIB: Final = 4096
"""Holds the pages that a batch of 500 random ids touches in the indexes of 100,000 changes."""
READER_CACHE_KIB: Final = 2048
LOG_BYTES: Final = 4 * 1024 * 1024
"""A log that grew during a backlog is cut back to this."""
FULL_BELOW_BYTES: Final = 64 * 1024
"""Less free space than this makes an unspecific I/O error a full disk."""
ID_GROUPS: Final = (1, 8, 64, 512)
"""Sizes of `IN (...)` lists, so that few statements have to be prepared."""

Row = tuple[Any, ...]

_FULL = {sqlite3.SQLITE_FULL}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_UNSPECIFIC = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_PRIMARY_CODE = 0xFF


def connect(path: Path, *, cache_kib: int, read_only: bool = False) -> sqlite3.Connection:
    """Open the file with every setting made; it is created when missing.

    Raises:
        StorageError: it cannot be opened; the class says why.
    """
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    except sqlite3.Error as error:
        raise storage_error(error, path.parent) from error
    try:
        connection.execute("PRAGMA mmap_size=0")
        if connection.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
            raise StorageError(f"{path.parent} is on a disk that cannot keep a write-ahead log.")
        for setting in (
            "synchronous=FULL",
            f"cache_size=-{cache_kib}",
            f"journal_size_limit={LOG_BYTES}",
            "cell_size_check=ON",
            "trusted_schema=OFF",
            "secure_delete=ON",
            *(("query_only=ON",) if read_only else ()),
        ):
            connection.execute(f"PRAGMA {setting}")
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise storage_error(error, path.parent) from error
        raise
    return connection


def storage_error(error: Exception, directory: Path) -> StorageError:
    """What an error of SQLite or of the system means for a person."""
    if isinstance(error, StorageError):
        return error
    if isinstance(error, OSError):
        kind = DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else StorageError
        return kind(f"{directory}: {error.strerror}.") if kind is StorageError else DiskFull()
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code in _FULL or (code in _UNSPECIFIC and free_bytes(directory) < FULL_BELOW_BYTES):
        return DiskFull()
    if code in _DAMAGED:
        return StorageDamaged(f"The database in {directory} is damaged: {error}.")
    return StorageError(f"The database in {directory} cannot be used: {error}.")


def free_bytes(directory: Path) -> int:
    """How much more fits on the disk of a directory."""
    try:
        numbers = os.statvfs(directory)
    except OSError:
        return 0
    return numbers.f_bavail * numbers.f_frsize


def id_groups(ids: Sequence[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Cut ids into `(placeholders, arguments)` for `IN`; short groups are filled up with their last id."""
    at = 0
    while at < len(ids):
        left = len(ids) - at
        size = next((size for size in ID_GROUPS if size >= left), ID_GROUPS[-1])
        group = list(ids[at : at + size])
        at += len(group)
        group.extend(group[-1:] * (size - len(group)))
        yield f"({','.join('?' * size)})", group


class Reader:
    """The one connection that reads for the event loop's thread; it sees what is committed."""

    def __init__(self, path: Path, on_damage: Callable[[StorageDamaged], None]) -> None:
        self._connection = connect(path, cache_kib=READER_CACHE_KIB, read_only=True)
        self._directory = path.parent
        self._on_damage = on_damage

    def all(self, query: str, arguments: Sequence[object] = ()) -> list[Row]:
        """Every row of an answer.

        Raises:
            StorageError: it cannot be read.
        """
        try:
            return self._connection.execute(query, arguments).fetchall()
        except sqlite3.Error as error:
            raise self._failure(error) from error

    def one(self, query: str, arguments: Sequence[object] = ()) -> Row | None:
        """The first row of an answer.

        Raises:
            StorageError: it cannot be read.
        """
        rows = self.all(query, arguments)
        return rows[0] if rows else None

    def some(self, query: str, arguments: Sequence[object], enough: Callable[[Row], bool]) -> list[Row]:
        """Rows up to and including the first that is `enough`.

        Raises:
            StorageError: they cannot be read.
        """
        rows: list[Row] = []
        try:
            cursor = self._connection.execute(query, arguments)
            try:
                for row in cursor:
                    rows.append(row)
                    if enough(row):
                        break
            finally:
                cursor.close()
        except sqlite3.Error as error:
            raise self._failure(error) from error
        return rows

    def of_ids(self, query: str, ids: Sequence[bytes]) -> list[Row]:
        """Every row whose id is one of `ids`; `{ids}` in the query stands for their list."""
        rows: list[Row] = []
        for places, group in id_groups(ids):
            rows.extend(self.all(query.format(ids=places), group))
        return rows

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _failure(self, error: sqlite3.Error) -> StorageError:
        failure = storage_error(error, self._directory)
        if isinstance(failure, StorageDamaged):
            self._on_damage(failure)
        return failure
