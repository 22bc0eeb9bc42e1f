"""Database: opening one SQLite file so that a power cut costs nothing that was acknowledged.

Rules of this module:
1. WAL, synchronous=FULL, no mmap (a lost page would be a lost row), the directory flushed after creation.
2. The schema moves forward by numbered files, each in one transaction with its number; a newer file is refused.
3. Two processes never write one folder: whoever holds the lock has it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from importlib import resources
from pathlib import Path

from meshnode.durable_file import fsync_directory
from meshnode.errors import DiskFull, NewerStorage, NodeBusy, StorageDamaged, StorageError

FILE_NAME = "meshnode.sqlite"
BUSY_SECONDS = 10.0
CACHE_KIB = 4096
"""What a Pi with 512 MB can spare for each of the two connections."""


def lock_folder(folder: Path) -> int:
    """Take the folder for this process; the descriptor that holds it.

    Raises:
        NodeBusy: another process has it.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            raise NodeBusy from error
        raise StorageError(f"The folder {folder} cannot be locked: {error.strerror}.") from error
    return descriptor


def connect(path: Path) -> sqlite3.Connection:
    """One connection; transactions are begun by hand."""
    database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "mmap_size=0", f"cache_size=-{CACHE_KIB}"):
        database.execute(f"PRAGMA {pragma}")
    return database


def open_database(path: Path, *, thorough: bool) -> sqlite3.Connection:
    """Open, check and migrate.

    Args:
        path: the file; created if missing.
        thorough: look through the whole file, because the last end was not an orderly one.

    Raises:
        StorageDamaged: SQLite cannot make sense of the file.
        NewerStorage: a newer meshnode wrote it.
        DiskFull, StorageError: it cannot be opened.
    """
    created = not path.exists()
    try:
        database = connect(path)
        if thorough and not created:
            found = database.execute("PRAGMA quick_check(1)").fetchone()
            if found != ("ok",):
                raise sqlite3.DatabaseError(str(found))
        migrate(database)
        if created:
            fsync_directory(path.parent)
    except sqlite3.Error as error:
        raise storage_error(error) from error
    return database


def migrate(database: sqlite3.Connection) -> None:
    """Bring the schema up to date.

    Raises:
        NewerStorage: it is ahead of this version.
    """
    steps = migration_steps()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise NewerStorage
    for number, script in list(enumerate(steps, 1))[version:]:
        # One script, one transaction: a cut in the middle leaves the step before.
        database.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={number};\nCOMMIT;")


def migration_steps() -> list[str]:
    """The scripts in order."""
    folder = resources.files("meshnode.store.migrations")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def storage_error(error: sqlite3.Error) -> StorageError:
    """What an error of SQLite means to a person."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return DiskFull()
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or not isinstance(error, sqlite3.OperationalError):
        return StorageDamaged(f"The database is damaged ({error}).")
    return StorageError(f"The disk did not take it ({error}). Nothing was acknowledged.")
