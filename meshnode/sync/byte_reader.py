"""ByteReader: takes fields from a message's body, one after the other.

Rules of this module:
1. Whatever is missing or impossible is the peer's fault.
2. Bytes left over are ignored: later versions add fields at the end.
"""

from __future__ import annotations

from crdt.identifiers import HASH_BYTES, ItemId, Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.varint import decode_varint


class ByteReader:
    """Reads one body from front to back."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def take(self, length: int) -> bytes:
        """So many bytes."""
        part = self._body[self._at : self._at + length]
        if len(part) < length:
            raise RemoteProtocolError("a message is cut off")
        self._at += length
        return part

    def number(self, length: int) -> int:
        """A big-endian number of so many bytes."""
        return int.from_bytes(self.take(length), "big")

    def varint(self) -> int:
        """A number of variable length."""
        number, self._at = decode_varint(self._body, self._at)
        return number

    def chunk(self) -> bytes:
        """Bytes behind their length."""
        return self.take(self.varint())

    def text(self) -> str:
        """UTF-8 behind its length."""
        return _as_text(self.chunk())

    def lane(self) -> Lane:
        """Which lane."""
        number = self.number(1)
        if number not in _LANES:
            raise RemoteProtocolError("an unknown lane")
        return Lane(number)

    def flag(self) -> bool:
        """One bit in a byte of its own; other bits are for later versions."""
        return bool(self.number(1) & 1)

    def rest(self) -> bytes:
        """Everything left."""
        part, self._at = self._body[self._at :], len(self._body)
        return part

    def rest_text(self) -> str:
        """Everything left as UTF-8."""
        return _as_text(self.rest())

    def rest_ids(self) -> tuple[ItemId, ...]:
        """Everything left as ids."""
        part = self.rest()
        if len(part) % HASH_BYTES:
            raise RemoteProtocolError("an id is cut off")
        return tuple(ItemId(part[at : at + HASH_BYTES]) for at in range(0, len(part), HASH_BYTES))

    def rest_chunks(self) -> tuple[bytes, ...]:
        """Everything left as chunks behind their lengths."""
        return unpack_chunks(self.rest())


_LANES = frozenset(Lane)


def unpack_chunks(packed: bytes) -> tuple[bytes, ...]:
    """Chunks behind their lengths, up to the end.

    Raises:
        RemoteProtocolError: the last one is cut off.
    """
    chunks: list[bytes] = []
    at, end = 0, len(packed)
    while at < end:
        length, at = decode_varint(packed, at)
        if length > end - at:
            raise RemoteProtocolError("an item is cut off")
        chunks.append(packed[at : at + length])
        at += length
    return tuple(chunks)


def _as_text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RemoteProtocolError("not text") from error
