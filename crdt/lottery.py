"""The public shuffle: an order that nobody chose and everybody can compute again.

Whoever wants to check a lottery with another program, or with paper and patience, needs only this:

1. The items are sorted as bytes, doubles count once.
2. Numbers come from BLAKE2b with 64-byte digests, personalised "meshnode-lottery": block 0, 1, 2, ... is the digest
   of the block's number (8 bytes, big-endian) followed by the seed; it gives eight numbers of 8 bytes, big-endian.
3. A number below n is the next one modulo n. Numbers of 2**64 - (2**64 modulo n) and above are passed over, so that
   none of the n is likelier than another.
4. From the last place down to the second (counted from 0: place n-1 ... 1), the item at place p changes places with
   the one at a number below p + 1.

Rules of this module:
1. Pure: seed and items in, order out. The same everywhere and for ever: the vectors in tests/crdt/test_lottery.py
   are part of the format.
2. Who may take part, and what the seed commits to, is the caller's matter: a seed that somebody can choose after
   the list is known is no lottery.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

_BLOCK_BYTES = 64
_NUMBER_BYTES = 8
_NUMBERS = 2 ** (8 * _NUMBER_BYTES)
_PERSON = b"meshnode-lottery"


def shuffle(seed: bytes, items: Sequence[bytes]) -> list[bytes]:
    """The items in the order that the seed gives them; in which order they are handed over makes no difference.

    Args:
        seed: what the lottery commits to; any length.
        items: what is shuffled, such as member keys; an item that is there twice counts once.
    """
    order = sorted(set(items))
    numbers = _numbers(seed)
    for place in range(len(order) - 1, 0, -1):
        other = _below(place + 1, numbers)
        order[place], order[other] = order[other], order[place]
    return order


def _numbers(seed: bytes) -> Iterator[int]:
    """The numbers that a seed stands for, without end."""
    block = 0
    while True:
        said = block.to_bytes(8, "big") + seed
        digest = hashlib.blake2b(said, digest_size=_BLOCK_BYTES, person=_PERSON).digest()
        for start in range(0, _BLOCK_BYTES, _NUMBER_BYTES):
            yield int.from_bytes(digest[start : start + _NUMBER_BYTES], "big")
        block += 1


def _below(count: int, numbers: Iterator[int]) -> int:
    """The next number below `count`, each as likely as the others."""
    fair = _NUMBERS - _NUMBERS % count
    return next(number for number in numbers if number < fair) % count
