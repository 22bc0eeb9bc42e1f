"""Migration: brings a database to this version's schema, one numbered step after the other.

Rules of this module:
1. A step and the number that says it is done are one transaction: killed at any moment, the next start goes on.
2. A released step is never edited; a change of schema is a new file.
3. A database of a newer meshnode is refused unread and untouched.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from meshnode.errors import NewerStorage

_FILE = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Step:
    """One file of `migrations`."""

    number: int
    sql: str


def shipped_steps() -> list[Step]:
    """The steps of this version, in order."""
    files = (file for file in resources.files("meshnode.store.migrations").iterdir())
    found = [(_FILE.fullmatch(file.name), file) for file in files]
    return sorted(
        (Step(int(match[1]), file.read_text(encoding="utf-8")) for match, file in found if match),
        key=lambda step: step.number,
    )


def migrate(connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
    """Run the steps that this database has not seen.

    Raises:
        NewerStorage: it has seen steps that this version does not know.
        sqlite3.Error: a step failed; it left no trace.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if steps and version > steps[-1].number:
        raise NewerStorage
    for step in steps:
        if step.number > version:
            _run(connection, step)


def _run(connection: sqlite3.Connection, step: Step) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(step.sql):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={step.number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(sql: str) -> Iterator[str]:
    """The single statements of a file: `executescript` would commit by itself."""
    gathered = ""
    for line in sql.splitlines(keepends=True):
        if not gathered and (not line.strip() or line.startswith("--")):
            continue
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""
    if gathered.strip():
        yield gathered
