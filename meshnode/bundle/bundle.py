"""Bundle: signed things in a file, so that they outlive the profile they came from.

Layout: magic 8 | network 32 | blocks; a block = lane 1 | items 4 | inflated bytes 4 | length 4 | zlib bytes |
BLAKE2b-128 of everything in the block before it; an item inside = length 4 | bytes. Integers are unsigned big-endian.

Rules of this module:
1. A file is written beside its name, flushed to the disk, then renamed: half a bundle never carries the name.
2. A damaged or cut file gives every whole block before and after the damage that can still be framed, and says so.
3. Nothing here is trusted: what is read goes through the replica's door.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crdt.identifiers import Lane, NetworkId
from meshnode.durable_file import durable_file
from meshnode.errors import StorageError

MAGIC = b"MESHBND1"
BLOCK_BYTES = 256 * 1024
"""One block in memory at a time; a damaged byte costs at most one."""
MAX_ITEM_BYTES = 160 * 1024
"""Above the largest envelope and the largest statement."""

_HEAD = struct.Struct(">BIII")
_LENGTH = struct.Struct(">I")
_SUM_BYTES = 16


class BundleDamaged(StorageError):
    """This bundle is damaged, or is none."""

    code = "bundle-damaged"


@dataclass(frozen=True, slots=True)
class Block:
    """Some items of one lane."""

    lane: Lane
    items: tuple[bytes, ...]


def write_bundle(path: Path, network: NetworkId, lanes: Iterable[tuple[Lane, Iterable[bytes]]]) -> int:
    """Write signed things to `path`; how many there were.

    Raises:
        StorageError: the file could not be written; an older file of that name is untouched.
    """
    count = 0
    with durable_file(path) as file:
        file.write(MAGIC + network)
        for lane, items in lanes:
            for block in _blocks(lane, items):
                file.write(_pack(block))
                count += len(block.items)
    return count


def read_bundle(path: Path) -> tuple[NetworkId, Iterator[Block]]:
    """The network a bundle is of, and its blocks.

    Raises:
        BundleDamaged: this is no bundle; or, while iterating, the rest cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BundleDamaged(f"{path} cannot be read: {error.strerror}.") from error
    head = file.read(len(MAGIC) + 32)
    if len(head) != len(MAGIC) + 32 or not head.startswith(MAGIC):
        file.close()
        raise BundleDamaged(f"{path} is not a meshnode bundle.")

    def blocks() -> Iterator[Block]:
        with file:
            while start := file.read(_HEAD.size):
                yield _unpack(start, file.read)

    return NetworkId(head[len(MAGIC) :]), blocks()


def _blocks(lane: Lane, items: Iterable[bytes]) -> Iterator[Block]:
    gathered: list[bytes] = []
    size = 0
    for item in items:
        if gathered and size + len(item) > BLOCK_BYTES:
            yield Block(lane, tuple(gathered))
            gathered, size = [], 0
        gathered.append(item)
        size += len(item) + _LENGTH.size
    if gathered:
        yield Block(lane, tuple(gathered))


def _pack(block: Block) -> bytes:
    plain = b"".join(_LENGTH.pack(len(item)) + item for item in block.items)
    packed = zlib.compress(plain, 6)
    body = _HEAD.pack(block.lane, len(block.items), len(plain), len(packed)) + packed
    return body + hashlib.blake2b(body, digest_size=_SUM_BYTES).digest()


def _unpack(start: bytes, read: Callable[[int], bytes]) -> Block:
    if len(start) < _HEAD.size:
        raise BundleDamaged("The bundle ends in the middle of a block.")
    lane, count, plain_bytes, packed_bytes = _HEAD.unpack(start)
    if packed_bytes > 2 * BLOCK_BYTES + MAX_ITEM_BYTES or plain_bytes > BLOCK_BYTES + MAX_ITEM_BYTES + 8:
        raise BundleDamaged("A block of the bundle claims to be larger than blocks are.")
    packed, checksum = read(packed_bytes), read(_SUM_BYTES)
    if hashlib.blake2b(start + packed, digest_size=_SUM_BYTES).digest() != checksum:
        raise BundleDamaged("A block of the bundle is damaged or cut off.")
    plain = zlib.decompressobj().decompress(packed, plain_bytes)
    items: list[bytes] = []
    at = 0
    while at < len(plain):
        (length,) = _LENGTH.unpack_from(plain, at)
        items.append(plain[at + _LENGTH.size : at + _LENGTH.size + length])
        at += _LENGTH.size + length
    if len(items) != count:
        raise BundleDamaged("A block of the bundle does not hold what it says.")
    return Block(Lane(lane), tuple(items))
