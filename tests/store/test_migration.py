"""Migrations: refused when newer, in order, and restartable wherever they were killed."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import pytest

from meshnode.errors import NewerStorage
from meshnode.store.database import FILE_NAME
from meshnode.store.migration import Step, migrate, shipped_steps
from meshnode.store.store import Batch, Store
from tests.store.cast import Author, write

STEPS = [
    Step(1, "-- A table; with a comment.\nCREATE TABLE one (a);\nINSERT INTO one VALUES (';'), (2), (3);\n"),
    Step(2, "CREATE TABLE two (\n    a,\n    b\n);\nINSERT INTO two SELECT a, a FROM one;\nDROP TABLE one;\n"),
    Step(3, "UPDATE two SET b = 'moved';\nCREATE INDEX two_by_a ON two (a);"),
]


def test_the_shipped_steps_are_numbered_without_gaps() -> None:
    assert [step.number for step in shipped_steps()] == list(range(1, len(shipped_steps()) + 1))


def test_a_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    write(store, Batch(changes=Author(1).changes(3)))
    store.close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute(f"PRAGMA user_version={len(shipped_steps()) + 1}")
    connection.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(NewerStorage) as refused:
        Store.open(tmp_path)
    assert "newer" in refused.value.sentence
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute(f"PRAGMA user_version={len(shipped_steps())}")
    connection.close()
    again = Store.open(tmp_path)
    assert again.newest_row() == 3
    again.close()


def test_a_failed_step_leaves_no_trace(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "db", isolation_level=None)
    broken = Step(2, "CREATE TABLE two (a);\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, [STEPS[0], broken])
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT name FROM sqlite_schema WHERE name = 'two'").fetchone() is None
    migrate(connection, STEPS)
    assert connection.execute("SELECT a, b FROM two").fetchall() == [(";", "moved"), (2, "moved"), (3, "moved")]
    connection.close()


def migrate_until(path: Path, steps: list[Step], statements: int) -> bool:
    """In a child that kills itself before its n-th statement; whether it came to the end."""
    child = os.fork()
    if child == 0:
        left = statements

        def count(sql: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.set_trace_callback(count)
        migrate(connection, steps)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}
    return status == 0


@pytest.mark.parametrize("steps", [STEPS, shipped_steps()], ids=["several steps", "shipped"])
def test_killed_before_any_statement_it_goes_on_where_it_was(tmp_path: Path, steps: list[Step]) -> None:
    schemas = []
    statements, finished = 0, False
    while not finished:
        path = tmp_path / f"{statements}.sqlite"
        finished = migrate_until(path, steps, statements)
        connection = sqlite3.connect(path, isolation_level=None)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        assert 0 <= version <= len(steps)
        migrate(connection, steps)
        schemas.append(connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall())
        if steps is STEPS:
            assert connection.execute("SELECT b FROM two").fetchall() == [("moved",)] * 3
        connection.close()
        statements += 1
    assert statements > 10
    assert all(schema == schemas[0] for schema in schemas)
