"""SetIndex: one lane's keys in order, with the count and sum of every bucket kept on disk.

Rules of this module:
1. It changes on the event loop's thread alone, when a commit is applied, so that positions found by one call still
   mean the same in the next: half a transaction is never seen.
2. Counts and sums live on disk as a cache with the newest row they cover; opening reads those and adds the few rows
   that came after. The keys of a bucket are read when somebody looks inside it, and only some buckets are kept.
3. A bucket covers the keys from its low one up to the next bucket's; it splits at 512 keys, and its low key never
   changes.
"""

from __future__ import annotations

import hashlib
import sqlite3
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import accumulate

from crdt.identifiers import HASH_BYTES, KEY_BYTES, ItemKey, Lane

BUCKET_KEYS = 512
FILLED_KEYS = BUCKET_KEYS * 3 // 4
"""How full a split leaves the buckets: room for late arrivals."""
BUCKETS_IN_MEMORY = 64
"""About 3 MB of keys a lane: what a reconciliation looks at, not the whole history."""
LOWEST = bytes(KEY_BYTES)
TIME_BYTES = KEY_BYTES - HASH_BYTES
_MODULUS_MASK = 2**256 - 1
FINGERPRINT_BYTES = 16


class Bucket:
    """A stretch of the order."""

    __slots__ = ("count", "dirty", "low", "total")

    def __init__(self, low: bytes, count: int = 0, total: int = 0, *, dirty: bool = False) -> None:
        self.low = low
        self.count = count
        self.total = total
        self.dirty = dirty


class SetIndex:
    """An index over one lane of a database."""

    def __init__(self, reader: sqlite3.Connection, lane: Lane) -> None:
        self._reader = reader
        self._lane = lane
        self._row = int(_meta(reader, f"index_row_{lane}") or 0)
        rows = reader.execute("SELECT low, count, total FROM bucket WHERE lane = ? ORDER BY low", (lane,)).fetchall()
        self._buckets = [Bucket(low, count, int.from_bytes(total, "little")) for low, count, total in rows]
        if not self._buckets:
            self._row = 0
            self._buckets = [Bucket(LOWEST, dirty=True)]
        self._lows = [bucket.low for bucket in self._buckets]
        self._keys: OrderedDict[bytes, list[bytes]] = OrderedDict()
        self._counts: list[int] | None = None
        self._totals: list[int] = []
        self._length = sum(bucket.count for bucket in self._buckets)

    # -- growing ----------------------------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Add the rows that were committed after the index was last written."""
        table, at = ("statement", "0") if self._lane is Lane.STATEMENTS else ("change", "at")
        lane = "" if self._lane is Lane.STATEMENTS else f"AND lane = {int(self._lane)}"
        query = f"SELECT row, {at}, id FROM {table} WHERE row > ? {lane} ORDER BY row"
        rows = self._reader.execute(query, (self._row,)).fetchall()
        if rows:
            self.add([at.to_bytes(TIME_BYTES, "big") + item for _, at, item in rows], rows[-1][0])

    def add(self, keys: Iterable[bytes], newest_row: int) -> None:
        """Take in committed keys; `newest_row` is the newest row of the table that is now covered."""
        self._row = max(self._row, newest_row)
        for key in keys:
            place = bisect_right(self._lows, key) - 1
            bucket = self._buckets[place]
            known = self._keys.get(bucket.low)
            if known is not None:
                insort(known, key)
            bucket.count += 1
            bucket.total += int.from_bytes(key[TIME_BYTES:], "little")
            bucket.dirty = True
            self._length += 1
        # Only now: a bucket whose keys have to be read must hold all of them, and each once.
        for place in range(len(self._buckets) - 1, -1, -1):
            if self._buckets[place].count > BUCKET_KEYS:
                self._split(place)
        self._counts = None

    def remove(self, keys: Iterable[bytes]) -> None:
        """Take keys out whose rows were deleted."""
        for key in keys:
            bucket = self._buckets[bisect_right(self._lows, key) - 1]
            self._keys.pop(bucket.low, None)
            bucket.count -= 1
            bucket.total -= int.from_bytes(key[TIME_BYTES:], "little")
            bucket.dirty = True
            self._length -= 1
        self._counts = None

    def _split(self, place: int) -> None:
        bucket = self._buckets[place]
        keys = self._keys_of(place)
        parts = [keys[start : start + FILLED_KEYS] for start in range(0, len(keys), FILLED_KEYS)]
        bucket.count, bucket.total, bucket.dirty = len(parts[0]), _sum(parts[0]), True
        self._keys[bucket.low] = parts[0]
        made = [Bucket(part[0], len(part), _sum(part), dirty=True) for part in parts[1:]]
        self._buckets[place + 1 : place + 1] = made
        self._lows[place + 1 : place + 1] = [part[0] for part in parts[1:]]

    def take_unwritten(self) -> tuple[int, list[tuple[int, bytes, int, bytes]]]:
        """The newest row covered, and the buckets that changed since the last call, as rows."""
        rows = []
        for bucket in self._buckets:
            if bucket.dirty:
                bucket.dirty = False
                total = (bucket.total & _MODULUS_MASK).to_bytes(HASH_BYTES, "little")
                rows.append((int(self._lane), bucket.low, bucket.count, total))
        return self._row, rows

    # -- reading ----------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many keys there are."""
        return self._length

    def key_at(self, index: int) -> ItemKey:
        """The key at a place from 0 to len - 1."""
        if not 0 <= index < self._length:
            raise IndexError(index)
        place, inside = self._where(index)
        return ItemKey(self._keys_of(place)[inside])

    def lower_bound(self, key: bytes) -> int:
        """How many keys are smaller than `key`."""
        place = max(0, bisect_right(self._lows, key) - 1)
        return self._before()[place] + bisect_left(self._keys_of(place), key)

    def fingerprint(self, begin: int, end: int) -> bytes:
        """negentropy v1: SHA-256 of the sum of the ids and the count, 16 bytes of it."""
        count = max(0, end - begin)
        total = (self._total_up_to(end) - self._total_up_to(begin)) & _MODULUS_MASK
        return hashlib.sha256(total.to_bytes(HASH_BYTES, "little") + _varint(count)).digest()[:FINGERPRINT_BYTES]

    def keys(self, begin: int, end: int) -> Sequence[ItemKey]:
        """The keys from `begin` up to before `end`."""
        end = min(end, self._length)
        found: list[ItemKey] = []
        if begin >= end:
            return found
        place, inside = self._where(begin)
        while len(found) < end - begin:
            part = self._keys_of(place)[inside : inside + end - begin - len(found)]
            found += [ItemKey(key) for key in part]
            place, inside = place + 1, 0
        return found

    def _before(self) -> list[int]:
        if self._counts is None:
            self._counts = [0, *accumulate(bucket.count for bucket in self._buckets)]
            self._totals = [0, *accumulate(bucket.total for bucket in self._buckets)]
        return self._counts

    def _where(self, index: int) -> tuple[int, int]:
        before = self._before()
        place = bisect_right(before, index, 0, len(self._buckets)) - 1
        return place, index - before[place]

    def _total_up_to(self, index: int) -> int:
        before = self._before()
        if index >= self._length:
            return self._totals[-1]
        place, inside = self._where(index)
        if inside == 0:
            return self._totals[place]
        assert before is not None
        return self._totals[place] + _sum(self._keys_of(place)[:inside])

    def _keys_of(self, place: int) -> list[bytes]:
        bucket = self._buckets[place]
        known = self._keys.get(bucket.low)
        if known is None:
            known = self._keys[bucket.low] = self._read(place)
            if len(self._keys) > BUCKETS_IN_MEMORY:
                self._keys.popitem(last=False)
        else:
            self._keys.move_to_end(bucket.low)
        return known

    def _read(self, place: int) -> list[bytes]:
        """The keys of a bucket from the table; rows that are not applied yet are left out (rule 1)."""
        low = self._lows[place]
        high = self._lows[place + 1] if place + 1 < len(self._lows) else b"\xff" * KEY_BYTES
        if self._lane is Lane.STATEMENTS:
            query = "SELECT id FROM statement WHERE id >= ? AND id < ? AND row <= ? ORDER BY id"
            rows = self._reader.execute(query, (low[TIME_BYTES:], high[TIME_BYTES:], self._row))
            return [bytes(TIME_BYTES) + item for (item,) in rows]
        query = (
            "SELECT at, id FROM change WHERE lane = ? AND (at, id) >= (?, ?) AND (at, id) < (?, ?) AND row <= ? "
            "ORDER BY at, id"
        )
        bounds = (_time(low), low[TIME_BYTES:], _time(high), high[TIME_BYTES:])
        rows = self._reader.execute(query, (int(self._lane), *bounds, self._row))
        return [at.to_bytes(TIME_BYTES, "big") + item for at, item in rows]


def _time(key: bytes) -> int:
    # SQLite's integers are signed; no item claims a time beyond 2**53.
    return min(int.from_bytes(key[:TIME_BYTES], "big"), 2**62)


def _sum(keys: Iterable[bytes]) -> int:
    return sum(int.from_bytes(key[TIME_BYTES:], "little") for key in keys)


def _varint(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _meta(reader: sqlite3.Connection, name: str) -> str | None:
    found = reader.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return found[0] if found else None
