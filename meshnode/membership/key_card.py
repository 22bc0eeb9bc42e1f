"""Key card: a member key on paper: eight numbered lines of four words, and the same as a QR code.

Words, because people read and type them without mistakes: they are plain, no two of the list are one slip of a letter
apart, and each line checks itself, so a mistake is named with its line while the card is typed. A line is four bytes of
the key and a check of 12 bits over all of the key so far: lines in the wrong order, or of two cards, are found too.
Code: version 16 | key 32 | check 3, in `armour`.

Rules of this module:
1. What is read is the whole key or a sentence that says what to look at; nothing is guessed.
2. A card names nobody: whose it is, the key itself tells (`MemberKeys.id`).
"""

from __future__ import annotations

import difflib
import hashlib
import re

from meshnode.errors import BadInput, DamagedCode, NotPossible
from meshnode.identity.keys import KEY_BYTES, Identity, MemberKeys
from meshnode.identity.signing import SigningKey
from meshnode.identity.words import WORD_BITS, WORD_COUNT, word_list
from meshnode.membership.armour import PREFIX, armour, checked, unarmour

LINES = 8
WORDS_A_LINE = 4
_LINE_BYTES = KEY_BYTES // LINES
_CHECK_BITS = WORDS_A_LINE * WORD_BITS - 8 * _LINE_BYTES
_CHECK_PERSON = b"meshnode-card"
_VERSION = 16
_CODE_CHECK_BYTES = 3
_CODE_BYTES = 1 + KEY_BYTES + _CODE_CHECK_BYTES
_NO_LETTERS = re.compile(r"[^a-z]+")
LONGEST_TEXT = 2048


def card_lines(keys: MemberKeys) -> tuple[str, ...]:
    """The eight lines, without their numbers."""
    return tuple(_line(keys.sign.seed, number) for number in range(LINES))


def card_code(keys: MemberKeys) -> str:
    """The same for a QR code: 64 characters of its compact alphabet."""
    return armour(bytes([_VERSION]) + keys.sign.seed, _CODE_CHECK_BYTES)


class CardEntry:
    """A card that is being typed, line by line."""

    def __init__(self) -> None:
        self._seed = b""

    @property
    def next_line(self) -> int:
        """The number of the line that comes next, from 1; 9 after the last."""
        return len(self._seed) // _LINE_BYTES + 1

    @property
    def is_whole(self) -> bool:
        """Whether all lines have been taken."""
        return len(self._seed) == KEY_BYTES

    def take(self, typed: str) -> None:
        """Take the next line, with its number or without.

        Raises:
            BadInput: it is not that line; nothing of it was taken.
        """
        words = words_of(typed)
        if len(words) != WORDS_A_LINE:
            raise BadInput(f"Line {self.next_line} has four words, not {len(words)}.", next_step="Type it again.")
        known = word_list()
        places = []
        for word in words:
            if word not in known:
                raise BadInput(f"Line {self.next_line}: {word!r} is no word of a card.", next_step=_meant(word))
            places.append(known.index(word))
        seed = self._seed + _line_key(places)
        if _line(seed, self.next_line - 1).split() != words:
            raise BadInput(
                f"Line {self.next_line} is not right: a word of it is another one, or lines before it are missing.",
                next_step=f"Compare it with the card, and type line {self.next_line} again.",
            )
        self._seed = seed

    def keys(self) -> MemberKeys:
        """The member key, once the card is whole."""
        return MemberKeys(SigningKey(self._seed))


def read_card(text: str) -> MemberKeys:
    """Read a whole card: its words, however they are broken into lines, or its code.

    Raises:
        BadInput: it is none, or one with a mistake; the sentence says in which line.
    """
    if len(text) > LONGEST_TEXT:
        raise BadInput("This is too long for a key card.", next_step="Type its eight lines, and nothing else.")
    if text.strip().upper().startswith(PREFIX):
        return _from_code(text)
    words = words_of(text)
    entry = CardEntry()
    for start in range(0, min(len(words), LINES * WORDS_A_LINE), WORDS_A_LINE):
        entry.take(" ".join(words[start : start + WORDS_A_LINE]))
    if not entry.is_whole or len(words) > LINES * WORDS_A_LINE:
        raise BadInput(
            f"A key card has {LINES * WORDS_A_LINE} words, and these are {len(words)}.",
            next_step="Type its eight lines, and nothing else.",
        )
    return entry.keys()


def is_card_code(text: str) -> bool:
    """Whether somebody typed or scanned a card's code; also one with a mistake, if it has the right length."""
    try:
        return len(unarmour(text)) == _CODE_BYTES
    except DamagedCode:
        return False


def signing_keys(identity: Identity, card: str | None) -> MemberKeys:
    """The member key to sign with: the one on this device, or the one that was typed from a card.

    Raises:
        NotPossible: it is not on this device and no card was typed, or the card is somebody else's.
        BadInput: the card has a mistake.
    """
    person = identity.person
    if card is not None:
        keys = read_card(card)
        if keys.id != person:
            raise NotPossible("This is another person's key card.", next_step="Use the card with your own name on it.")
        return keys
    if identity.member_keys is None:
        raise NotPossible(
            "This device does not hold your member key.",
            next_step="Do this on your main device, or with your key card: add --card to the command.",
        )
    return identity.member_keys


def words_of(text: str) -> list[str]:
    """The words in a text as people type it: numbers, stops and capitals do no harm."""
    return [word for word in _NO_LETTERS.split(text.lower()) if word]


def _from_code(text: str) -> MemberKeys:
    try:
        packed = unarmour(text)
        if len(packed) != _CODE_BYTES:
            raise DamagedCode
        content = checked(packed, _CODE_CHECK_BYTES, frozenset({_VERSION}))
    except DamagedCode as error:
        raise BadInput(
            "This is not the code of a key card, or it is damaged.", next_step="Scan it again, or type its eight lines."
        ) from error
    return MemberKeys(SigningKey(content[1:]))


def _line(seed: bytes, number: int) -> str:
    """Line `number` (from 0) of a key of which at least so much is known."""
    so_far = seed[: (number + 1) * _LINE_BYTES]
    digest = hashlib.blake2b(so_far, digest_size=8, person=_CHECK_PERSON).digest()
    check = int.from_bytes(digest, "big") & ((1 << _CHECK_BITS) - 1)
    value = int.from_bytes(so_far[-_LINE_BYTES:], "big") << _CHECK_BITS | check
    known = word_list()
    places = [value >> (WORD_BITS * place) & (WORD_COUNT - 1) for place in reversed(range(WORDS_A_LINE))]
    return " ".join(known[place] for place in places)


def _line_key(places: list[int]) -> bytes:
    """The part of the key in a line, its check left aside."""
    value = 0
    for place in places:
        value = value << WORD_BITS | place
    return (value >> _CHECK_BITS).to_bytes(_LINE_BYTES, "big")


def _meant(word: str) -> str:
    near = difflib.get_close_matches(word, word_list(), 1, 0.7)
    return f"Is it {near[0]!r}? Look at the card." if near else "Look at the card, and type the line again."
