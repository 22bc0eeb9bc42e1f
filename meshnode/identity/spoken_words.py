"""Spoken words: three words of the list that one person says and another types, to let them in.

Rules of this module:
1. 33 bits: far too few to be a key, plenty for three guesses in ten minutes (`meshnode.noise.spake2`).
2. Capitals, commas, hyphens and line breaks do no harm. A word that is not on the list is said at once, with the
   nearest one: a slip of the finger costs no guess.
"""

from __future__ import annotations

import difflib
import re

from meshnode.errors import WrongWords
from meshnode.identity.words import WORD_BITS, WORD_COUNT, word_list

SPOKEN_WORDS = 3
RANDOM_BYTES = 8
_BETWEEN = re.compile(r"[\s,.;:/_-]+")
_MOST_TYPED = 5
"""With one or two words too many it is still said that three are needed; a code has more parts, or digits."""


def pick_words(random: bytes) -> tuple[str, ...]:
    """Three words from 8 random bytes."""
    number = int.from_bytes(random[:RANDOM_BYTES], "big")
    words = word_list()
    return tuple(words[number >> (WORD_BITS * place) & (WORD_COUNT - 1)] for place in range(SPOKEN_WORDS))


def looks_spoken(text: str) -> bool:
    """Whether somebody typed words here, and not a code."""
    parts = _parts(text)
    return 1 < len(parts) <= _MOST_TYPED and all(part.isalpha() for part in parts)


def read_words(text: str) -> tuple[str, ...]:
    """The three words in a text.

    Raises:
        WrongWords: there are not three, or one is not on the list.
    """
    parts = _parts(text)
    if len(parts) != SPOKEN_WORDS:
        raise WrongWords(f"Three words are needed, and these are {len(parts)}.", next_step="Type all three.")
    for part in parts:
        if part not in word_list():
            near = difflib.get_close_matches(part, word_list(), 1, 0.6)
            meant = f"Did they say '{near[0]}'?" if near else "Ask your neighbour to read them out again."
            raise WrongWords(f"'{part[:20]}' is none of the words that are ever used.", next_step=meant)
    return tuple(parts)


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text.lower()) if part]
