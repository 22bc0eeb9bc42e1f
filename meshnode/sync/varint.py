"""Variable-length numbers: base 128, the highest digit first, every byte but the last has its high bit set.

Rules of this module:
1. As in negentropy v1; the same form is used for lengths everywhere in this room.
2. A number that needs more than 64 bits, or whose bytes end too early, is the peer's fault.
"""

from __future__ import annotations

from meshnode.errors import RemoteProtocolError

MAX_DIGITS = 10
"""Ten digits of seven bits hold 64 bits."""
MAX_U64 = 2**64 - 1


def encode_varint(number: int) -> bytes:
    """The shortest form of a number of up to 64 bits."""
    if number < 0x80:
        return bytes((number,))
    digits = [number & 0x7F]
    number >>= 7
    while number:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    digits.reverse()
    return bytes(digits)


def decode_varint(source: bytes, at: int) -> tuple[int, int]:
    """The number that starts at `at`, and where the next thing starts.

    Raises:
        RemoteProtocolError: cut off, or larger than 64 bits.
    """
    number = 0
    for position in range(at, min(at + MAX_DIGITS, len(source))):
        byte = source[position]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            if number > MAX_U64:
                break
            return number, position + 1
    raise RemoteProtocolError("a number is cut off or too large")
