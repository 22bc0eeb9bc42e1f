"""Negentropy v1 messages: a list of ranges that together cover the whole order, each with what is in it.

Rules of this module:
1. Bytes to values and back, byte for byte as the protocol's reference implementations do it; no sets, no decisions.
2. A bound is a place in the order of keys: eight bytes of time and the beginning of an id. The end of everything is
   AFTER_ALL.
3. Reading is bounded by the message's own length and by `max_ranges`.
"""

from __future__ import annotations

from dataclasses import dataclass

from crdt.identifiers import HASH_BYTES, ItemId
from meshnode.errors import RemoteProtocolError
from meshnode.sync.fingerprint import FINGERPRINT_BYTES, TIME_BYTES
from meshnode.sync.item_set import AFTER_ALL
from meshnode.sync.varint import MAX_U64, decode_varint, encode_varint

VERSION_1 = 0x61
SKIP, FINGERPRINT, ID_LIST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class SkipRange:
    """Nothing more to say about what lies before `upper`."""

    upper: bytes


@dataclass(frozen=True, slots=True)
class FingerprintRange:
    """Everything up to before `upper`, as one fingerprint."""

    upper: bytes
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class IdListRange:
    """Everything up to before `upper`, id by id."""

    upper: bytes
    ids: tuple[ItemId, ...]


Range = SkipRange | FingerprintRange | IdListRange


def minimal_bound(before: bytes, key: bytes) -> bytes:
    """The shortest place after the key `before` and not after the next key `key`."""
    if before[:TIME_BYTES] != key[:TIME_BYTES]:
        return key[:TIME_BYTES]
    length = TIME_BYTES
    while before[length] == key[length]:
        length += 1
    return key[: length + 1]


class RangeWriter:
    """Writes the ranges of one message; times are written as differences."""

    def __init__(self) -> None:
        self._last_time = 0

    def skip(self, upper: bytes) -> bytes:
        """A skip range."""
        return self._bound(upper) + bytes((SKIP,))

    def fingerprint(self, upper: bytes, fingerprint: bytes) -> bytes:
        """A fingerprint range."""
        return self._bound(upper) + bytes((FINGERPRINT,)) + fingerprint

    def id_list(self, upper: bytes, ids: list[bytes]) -> bytes:
        """An id list range."""
        return self._bound(upper) + bytes((ID_LIST,)) + encode_varint(len(ids)) + b"".join(ids)

    def _bound(self, upper: bytes) -> bytes:
        if upper == AFTER_ALL:
            self._last_time = MAX_U64
            return b"\0\0"
        time = int.from_bytes(upper[:TIME_BYTES], "big")
        step, self._last_time = time - self._last_time, time
        start = upper[TIME_BYTES:]
        return encode_varint(step + 1) + encode_varint(len(start)) + start


def read_ranges(message: bytes, max_ranges: int) -> list[Range]:
    """The ranges of a message.

    Raises:
        RemoteProtocolError: not a negentropy v1 message, or more ranges than allowed.
    """
    if not message or message[0] != VERSION_1:
        raise RemoteProtocolError("not a negentropy v1 message")
    ranges: list[Range] = []
    at, time, lower = 1, 0, b""
    while at < len(message):
        if len(ranges) >= max_ranges:
            raise RemoteProtocolError("too many ranges in one message")
        upper, time, at = _read_bound(message, at, time)
        if upper < lower:
            raise RemoteProtocolError("ranges are out of order")
        each, at = _read_contents(message, at, upper)
        ranges.append(each)
        lower = upper
    return ranges


def _read_bound(message: bytes, at: int, last_time: int) -> tuple[bytes, int, int]:
    step, at = decode_varint(message, at)
    length, at = decode_varint(message, at)
    start, at = _take(message, at, length)
    time = MAX_U64 if step == 0 else min(MAX_U64, last_time + step - 1)
    if length > HASH_BYTES:
        raise RemoteProtocolError("a bound is longer than a key")
    if time == MAX_U64:
        return AFTER_ALL, time, at
    return time.to_bytes(TIME_BYTES, "big") + start, time, at


def _read_contents(message: bytes, at: int, upper: bytes) -> tuple[Range, int]:
    mode, at = decode_varint(message, at)
    match mode:
        case 0:
            return SkipRange(upper), at
        case 1:
            fingerprint, at = _take(message, at, FINGERPRINT_BYTES)
            return FingerprintRange(upper, fingerprint), at
        case 2:
            count, at = decode_varint(message, at)
            block, at = _take(message, at, count * HASH_BYTES)
            ids = tuple(ItemId(block[start : start + HASH_BYTES]) for start in range(0, len(block), HASH_BYTES))
            return IdListRange(upper, ids), at
        case _:
            raise RemoteProtocolError("an unknown kind of range")


def _take(message: bytes, at: int, length: int) -> tuple[bytes, int]:
    if length > len(message) - at:
        raise RemoteProtocolError("a range is cut off")
    return message[at : at + length], at + length
