"""Shelf: stores on a real disk that hold the neighbourhood's changes, made once a run and copied for whoever needs one.

Rules of this module:
1. What is in a store came in through the replica's one door.
2. Everything lies in one folder that goes when the run ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.written import NOON_MS, Written, corpus, street
from crdt.identifiers import Lane
from meshnode.events import Events
from meshnode.identity.key_file import KEY_FILE, load_or_create
from meshnode.node.belonging import Belonging, SignedItems
from meshnode.platform import Paths, Roots
from meshnode.replica.replica import Replica
from meshnode.store.store import Store
from tests.support.people import seeded, seeded_identity

BATCH = 400
PROFILE = "test"
"""The profile of the processes that tests/support/nodes.py starts."""
ELSEWHERE = b"another device".ljust(32, b"\0")


@dataclass(slots=True)
class _Library:
    folder: Path
    made: int = 0

    def place(self, name: str) -> Path:
        """A new path; short, for sockets lie below it."""
        self.made += 1
        return self.folder / f"{self.made}-{name}"


_libraries: list[_Library] = []


@contextlib.contextmanager
def library() -> Iterator[None]:
    """A folder for the stores of one run."""
    with tempfile.TemporaryDirectory(prefix="mnb-", ignore_cleanup_errors=True) as folder:
        _libraries.append(_Library(Path(folder)))
        try:
            yield
        finally:
            _libraries.pop()
            _full.clear()


def new_place(name: str) -> Path:
    """A path that does not exist yet."""
    return _libraries[-1].place(name)


@dataclass(slots=True)
class Shelf:
    """Somebody's open store and replica."""

    store: Store
    replica: Replica

    @classmethod
    def open(cls, directory: Path, who: str) -> Shelf:
        """As a node opens it; the network and its statements are written when they are not there."""
        store = Store.open(directory, SignedItems())
        network = street()
        if store.meta("network") is None:
            belonging = Belonging(network.network, (network.epoch_key,), tuple(network.statements))
            store.applied(store.submit(belonging.batch(NOON_MS)).result(30))
        replica = Replica(store, seeded_identity(who), network.network, Events(), lambda: time.time_ns() // 1_000_000)
        return cls(store, replica)

    async def take(self, changes: Iterable[Written]) -> None:
        """Let changes in through the one door."""
        envelopes = [each.envelope for each in changes]
        for at in range(0, len(envelopes), BATCH):
            accepted = await self.replica.accept(Lane.ORDINARY, envelopes[at : at + BATCH], ELSEWHERE)
            if accepted.refused:
                raise AssertionError(f"a change was refused: {accepted.refused[0]}")

    def refresh_views(self) -> float:
        """Merge and show every record that changed; the seconds of CPU it took."""
        began = time.process_time()
        while self.replica.records.refresh_stale(100):
            pass
        return time.process_time() - began

    def close(self) -> None:
        """Write what waits and let go."""
        self.store.close()


_full: dict[tuple[int, int, bool], Path] = {}


def full_directory(tasks: int, plain: int = 0, *, views: bool = False) -> Path:
    """A closed store with the whole corpus in it; copy it before you open it."""
    key = (tasks, plain, views)
    if key not in _full:
        directory = new_place("full")
        shelf = Shelf.open(directory, "alice")
        asyncio.run(shelf.take(corpus(tasks, plain).changes))
        if views:
            shelf.refresh_views()
        shelf.close()
        _full[key] = directory
    return _full[key]


def copied(directory: Path, name: str) -> Path:
    """A copy that may be written in."""
    place = new_place(name)
    shutil.copytree(directory, place)
    return place


def node_home(who: str, database: Path | None = None) -> Path:
    """A home from which `meshnode run` starts as `who`, inside the neighbourhood, with a copy of this database."""
    home = new_place(who)
    paths = Paths(PROFILE, Roots.under(home))
    paths.prepare()
    load_or_create(paths.keys / KEY_FILE, seeded(who))
    if database is not None:
        shutil.copytree(database, paths.network, dirs_exist_ok=True)
    else:
        Shelf.open(paths.network, who).close()
    return home
