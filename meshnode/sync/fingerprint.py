"""Fingerprints of ranges of a set, as negentropy v1 defines them.

Rules of this module:
1. A fingerprint is the first 16 bytes of SHA-256 over (sum of the ids as little-endian numbers modulo 2^256, count).
2. Sums add up, so whoever keeps sums of parts can give the fingerprint of the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from crdt.identifiers import HASH_BYTES, KEY_BYTES
from meshnode.sync.varint import encode_varint

FINGERPRINT_BYTES = 16
TIME_BYTES = KEY_BYTES - HASH_BYTES
_MODULUS_MASK = 2**256 - 1


def fingerprint_of(id_sum: int, count: int) -> bytes:
    """The fingerprint of `count` ids that add up to `id_sum` (reduced here)."""
    total = (id_sum & _MODULUS_MASK).to_bytes(HASH_BYTES, "little")
    return hashlib.sha256(total + encode_varint(count)).digest()[:FINGERPRINT_BYTES]


def sum_of_keys(keys: Iterable[bytes]) -> int:
    """What the ids of these 40-byte keys add up to, not reduced."""
    return sum(int.from_bytes(key[TIME_BYTES:], "little") for key in keys)


def fingerprint_of_keys(keys: Sequence[bytes]) -> bytes:
    """The fingerprint of exactly these keys."""
    return fingerprint_of(sum_of_keys(keys), len(keys))


EMPTY_DIGEST = fingerprint_of(0, 0)
"""What a lane without items answers."""
