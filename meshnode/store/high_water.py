"""High-water mark: what this node once had on its disk, told outside the database.

A log file that was deleted or cut is no damage to SQLite: the database is whole, only older. The mark is how a node
knows that it is recovering and not new.

Rules of this module:
1. Written whole beside its name, flushed, renamed: there is an old mark or a new one, never half of one.
2. Written after the commits it tells of, every few seconds at most, so it is never ahead of the disk.
3. An unreadable mark is none: it warns, it does not stop anybody.
4. It counts what is kept, in the set or outside, by ids: that only grows. A set may shrink, a database may not.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crdt.identifiers import Lane
from meshnode.durable_file import durable_file
from meshnode.store.bucket_table import load_buckets
from meshnode.store.change_log import newest_row
from meshnode.store.set_index import fingerprint_of

FILE_NAME: Final = "state.json"


@dataclass(frozen=True, slots=True)
class LaneMark:
    """How many items of a lane were kept, and the digest of their ids."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of one database. `clean` says that it was closed in order, `damaged` that it must not be trusted."""

    database: str
    row: int
    lanes: Mapping[str, LaneMark]
    clean: bool = False
    damaged: bool = False

    def lost_since(self, now: Mark) -> int:
        """How many items the database lacks that it had; 0 when it has them all."""
        lost = 0
        for lane, before in self.lanes.items():
            after = now.lanes.get(lane, LaneMark(0, ""))
            if after.count < before.count:
                lost += before.count - after.count
            elif after.count == before.count and after.digest != before.digest:
                # As many, but not the same: at least one is gone.
                lost += 1
        return lost


def mark_of(connection: sqlite3.Connection, database: str) -> Mark:
    """The mark of a database as it is now."""
    lanes: dict[str, LaneMark] = {}
    for lane in Lane:
        rows = connection.execute("SELECT low, count, sum FROM buckets WHERE lane = ?", (int(lane),))
        buckets = load_buckets(rows)
        # An index has all of it: usually nothing, at most what a few removed people wrote.
        outside = connection.execute("SELECT id FROM changes WHERE lane = ? AND state <> 0", (int(lane),)).fetchall()
        count = sum(bucket.count for bucket in buckets) + len(outside)
        total = sum(bucket.sum for bucket in buckets) + sum(int.from_bytes(id_, "little") for (id_,) in outside)
        lanes[lane.name.lower()] = LaneMark(count, fingerprint_of(total, count).hex())
    return Mark(database, newest_row(connection), lanes)


def read_mark(directory: Path) -> Mark | None:
    """The mark that was written last; None when there is none that can be read."""
    try:
        found = json.loads((directory / FILE_NAME).read_bytes())
        lanes = {str(lane): LaneMark(int(each["count"]), str(each["digest"])) for lane, each in found["lanes"].items()}
        clean, damaged = bool(found["clean"]), bool(found["damaged"])
        return Mark(str(found["database"]), int(found["row"]), lanes, clean, damaged)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_mark(directory: Path, mark: Mark) -> None:
    """Put a mark in the place of the one before.

    Raises:
        StorageError: it could not be written; the one before stays.
    """
    found = {
        "database": mark.database,
        "row": mark.row,
        "lanes": {lane: {"count": each.count, "digest": each.digest} for lane, each in mark.lanes.items()},
        "clean": mark.clean,
        "damaged": mark.damaged,
    }
    with durable_file(directory / FILE_NAME) as file:
        file.write(json.dumps(found, indent=1).encode() + b"\n")
