"""LEB128 integers as Automerge writes them: bounded to 64 bits and in their shortest form only.

Rules of this module:
1. A second spelling of one number is refused: automerge would write the number back differently and lose the hash.
2. Reading past the end is a refusal, never an IndexError.
"""

from __future__ import annotations

from crdt.errors import ChunkRefused

_LONGEST = 10
"""Bytes that a 64-bit number can take at most."""


def read_unsigned(raw: bytes, at: int) -> tuple[int, int]:
    """The unsigned number at `at`, and the position after it."""
    value = shift = 0
    for position in range(at, min(at + _LONGEST, len(raw))):
        byte = raw[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if (byte == 0 and shift) or value >= 1 << 64:
                raise ChunkRefused("number")
            return value, position + 1
        shift += 7
    raise ChunkRefused("truncated" if len(raw) < at + _LONGEST else "number")


def read_signed(raw: bytes, at: int) -> tuple[int, int]:
    """The signed number at `at`, and the position after it."""
    value = shift = 0
    previous = 0
    for position in range(at, min(at + _LONGEST, len(raw))):
        byte = raw[position]
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            negative = byte & 0x40
            if shift > 7 and byte == (0x7F if previous & 0x40 else 0x00):
                raise ChunkRefused("number")
            if negative:
                value -= 1 << shift
            if not -(1 << 63) <= value < 1 << 63:
                raise ChunkRefused("number")
            return value, position + 1
        previous = byte
    raise ChunkRefused("truncated" if len(raw) < at + _LONGEST else "number")


def write_unsigned(value: int) -> bytes:
    """The shortest form of a number >= 0."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
