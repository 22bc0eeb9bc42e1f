"""Bucket table: the set index on the disk, kept up in the transaction that moves the items.

A lane's keys, in order, are cut into buckets: consecutive runs of a few hundred keys, of which the table holds the
lowest possible key, the count and the sum of the ids. The keys themselves are the items' own index.

Rules of this module:
1. It runs inside the writer's transaction and keeps no state: whatever is rolled back leaves nothing behind.
2. A bucket's sum is what negentropy adds up: the ids as little-endian numbers, modulo 2^256.
3. What left is taken off before what came is counted in: a bucket that is cut is read as it is then. An emptied bucket
   stays, with nothing in it.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from crdt.identifiers import ItemKey, Lane, item_key
from meshnode.store.change_log import change_keys_query
from meshnode.store.statement_log import statement_keys_query

BUCKET_KEYS: Final = 512
"""At most so many after a split: 20 KB to read for one key, and 2 bytes or less of directory an item."""
SPLIT_ABOVE: Final = 2 * BUCKET_KEYS
AT_BYTES: Final = 8
SUM_BYTES: Final = 32
SUM_MASK: Final = (1 << 256) - 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """One run of keys: all that are at least `low` and below the next bucket's `low`."""

    low: bytes
    count: int
    sum: int


def sum_of(keys: Iterable[bytes]) -> int:
    """The ids of some keys added up, not yet reduced."""
    return sum(int.from_bytes(key[AT_BYTES:], "little") for key in keys)


def keys_query(lane: Lane, low: bytes, high: bytes | None) -> tuple[str, tuple[object, ...]]:
    """The query for `at_ms, id` of one lane's keys from `low` up to below `high`, in order."""
    return statement_keys_query(low, high) if lane is Lane.STATEMENTS else change_keys_query(lane, low, high)


def cut(keys: Sequence[ItemKey], low: bytes) -> list[tuple[Bucket, Sequence[ItemKey]]]:
    """Even buckets of at most `BUCKET_KEYS`; the first begins at `low`."""
    pieces = -(-len(keys) // BUCKET_KEYS)
    edges = [len(keys) * piece // pieces for piece in range(pieces + 1)]
    parts = [keys[begin:end] for begin, end in pairwise(edges)]
    return [
        (Bucket(part[0] if number else low, len(part), sum_of(part) & SUM_MASK), part)
        for number, part in enumerate(parts)
    ]


def load_buckets(rows: Iterable[tuple[bytes, int, bytes]]) -> list[Bucket]:
    """Rows of `low, count, sum` as buckets."""
    return [Bucket(low, count, int.from_bytes(total, "little")) for low, count, total in rows]


def add_to_buckets(connection: sqlite3.Connection, lane: Lane, keys: Sequence[ItemKey]) -> None:
    """Count in keys that were inserted in this transaction; they come sorted and are new."""
    done = 0
    while done < len(keys):
        bucket = _bucket_of(connection, lane, keys[done])
        high = _next_low(connection, lane, bucket.low)
        end = len(keys) if high is None else bisect_left(keys, high, done)
        part = keys[done:end]
        grown = Bucket(bucket.low, bucket.count + len(part), (bucket.sum + sum_of(part)) & SUM_MASK)
        if grown.count <= SPLIT_ABOVE:
            _write(connection, lane, [grown])
        else:
            query, arguments = keys_query(lane, bucket.low, high)
            stored = [item_key(at_ms, id_) for at_ms, id_ in connection.execute(query, arguments)]
            _write(connection, lane, [piece for piece, _ in cut(stored, bucket.low)])
        done = end


def take_from_buckets(connection: sqlite3.Connection, lane: Lane, keys: Sequence[ItemKey]) -> None:
    """Count out keys that left the set in this transaction; they come sorted and were counted in before."""
    done = 0
    while done < len(keys):
        bucket = _bucket_of(connection, lane, keys[done])
        high = _next_low(connection, lane, bucket.low)
        end = len(keys) if high is None else bisect_left(keys, high, done)
        part = keys[done:end]
        _write(connection, lane, [Bucket(bucket.low, bucket.count - len(part), (bucket.sum - sum_of(part)) & SUM_MASK)])
        done = end


def _bucket_of(connection: sqlite3.Connection, lane: Lane, key: ItemKey) -> Bucket:
    row = connection.execute(
        "SELECT low, count, sum FROM buckets WHERE lane = ? AND low <= ? ORDER BY low DESC LIMIT 1", (int(lane), key)
    ).fetchone()
    return Bucket(b"", 0, 0) if row is None else load_buckets([row])[0]


def _next_low(connection: sqlite3.Connection, lane: Lane, low: bytes) -> bytes | None:
    row = connection.execute(
        "SELECT low FROM buckets WHERE lane = ? AND low > ? ORDER BY low LIMIT 1", (int(lane), low)
    ).fetchone()
    return None if row is None else row[0]


def _write(connection: sqlite3.Connection, lane: Lane, buckets: Sequence[Bucket]) -> None:
    connection.executemany(
        "INSERT INTO buckets (lane, low, count, sum) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (lane, low) DO UPDATE SET count = excluded.count, sum = excluded.sum",
        [(int(lane), each.low, each.count, each.sum.to_bytes(SUM_BYTES, "little")) for each in buckets],
    )
