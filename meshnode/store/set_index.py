"""Set index: one lane's keys in order, with negentropy's fingerprint of any range, for the event loop's thread.

Only the directory of buckets (low key, count, sum) is in memory, well under 2 bytes an item; the keys of a bucket are
read when a range cuts through it, and a bounded number of buckets stay.

Rules of this module:
1. One thread: the index changes only in `move`, which `Store.applied` calls on the event loop's thread. Between two
   calls of `applied`, positions, counts and fingerprints belong to one and the same set.
2. Keys read from the disk may be ahead of the directory: `load` undoes what is committed but not yet moved here, so
   that a range always adds up to the directory, transaction by transaction. Where it does not, the file is damaged.
3. fingerprint = SHA-256(sum of ids mod 2^256, little-endian | count as varint)[:16].
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Final

from crdt.identifiers import KEY_BYTES, ItemKey
from meshnode.errors import StorageDamaged
from meshnode.store.bucket_table import AT_BYTES, SPLIT_ABOVE, SUM_BYTES, SUM_MASK, Bucket, cut, sum_of

LOADED_BUCKETS: Final = 64
"""What a first message of 32 ranges cuts through, twice: about 2 MB."""
FINGERPRINT_BYTES: Final = 16

Load = Callable[[bytes, bytes | None], list[ItemKey]]
"""The keys from a low one up to below a high one (None: to the end) that this index has been told of."""


def fingerprint_of(total: int, count: int) -> bytes:
    """Negentropy's fingerprint of ids that add up to `total`."""
    summed = (total & SUM_MASK).to_bytes(SUM_BYTES, "little")
    return hashlib.sha256(summed + _varint(count)).digest()[:FINGERPRINT_BYTES]


def _varint(number: int) -> bytes:
    """Base 128, most significant first, the top bit on all but the last."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


class SetIndex:
    """The ordered set of one lane."""

    def __init__(
        self, buckets: Iterable[Bucket], load: Load, on_damage: Callable[[StorageDamaged], None] = lambda damage: None
    ) -> None:
        known = list(buckets) or [Bucket(b"", 0, 0)]
        self._load = load
        self._on_damage = on_damage
        self._lows = [bucket.low for bucket in known]
        self._counts = [bucket.count for bucket in known]
        self._sums = [bucket.sum for bucket in known]
        # Packed keys by the low key of their bucket, least recently used first.
        self._loaded: OrderedDict[bytes, bytes] = OrderedDict()
        self._starts = [0, *accumulate(self._counts)]
        self._total: bytes | None = None

    def __len__(self) -> int:
        return self._starts[-1]

    @property
    def total(self) -> bytes:
        """The digest of the whole set."""
        if self._total is None:
            self._total = fingerprint_of(sum(self._sums), len(self))
        return self._total

    def key_at(self, index: int) -> ItemKey:
        """The key at a position.

        Raises:
            IndexError: there is none.
        """
        if not 0 <= index < len(self):
            raise IndexError(index)
        bucket = self._bucket_at(index)
        return _key(self._packed(bucket), index - self._starts[bucket])

    def lower_bound(self, key: bytes) -> int:
        """The position of the first key that is not below `key`, which may be the beginning of a key."""
        bucket = max(0, bisect_right(self._lows, key) - 1)
        packed = self._packed(bucket)
        within = bisect_left(range(self._counts[bucket]), key, key=lambda at: _key(packed, at))
        return self._starts[bucket] + within

    def fingerprint(self, begin: int, end: int) -> bytes:
        """The fingerprint of the keys at positions `begin` up to below `end`.

        Raises:
            IndexError: these are no positions of this set.
        """
        self._check(begin, end)
        if begin == 0 and end == len(self):
            return self.total
        total, at = 0, begin
        while at < end:
            bucket = self._bucket_at(at)
            start = self._starts[bucket]
            if at == start and end >= self._starts[bucket + 1]:
                beyond = max(bucket + 1, bisect_right(self._starts, end) - 1)
                total += sum(self._sums[bucket:beyond])
                at = self._starts[beyond]
            else:
                stop = min(end, self._starts[bucket + 1])
                total += self._partial_sum(bucket, at - start, stop - start)
                at = stop
        return fingerprint_of(total, end - begin)

    def keys(self, begin: int, end: int) -> Sequence[ItemKey]:
        """The keys at positions `begin` up to below `end`.

        Raises:
            IndexError: these are no positions of this set.
        """
        self._check(begin, end)
        found: list[ItemKey] = []
        while begin < end:
            bucket = self._bucket_at(begin)
            start, stop = self._starts[bucket], min(end, self._starts[bucket + 1])
            packed = self._packed(bucket)
            found.extend(_key(packed, at) for at in range(begin - start, stop - start))
            begin = stop
        return found

    def move(self, added: Iterable[ItemKey], removed: Iterable[ItemKey] = ()) -> None:
        """Count out keys that left the set, and count in those that came; `added` are new here.

        Raises:
            StorageError: what left was not here, or a bucket cannot be read.
        """
        for bucket, gone in self._by_bucket(removed):
            self._shrink(bucket, gone)
        # From the last bucket to the first: one that is cut does not shift those still to come.
        for bucket, new in reversed(self._by_bucket(added)):
            self._grow(bucket, new)
        self._rebuild()

    # -- buckets ----------------------------------------------------------------------------------------------------

    def _by_bucket(self, keys: Iterable[ItemKey]) -> list[tuple[int, Sequence[ItemKey]]]:
        ordered = sorted(keys)
        parts: list[tuple[int, Sequence[ItemKey]]] = []
        done = 0
        while done < len(ordered):
            bucket = bisect_right(self._lows, ordered[done]) - 1
            last = bucket + 1 == len(self._lows)
            end = len(ordered) if last else bisect_left(ordered, self._lows[bucket + 1], done)
            parts.append((bucket, ordered[done:end]))
            done = end
        return parts

    def _shrink(self, bucket: int, gone: Sequence[ItemKey]) -> None:
        low = self._lows[bucket]
        count = self._counts[bucket] - len(gone)
        packed = self._loaded.get(low)
        if packed is not None:
            left = set(gone)
            packed = b"".join(key for key in _keys(packed) if key not in left)
        if count < 0 or (packed is not None and len(packed) != count * KEY_BYTES):
            raise self._damage()
        if packed is not None:
            self._loaded[low] = packed
        self._counts[bucket] = count
        self._sums[bucket] = (self._sums[bucket] - sum_of(gone)) & SUM_MASK

    def _grow(self, bucket: int, new: Sequence[ItemKey]) -> None:
        low = self._lows[bucket]
        self._counts[bucket] += len(new)
        self._sums[bucket] = (self._sums[bucket] + sum_of(new)) & SUM_MASK
        packed = self._loaded.get(low)
        if packed is not None:
            self._loaded[low] = _merged(packed, new)
        if self._counts[bucket] > SPLIT_ABOVE:
            self._split(bucket)

    def _split(self, bucket: int) -> None:
        low = self._lows[bucket]
        packed = self._packed(bucket)
        pieces = cut(_keys(packed), low)
        del self._loaded[low]
        self._lows[bucket : bucket + 1] = [piece.low for piece, _ in pieces]
        self._counts[bucket : bucket + 1] = [piece.count for piece, _ in pieces]
        self._sums[bucket : bucket + 1] = [piece.sum for piece, _ in pieces]
        # The last piece is where new keys go when they are written, the first where they go in a join (newest first).
        for piece, keys in (pieces[0], pieces[-1]):
            self._keep(piece.low, b"".join(keys))

    def _rebuild(self) -> None:
        self._starts = [0, *accumulate(self._counts)]
        self._total = None

    def _check(self, begin: int, end: int) -> None:
        if not 0 <= begin <= end <= len(self):
            raise IndexError(f"{begin}:{end} of {len(self)}")

    def _bucket_at(self, index: int) -> int:
        """The bucket that holds a position; empty buckets hold none."""
        return bisect_right(self._starts, index) - 1

    def _partial_sum(self, bucket: int, begin: int, end: int) -> int:
        """The smaller side is added up."""
        packed = self._packed(bucket)
        if 2 * (end - begin) <= self._counts[bucket]:
            return _sum_packed(packed, begin, end)
        outside = _sum_packed(packed, 0, begin) + _sum_packed(packed, end, self._counts[bucket])
        return self._sums[bucket] - outside

    def _packed(self, bucket: int) -> bytes:
        """A bucket's keys in one piece.

        Raises:
            StorageError: they cannot be read, or are not those that were counted.
        """
        low = self._lows[bucket]
        packed = self._loaded.get(low)
        if packed is not None:
            self._loaded.move_to_end(low)
            return packed
        high = self._lows[bucket + 1] if bucket + 1 < len(self._lows) else None
        packed = b"".join(self._load(low, high))
        if len(packed) != self._counts[bucket] * KEY_BYTES:
            raise self._damage()
        self._keep(low, packed)
        return packed

    def _damage(self) -> StorageDamaged:
        damage = StorageDamaged("The index of the database is damaged.")
        self._on_damage(damage)
        return damage

    def _keep(self, low: bytes, packed: bytes) -> None:
        self._loaded[low] = packed
        while len(self._loaded) > LOADED_BUCKETS:
            self._loaded.popitem(last=False)


def _key(packed: bytes, at: int) -> ItemKey:
    return ItemKey(packed[at * KEY_BYTES : (at + 1) * KEY_BYTES])


def _keys(packed: bytes) -> list[ItemKey]:
    return [_key(packed, at) for at in range(len(packed) // KEY_BYTES)]


def _sum_packed(packed: bytes, begin: int, end: int) -> int:
    places = range(begin * KEY_BYTES, end * KEY_BYTES, KEY_BYTES)
    return sum(int.from_bytes(packed[place + AT_BYTES : place + KEY_BYTES], "little") for place in places)


def _merged(packed: bytes, new: Sequence[ItemKey]) -> bytes:
    if new[0] > packed[-KEY_BYTES:]:
        return packed + b"".join(new)
    return b"".join(sorted([*_keys(packed), *new]))
