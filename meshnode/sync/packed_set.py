"""PackedSet: an ItemSet in memory, in packed blocks of keys with cached sums.

Rules of this module:
1. A block holds up to 512 keys in one bytearray: about 43 bytes an item, against 130 for a list of bytes objects.
2. Sums and counts of whole blocks are added up once and kept until the next insert, so that a fingerprint reads at
   most two blocks key by key.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from crdt.identifiers import KEY_BYTES, ItemKey
from meshnode.sync.fingerprint import fingerprint_of, sum_of_keys

BLOCK_KEYS = 512
"""Small enough to shift in a microsecond, large enough that a million items need only a few thousand blocks."""
FILLED_KEYS = BLOCK_KEYS * 3 // 4
"""How full blocks are made in bulk: room for late arrivals before they split."""


class PackedSet:
    """Keys of one lane in order."""

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self._blocks: list[bytearray] = []
        self._lows: list[bytes] = []
        self._sums: list[int] = []
        self._count_before: list[int] | None = None
        self._sum_before: list[int] = []
        self._length = 0
        self.update(keys)

    # -- growing ----------------------------------------------------------------------------------------------------

    def add(self, key: bytes) -> bool:
        """Put one key in; False if it is there already."""
        if not self._blocks:
            self._place(0, [key])
            self._changed(1)
            return True
        index = max(0, bisect_right(self._lows, key) - 1)
        block = self._blocks[index]
        place = _lower_in_block(block, key)
        at = place * KEY_BYTES
        if block[at : at + KEY_BYTES] == key:
            return False
        block[at:at] = key
        self._sums[index] += sum_of_keys((key,))
        self._lows[index] = bytes(block[:KEY_BYTES])
        if len(block) > BLOCK_KEYS * KEY_BYTES:
            self._split(index)
        self._changed(1)
        return True

    def update(self, keys: Iterable[bytes]) -> int:
        """Put many keys in; how many were new. Much quicker than one by one when they are many."""
        fresh = sorted(set(keys))
        if len(fresh) * 4 < self._length:
            return sum(self.add(key) for key in fresh)
        merged = sorted(set(fresh).union(self.keys(0, self._length)))
        gained = len(merged) - self._length
        self._blocks, self._lows, self._sums = [], [], []
        for start in range(0, len(merged), FILLED_KEYS):
            self._place(len(self._blocks), merged[start : start + FILLED_KEYS])
        self._changed(gained)
        return gained

    def discard(self, key: bytes) -> bool:
        """Take one key out; False if it was not there."""
        index = max(0, bisect_right(self._lows, key) - 1)
        if index >= len(self._blocks):
            return False
        block = self._blocks[index]
        at = _lower_in_block(block, key) * KEY_BYTES
        if block[at : at + KEY_BYTES] != key:
            return False
        del block[at : at + KEY_BYTES]
        self._sums[index] -= sum_of_keys((key,))
        if block:
            self._lows[index] = bytes(block[:KEY_BYTES])
        else:
            del self._blocks[index], self._lows[index], self._sums[index]
        self._changed(-1)
        return True

    def _place(self, index: int, keys: list[bytes]) -> None:
        self._blocks.insert(index, bytearray(b"".join(keys)))
        self._lows.insert(index, keys[0])
        self._sums.insert(index, sum_of_keys(keys))

    def _split(self, index: int) -> None:
        block = self._blocks[index]
        middle = len(block) // KEY_BYTES // 2 * KEY_BYTES
        upper = _keys_in(block, middle, len(block))
        del block[middle:]
        self._place(index + 1, upper)
        self._sums[index] -= self._sums[index + 1]

    def _changed(self, gained: int) -> None:
        self._length += gained
        self._count_before = None

    # -- reading ----------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many keys there are."""
        return self._length

    def __contains__(self, key: bytes) -> bool:
        """Whether this very key is there."""
        index = max(0, bisect_right(self._lows, key) - 1)
        if index >= len(self._blocks):
            return False
        at = _lower_in_block(self._blocks[index], key) * KEY_BYTES
        return self._blocks[index][at : at + KEY_BYTES] == key

    def key_at(self, index: int) -> ItemKey:
        """The key at a place."""
        if not 0 <= index < self._length:
            raise IndexError(index)
        block, place = self._where(index)
        return ItemKey(bytes(self._blocks[block][place * KEY_BYTES : (place + 1) * KEY_BYTES]))

    def lower_bound(self, key: bytes) -> int:
        """How many keys are smaller."""
        if not self._blocks:
            return 0
        index = max(0, bisect_right(self._lows, key) - 1)
        return self._counts()[index] + _lower_in_block(self._blocks[index], key)

    def fingerprint(self, begin: int, end: int) -> bytes:
        """The fingerprint of a range of places."""
        return fingerprint_of(self._sum_up_to(end) - self._sum_up_to(begin), max(0, end - begin))

    def keys(self, begin: int, end: int) -> list[ItemKey]:
        """The keys of a range of places."""
        found: list[bytes] = []
        end = min(end, self._length)
        if begin >= end:
            return []
        block, place = self._where(begin)
        while len(found) < end - begin:
            stop = place + end - begin - len(found)
            found += _keys_in(self._blocks[block], place * KEY_BYTES, stop * KEY_BYTES)
            block, place = block + 1, 0
        return [ItemKey(key) for key in found]

    def _counts(self) -> list[int]:
        """How many keys and what sum stand before each block, added up when first asked for."""
        if self._count_before is None:
            self._count_before = [0, *accumulate(len(block) // KEY_BYTES for block in self._blocks)]
            self._sum_before = [0, *accumulate(self._sums)]
        return self._count_before

    def _where(self, index: int) -> tuple[int, int]:
        counts = self._counts()
        block = bisect_right(counts, index) - 1
        return block, index - counts[block]

    def _sum_up_to(self, index: int) -> int:
        if index >= self._length:
            self._counts()
            return self._sum_before[-1]
        block, place = self._where(index)
        contents = self._blocks[block]
        whole = len(contents) // KEY_BYTES
        if place * 2 <= whole:
            return self._sum_before[block] + sum_of_keys(_keys_in(contents, 0, place * KEY_BYTES))
        return self._sum_before[block + 1] - sum_of_keys(_keys_in(contents, place * KEY_BYTES, len(contents)))


def _keys_in(block: bytearray, begin: int, end: int) -> list[bytes]:
    part = bytes(memoryview(block)[begin:end])
    return [part[at : at + KEY_BYTES] for at in range(0, len(part), KEY_BYTES)]


def _lower_in_block(block: bytearray, key: bytes) -> int:
    low, high = 0, len(block) // KEY_BYTES
    while low < high:
        middle = (low + high) // 2
        if block[middle * KEY_BYTES : (middle + 1) * KEY_BYTES] < key:
            low = middle + 1
        else:
            high = middle
    return low
