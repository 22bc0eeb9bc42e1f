"""Opening: what a store does at its start, before anybody may write: lock, check, repair, migrate, compare.

Rules of this module:
1. A database that is missing, older than the mark or damaged makes the store *recovering*, never new.
2. The file is read through only after an end that was not in order; a large one is read in the background.
3. Nothing is thrown away: what was damaged lies in `quarantine`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from meshnode.durable_file import fsync_directory
from meshnode.errors import DiskFull, StorageDamaged, StorageError
from meshnode.store.database import FILE_NAME, WRITER_CACHE_KIB, connect, storage_error
from meshnode.store.high_water import Mark, mark_of, read_mark, write_mark
from meshnode.store.migration import migrate, shipped_steps
from meshnode.store.notebook import OWN_PREFIX, read_notes, write_notes
from meshnode.store.quarantine import anything_left, move_to_quarantine
from meshnode.store.reserve import Reserve
from meshnode.store.salvage import ItemReader, salvage
from meshnode.store.spare_notes import read_spare

log = logging.getLogger("meshnode.store")

CHECK_AT_ONCE_BYTES: Final = 32 * 1024 * 1024
"""About 0.1 s of reading on a laptop and 1 s on a Pi 3; more is checked while the node already runs."""
DATABASE_ID: Final = f"{OWN_PREFIX}database"


@dataclass(frozen=True, slots=True)
class Opened:
    """A database that is ready to be written."""

    connection: sqlite3.Connection
    database: str
    recovering: str
    check_later: bool


def prepare_directory(directory: Path) -> None:
    """Have the directory there, for its owner alone.

    Raises:
        StorageError: it cannot be made.
    """
    try:
        if not directory.is_dir():
            directory.mkdir(parents=True, mode=0o700, exist_ok=True)
            fsync_directory(directory.parent)
    except OSError as error:
        raise storage_error(error, directory) from error


def open_database(directory: Path, reader: ItemReader | None) -> Opened:
    """Open, check, repair and migrate the database of a locked directory.

    Raises:
        NewerStorage: a newer meshnode wrote it; nothing was changed.
        StorageError: it cannot be opened.
    """
    before = read_mark(directory)
    try:
        return _open_as_it_is(directory, before) or _open_anew(directory, before, reader, "The database was gone.")
    except StorageDamaged as damage:
        log.error("%s", damage)
        return _open_anew(directory, before, reader, "The database was damaged.")


def _open_as_it_is(directory: Path, before: Mark | None) -> Opened | None:
    """Open the file that is there; None when it is missing though it was there before.

    Raises:
        StorageDamaged: it cannot be trusted.
        StorageError: it cannot be opened.
    """
    path = directory / FILE_NAME
    missing = not path.exists() or path.stat().st_size == 0
    if missing and (before is not None or read_spare(directory).meta):
        return None
    connection = _connect(directory)
    try:
        check_later = _check(connection, path, before)
        identity = _identify(connection)
        sentences = _compare(connection, identity, before)
        if sentences:
            connection.execute("UPDATE peers SET synced_row = 0")
        return _begin(connection, directory, identity, sentences, check_later=check_later)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise storage_error(error, directory) from error
        raise


def _open_anew(directory: Path, before: Mark | None, reader: ItemReader | None, reason: str) -> Opened:
    """Put what is there into quarantine, and save from it into a new file.

    Raises:
        StorageError: the new file cannot be written.
    """
    place = move_to_quarantine(directory) if anything_left(directory) else None
    log.warning("%s starting with a new one; the old one: %s", reason, place)
    connection = _connect(directory)
    try:
        identity = _identify(connection)
        salvaged = salvage(connection, place, reader, before, read_spare(directory))
        sentences = [reason, *([f"It is kept in {place}."] if place else []), salvaged.sentence]
        sentences += _lost(connection, identity, before)
        return _begin(connection, directory, identity, sentences, check_later=False)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise storage_error(error, directory) from error
        raise


def _connect(directory: Path) -> sqlite3.Connection:
    """Open or create the file and bring it to this schema; on a full disk with the reserve's help."""
    try:
        return _migrated(directory)
    except DiskFull:
        if not Reserve(directory).give_up():
            raise
        log.warning("the disk is full: the reserve was given up to open the database")
        return _migrated(directory)


def _migrated(directory: Path) -> sqlite3.Connection:
    path = directory / FILE_NAME
    try:
        # For its owner alone; the log takes over the database's mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = connect(path, cache_kib=WRITER_CACHE_KIB)
        try:
            migrate(connection, shipped_steps())
        except BaseException:
            connection.close()
            raise
        fsync_directory(directory)
    except (OSError, sqlite3.Error) as error:
        raise storage_error(error, directory) from error
    return connection


def _check(connection: sqlite3.Connection, path: Path, before: Mark | None) -> bool:
    """Read a small file through after an end that was not in order; True when it is left to be read later.

    Raises:
        StorageDamaged: it is damaged, or was found damaged while it was in use.
    """
    if before is not None and before.damaged:
        raise StorageDamaged("The database was found damaged while it was in use.")
    if before is not None and before.clean:
        return False
    if path.stat().st_size > CHECK_AT_ONCE_BYTES:
        return True
    quick_check(connection, path.parent)
    return False


def quick_check(connection: sqlite3.Connection, directory: Path) -> None:
    """Read the whole file and see whether its pages fit together.

    Raises:
        StorageDamaged: they do not.
        StorageError: it cannot be read.
    """
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise storage_error(error, directory) from error
    if found != ("ok",):
        raise StorageDamaged(f"The database in {directory} is damaged: {found[0] if found else 'no answer'}.")


def _identify(connection: sqlite3.Connection) -> str:
    """The name that this database was given when it was made."""
    known = read_notes(connection).meta.get(DATABASE_ID)
    if known is not None:
        return known
    name = os.urandom(16).hex()
    write_notes(connection, {DATABASE_ID: name}, ())
    return name


def _compare(connection: sqlite3.Connection, identity: str, before: Mark | None) -> list[str]:
    """What the database lacks of what the mark tells, in sentences."""
    if before is not None and before.database != identity:
        return ["Another database was put in the place of this node's."]
    return _lost(connection, identity, before)


def _lost(connection: sqlite3.Connection, identity: str, before: Mark | None) -> list[str]:
    lost = before.lost_since(mark_of(connection, identity)) if before is not None else 0
    if not lost:
        return []
    return [f"At least {lost} entries that were on this disk are missing; neighbours will send again what they hold."]


def _begin(
    connection: sqlite3.Connection, directory: Path, identity: str, sentences: list[str], *, check_later: bool
) -> Opened:
    """From now on an end without `Store.close` is one that was not in order."""
    try:
        write_mark(directory, mark_of(connection, identity))
    except StorageError as error:
        log.warning("the mark could not be written: %s", error)
    Reserve(directory).take()
    return Opened(connection, identity, " ".join(sentences), check_later)
