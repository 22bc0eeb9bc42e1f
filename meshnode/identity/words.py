"""Words: a device's id as four words that two people can read to each other.

Rules of this module:
1. `words.txt` holds 2,048 plain words, sorted, no two of them one slip of a letter apart. Its order is part of the
   format: never edit it.
2. Four words are for recognising a neighbour's device, 44 bits of it. They prove nothing; links are proved by keys.
"""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files

from crdt.identifiers import DeviceId

WORD_COUNT = 2048
WORD_BITS = 11
DEVICE_WORDS = 4
_DIGEST_BYTES = 8


@functools.cache
def word_list() -> tuple[str, ...]:
    """All words, in order."""
    return tuple(files("meshnode.identity").joinpath("words.txt").read_text(encoding="ascii").split())


def device_words(device: DeviceId) -> str:
    """Four words for a device, such as "maple kettle robin stool"."""
    digest = hashlib.blake2b(device, digest_size=_DIGEST_BYTES, person=b"meshnode-words").digest()
    number = int.from_bytes(digest, "big")
    words = word_list()
    return " ".join(words[number >> (WORD_BITS * place) & (WORD_COUNT - 1)] for place in range(DEVICE_WORDS))
