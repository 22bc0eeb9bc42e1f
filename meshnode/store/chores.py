"""Chores: what the writer's thread keeps up beside the commits: the high-water mark, the spare notes, the reserve, and
the log after something was forgotten.

Rules of this module:
1. The mark is written a few seconds after the first commit that it does not tell of: late, but never ahead.
2. A chore that the disk refuses is tried again later; it never fails a commit.
3. What was forgotten is gone from the database once the commit is, and from its log once that was taken in and cut: at
   once, or when whoever still reads the old pages has finished; and at every start, in case the last end came between.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from meshnode.errors import StorageError
from meshnode.store.batch import Committed
from meshnode.store.health import Health
from meshnode.store.high_water import mark_of, read_mark, write_mark
from meshnode.store.notebook import read_notes
from meshnode.store.reserve import Reserve
from meshnode.store.spare_notes import write_spare

log = logging.getLogger("meshnode.store")

MARK_SECONDS: Final = 3.0
"""So much that was lost with a log file could go unnoticed; and a memory card is spared."""
RETRY_SECONDS: Final = 10.0
CUT_PATIENCE_MS: Final = 200
"""So long a commit that forgets waits for readers of old pages to finish; other writers wait with it."""
USUAL_PATIENCE_MS: Final = 5_000


class Chores:
    """The chores of one store; all but `__init__` run on the writer's thread, or after it has ended."""

    def __init__(self, connection: sqlite3.Connection, directory: Path, database: str, health: Health) -> None:
        self._connection = connection
        self._directory = directory
        self._database = database
        self._health = health
        self._reserve = Reserve(directory)
        self._mark_due: float | None = None
        self._damage_told = False
        self._cut_due: float | None = None if self._take_log_in() else time.monotonic() + RETRY_SECONDS
        self._reserve_due: float | None = None if self._reserve.whole else 0.0

    def committed(self, batch: Committed) -> None:
        """A batch is on the disk, and not yet acknowledged."""
        if batch.wiped:
            self._cut_log()
        if self._mark_due is None and batch.keys:
            self._mark_due = time.monotonic() + MARK_SECONDS
        if batch.meta or batch.epoch_keys:
            try:
                write_spare(self._directory, read_notes(self._connection))
            except (StorageError, sqlite3.Error) as error:
                log.warning("the spare notes could not be written: %s", error)

    def due_in(self) -> float | None:
        """Seconds until something is due; None when nothing is."""
        now = time.monotonic()
        return min(
            (due - now for due in (self._mark_due, self._reserve_due, self._cut_due) if due is not None), default=None
        )

    def run(self) -> None:
        """Do what is due."""
        now = time.monotonic()
        if self._health.damage is not None and not self._damage_told:
            self._damage_told = self.write_mark()
        if self._mark_due is not None and now >= self._mark_due:
            self._mark_due = None if self.write_mark() else now + RETRY_SECONDS
        if self._cut_due is not None and now >= self._cut_due and self._health.damage is None:
            self._cut_log()
        if self._reserve_due is not None and now >= self._reserve_due:
            self._reserve.take()
            self._reserve_due = None if self._reserve.whole else now + RETRY_SECONDS

    def write_mark(self, *, clean: bool = False) -> bool:
        """Tell what the database holds now."""
        damaged = self._health.damage is not None
        try:
            # A damaged file is not asked what it holds; what it held is in the mark before.
            before = read_mark(self._directory) if damaged else None
            mark = before or mark_of(self._connection, self._database)
            write_mark(self._directory, replace(mark, clean=clean, damaged=damaged))
        except (StorageError, sqlite3.Error) as error:
            log.warning("the mark could not be written: %s", error)
            return False
        return True

    def close(self, *, clean: bool) -> None:
        """The writer has ended: take the log in, and mark the end as in order if it is."""
        self.write_mark(clean=self._take_log_in() and clean)

    def _cut_log(self) -> None:
        """Take the log in and cut it to nothing, or try again later."""
        self._connection.execute(f"PRAGMA busy_timeout={CUT_PATIENCE_MS}")
        try:
            self._cut_due = None if self._take_log_in() else time.monotonic() + RETRY_SECONDS
        finally:
            self._connection.execute(f"PRAGMA busy_timeout={USUAL_PATIENCE_MS}")

    def _take_log_in(self) -> bool:
        try:
            busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            log.warning("the log could not be taken in: %s", error)
            return False
        return not busy
