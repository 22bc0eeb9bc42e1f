"""Writer: the one thread that writes, and the group commit that makes many small writes one flush of the disk.

Rules of this module:
1. A future resolves only after COMMIT has returned.
2. Batches that wait together share a transaction. If it fails, each is tried alone, so that one cannot hurt another.
3. Lazy work (caches, what peers hold) rides along with the next transaction, or goes alone after seconds: it may be
   lost in a power cut and is computed again.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from meshnode.store.database import storage_error

log = logging.getLogger("meshnode.store")

GROUP = 64
"""Batches in one transaction: bounds how long the first of them waits."""
LAZY_SECONDS = 5.0

Work = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work
    done: Future[Any]


class Writer:
    """Owns the writing connection."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lazy: list[Work] = []
        self._lazy_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Do this in a transaction soon; the future has its result after the commit."""
        done: Future[Any] = Future()
        self._jobs.put(_Job(work, done))
        return done

    def lazily(self, work: Work) -> None:
        """Do this with the next transaction, or within seconds."""
        with self._lazy_lock:
            self._lazy.append(work)

    def close(self) -> None:
        """Finish what was submitted, and end."""
        self.submit(lambda _: None)
        self._jobs.put(None)
        self._thread.join()
        self._database.close()

    def _run(self) -> None:
        while True:
            try:
                first = self._jobs.get(timeout=LAZY_SECONDS)
            except queue.Empty:
                self._commit_lazy()
                continue
            if first is None:
                return
            jobs, ends = self._gather(first)
            self._commit(jobs)
            if ends:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs = [first]
        while len(jobs) < GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _commit(self, jobs: list[_Job]) -> None:
        results, error = self._transaction([*self._take_lazy(), *(job.work for job in jobs)])
        if error is None:
            for job, result in zip(jobs, results[len(results) - len(jobs) :], strict=True):
                job.done.set_result(result)
        elif len(jobs) > 1:
            for job in jobs:
                self._commit([job])
        else:
            jobs[0].done.set_exception(error)

    def _commit_lazy(self) -> None:
        if lazy := self._take_lazy():
            _, error = self._transaction(lazy)
            if error is not None:
                log.warning("caches could not be written: %s", error)

    def _take_lazy(self) -> list[Work]:
        with self._lazy_lock:
            lazy, self._lazy = self._lazy, []
        return lazy

    def _transaction(self, works: list[Work]) -> tuple[list[Any], Exception | None]:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            results = [work(self._database) for work in works]
            self._database.execute("COMMIT")
        except Exception as error:
            if self._database.in_transaction:
                try:
                    self._database.execute("ROLLBACK")
                except sqlite3.Error:
                    log.exception("a transaction could not be rolled back")
            return [], storage_error(error) if isinstance(error, sqlite3.Error) else error
        return results, None
