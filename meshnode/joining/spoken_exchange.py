"""Spoken exchange: the two sides of SPAKE2 as meshnode plays them, named and numbered the same on both.

Rules of this module:
1. The joiner is side A, the device with the open window side B; the names are part of the key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from meshnode.noise.spake2 import RANDOM_BYTES, Side, Spake2

ID_JOINER = b"meshnode joiner"
ID_HOST = b"meshnode host"


def exchange_of(side: Side, words: Sequence[str], random: Callable[[int], bytes]) -> Spake2:
    """A fresh exchange about these words."""
    return Spake2(side, " ".join(words).encode(), id_a=ID_JOINER, id_b=ID_HOST, random=random(RANDOM_BYTES))
