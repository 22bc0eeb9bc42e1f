"""Transaction: several batches, their buckets and what waited, written as one.

Rules of this module:
1. Every batch has a savepoint of its own: one that fails is undone alone, and its error is its answer.
2. The buckets are counted once, at the end, over what succeeded; they are right in every commit or in none.
3. Moves are announced before COMMIT and withdrawn when it fails, so that no reader counts half a transaction.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from meshnode.store.batch import Batch, Committed, write_batch
from meshnode.store.bucket_table import add_to_buckets, take_from_buckets
from meshnode.store.later import LaterWrite
from meshnode.store.set_moves import SetMoves, without_empty
from meshnode.store.unapplied import Unapplied

Answer = Committed | Exception
Result = TypeVar("Result")

log = logging.getLogger("meshnode.store")


def commit_group(
    connection: sqlite3.Connection, batches: Sequence[Batch], later: Sequence[LaterWrite], unapplied: Unapplied
) -> list[Answer]:
    """Write all of it in one transaction; what came of each batch.

    A later write that fails alone is dropped: it can be learnt again.

    Raises:
        sqlite3.Error: nothing of it is on the disk.
    """
    if connection.in_transaction:
        # A rollback that failed earlier, on a disk that failed.
        connection.execute("ROLLBACK")
    announced: list[Committed] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        answers = [_alone(connection, partial(write_batch, connection, batch)) for batch in batches]
        done = [answer for answer in answers if isinstance(answer, Committed)]
        _count(connection, done)
        for write in later:
            if isinstance(failure := _alone(connection, partial(_write, connection, write)), Exception):
                log.warning("a note was not written: %s", failure)
        unapplied.announce(done)
        announced = done
        connection.execute("COMMIT")
    except BaseException:
        unapplied.withdraw(announced)
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answers


def _alone(connection: sqlite3.Connection, work: Callable[[], Result]) -> Result | Exception:
    """Do one piece of a transaction; when it fails, undo it alone.

    Raises:
        sqlite3.Error: SQLite gave up the whole transaction.
    """
    connection.execute("SAVEPOINT piece")
    try:
        result: Result | Exception = work()
    except Exception as error:
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO piece")
        result = error
    connection.execute("RELEASE piece")
    return result


def _write(connection: sqlite3.Connection, write: LaterWrite) -> None:
    for statement, arguments in write.statements:
        connection.execute(statement, arguments)


def _count(connection: sqlite3.Connection, commits: Sequence[Committed]) -> None:
    """Bring the buckets up to date with all that moved."""
    moves = SetMoves()
    for committed in commits:
        moves.follow(committed.keys, committed.removed)
    for lane, keys in without_empty(moves.removed).items():
        take_from_buckets(connection, lane, sorted(keys))
    for lane, keys in without_empty(moves.added).items():
        add_to_buckets(connection, lane, sorted(keys))
