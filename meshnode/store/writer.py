"""Writer: the one thread that writes, with group commit.

Rules of this module:
1. Everything that was submitted while the disk was busy becomes one transaction: one fsync for all of it.
2. A batch's future resolves only after COMMIT has returned; then its caller may acknowledge.
3. A batch that fails hurts nobody else: it is rolled back alone, and a transaction that fails as a whole is tried again
   batch by batch.
4. The thread outlives every error; what it cannot do it answers with `StorageError`.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from meshnode.errors import StorageError
from meshnode.store.batch import Batch, Committed
from meshnode.store.chores import Chores
from meshnode.store.database import storage_error
from meshnode.store.health import Health
from meshnode.store.later import LaterWrite, LaterWrites
from meshnode.store.transaction import commit_group
from meshnode.store.unapplied import Unapplied

log = logging.getLogger("meshnode.store")

GROUP_CHANGES: Final = 2_000
"""One transaction holds about so many at most: 0.2 s of disk on a laptop, and a bounded log."""
LATER_SECONDS: Final = 1.0
"""So long later writes wait for a commit to go along with."""


@dataclass(slots=True, eq=False)
class _Job:
    batch: Batch
    future: Future[Committed] = field(default_factory=Future)


class Writer:
    """The writer's thread; `submit` may be called from any other."""

    def __init__(
        self, connection: sqlite3.Connection, directory: Path, unapplied: Unapplied, health: Health, chores: Chores
    ) -> None:
        self._connection = connection
        self._directory = directory
        self._unapplied = unapplied
        self._health = health
        self._chores = chores
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closing = False
        self._lock = threading.Lock()
        self._later_due: float | None = None
        self.later = LaterWrites(wake=self._wake)
        health.on_damage = self._wake
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def submit(self, batch: Batch) -> Future[Committed]:
        """Write a batch; the future resolves when it is on the disk, or with the error that kept it off."""
        job = _Job(batch)
        with self._lock:
            if not self._closing:
                self._queue.put(job)
                return job.future
        job.future.set_exception(StorageError("The store is closed."))
        return job.future

    def close(self) -> None:
        """Write everything that was submitted or waits, then end the thread."""
        with self._lock:
            self._closing = True
        self._queue.put(None)
        self._thread.join()

    def _wake(self) -> None:
        self._queue.put(None)

    # -- the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            jobs: list[_Job] = []
            try:
                self._gather(jobs)
                self._write(jobs)
                self._chores.run()
            except Exception as error:
                log.exception("the writer could not finish a group")
                for job in jobs:
                    _fail(job, storage_error(error, self._directory))
            if self._closing and self._queue.empty():
                return

    def _gather(self, jobs: list[_Job]) -> None:
        """Wait for work; then take everything that is there, up to a group."""
        try:
            found: _Job | None = self._queue.get(timeout=self._patience())
        except queue.Empty:
            return
        changes = 0
        while True:
            # A cancelled job is dropped; one that runs can no longer be cancelled.
            if found is not None and found.future.set_running_or_notify_cancel():
                jobs.append(found)
                changes += len(found.batch.changes)
            if changes >= GROUP_CHANGES:
                return
            try:
                found = self._queue.get_nowait()
            except queue.Empty:
                return

    def _patience(self) -> float | None:
        now = time.monotonic()
        if len(self.later) and self._later_due is None:
            self._later_due = now + LATER_SECONDS
        waits = [self._later_due - now if self._later_due is not None else None, self._chores.due_in()]
        known = [max(0.0, wait) for wait in waits if wait is not None]
        return 0.0 if self._closing else min(known, default=None)

    def _write(self, jobs: Sequence[_Job]) -> None:
        if self._health.damage is not None:
            for job in jobs:
                _fail(job, self._health.damage)
            return
        due = self._closing or (self._later_due is not None and time.monotonic() >= self._later_due)
        later = self.later.snapshot() if jobs or due else []
        if due or later:
            self._later_due = None
        if not jobs and not later:
            return
        self._commit(jobs, later)

    def _commit(self, jobs: Sequence[_Job], later: Sequence[LaterWrite]) -> None:
        """One transaction; when it fails as a whole, each batch alone and without what can wait."""
        try:
            answers = commit_group(self._connection, [job.batch for job in jobs], later, self._unapplied)
        except (sqlite3.Error, StorageError) as error:
            failure = self._failure(error)
            if len(jobs) == 1 and not later:
                _fail(jobs[0], failure)
            else:
                for job in jobs:
                    self._commit([job], [])
            return
        self._health.worked()
        self.later.done(later)
        for job, answer in zip(jobs, answers, strict=True):
            if isinstance(answer, Committed):
                self._unapplied.add(answer)
                self._chores.committed(answer)
                job.future.set_result(answer)
            else:
                _fail(job, self._failure(answer))

    def _failure(self, error: Exception) -> Exception:
        """What the submitter is told; a bug of ours is told as it is."""
        if not isinstance(error, (sqlite3.Error, StorageError, OSError)):
            return error
        failure = storage_error(error, self._directory)
        self._health.failed(failure)
        return failure


def _fail(job: _Job, error: Exception) -> None:
    if not job.future.done():
        job.future.set_exception(error)
