"""Blocks: runs of a lane's items as one zlib stream each, cut newest first and unpacked within bounds.

Rules of this module:
1. Every block is a stream of its own, so that what has arrived counts even when the link is cut.
2. A block reaches down to its lowest key without a gap; the next one goes on below it.
3. Unpacking stops at MAX_BLOCK_INFLATED_BYTES, whatever the stream promises.
"""

from __future__ import annotations

import zlib

from crdt.identifiers import KEY_BYTES, Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.byte_reader import unpack_chunks
from meshnode.sync.codec import pack_chunks
from meshnode.sync.item_set import AFTER_ALL, LocalSets
from meshnode.sync.limits import BLOCK_AIM_BYTES, BLOCK_LEVEL, MAX_BLOCK_BYTES, MAX_BLOCK_INFLATED_BYTES
from meshnode.sync.messages import Block

FIRST_BLOCK_ITEMS = 128
MAX_BLOCK_ITEMS = 4096
LENGTH_BYTES = 4
"""At most, in front of each item."""


class BlockCutter:
    """Cuts one lane into blocks for one peer, from the newest item down."""

    def __init__(self, lane: Lane, sets: LocalSets, before: bytes) -> None:
        self.lane = lane
        self._sets = sets
        self._before = before or AFTER_ALL
        self._planned_items = FIRST_BLOCK_ITEMS

    def left(self) -> int:
        """How many items have not been cut yet."""
        return self._sets.lane(self.lane).lower_bound(self._before)

    def next_block(self) -> Block:
        """The next block down; its `eof` says that it is the last."""
        items = self._sets.lane(self.lane)
        end = items.lower_bound(self._before)
        count = self._planned_items
        while end:
            begin = max(0, end - count)
            low = items.key_at(begin)
            stream, size, found, whole = self._compress(low, count)
            if not whole:
                count = max(1, count // 2)
                continue
            self._before = low
            if found:
                self._plan(found, size)
                return Block(self.lane, begin == 0, low, found, stream)
            # All that stood here has left the set, on the disk already and in the keys in a moment.
            end = begin
        return Block(self.lane, True, b"", 0, b"")

    def _compress(self, low: bytes, count: int) -> tuple[bytes, int, int, bool]:
        """The run from `low` on as a stream, its plain size, how many items it is, and whether all of it fits.

        Usually as many as the keys say; the disk may be a commit ahead of them.
        """
        allowed = MAX_BLOCK_INFLATED_BYTES - count * LENGTH_BYTES
        high = None if self._before == AFTER_ALL else self._before
        rows, whole = self._sets.range_items(self.lane, low, high, allowed)
        if not whole:
            return b"", 0, 0, False
        packed = pack_chunks(payload for _, payload in rows)
        stream = zlib.compress(packed, BLOCK_LEVEL)
        return (
            stream,
            len(packed),
            len(rows),
            len(stream) <= MAX_BLOCK_BYTES and len(packed) <= MAX_BLOCK_INFLATED_BYTES,
        )

    def _plan(self, count: int, size: int) -> None:
        """Aim the next block at a size that surely fits."""
        self._planned_items = max(1, min(MAX_BLOCK_ITEMS, BLOCK_AIM_BYTES * count // max(1, size)))


class BlockTaker:
    """Checks that one lane's blocks go down without end and unpacks them."""

    def __init__(self, lane: Lane, before: bytes, allowed_items: int) -> None:
        self.lane = lane
        self._lowest = before or AFTER_ALL
        self._allowed_items = allowed_items

    def take(self, block: Block) -> tuple[bytes, ...]:
        """The items of a block.

        Raises:
            RemoteProtocolError: not the next block down, not a bounded stream, or more items than the peer holds.
        """
        if not block.eof and (len(block.lowest) < KEY_BYTES or not block.count):
            raise RemoteProtocolError("a block without items")
        if block.lowest and not block.lowest < self._lowest:
            raise RemoteProtocolError("a block out of order")
        self._lowest = block.lowest or self._lowest
        self._allowed_items -= block.count
        if self._allowed_items < 0:
            raise RemoteProtocolError("more items in blocks than the peer holds")
        items = unpack_chunks(inflate(block.stream)) if block.count else ()
        if len(items) != block.count:
            raise RemoteProtocolError("a block holds another number of items than it says")
        return items


def inflate(stream: bytes) -> bytes:
    """What is in a stream.

    Raises:
        RemoteProtocolError: not one complete stream, or longer than a block may be.
    """
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(stream, MAX_BLOCK_INFLATED_BYTES + 1)
    except zlib.error as error:
        raise RemoteProtocolError("not a zlib stream") from error
    if len(plain) > MAX_BLOCK_INFLATED_BYTES or not unpacker.eof or unpacker.unused_data:
        raise RemoteProtocolError("a block is too long or cut off")
    return plain
