"""The word list, and a device's four words."""

from __future__ import annotations

import hashlib
import itertools

from crdt.identifiers import DeviceId
from meshnode.identity.words import WORD_COUNT, device_words, word_list
from tests.support.people import NAMES, seeded_identity


def test_the_list_is_what_the_format_says() -> None:
    words = word_list()
    assert len(words) == len(set(words)) == WORD_COUNT == 2048
    assert list(words) == sorted(words)
    assert all(3 <= len(word) <= 8 and word.isascii() and word.isalpha() and word.islower() for word in words)


def test_no_two_words_are_one_slip_apart() -> None:
    """One letter wrong, missing, too many or swapped with its neighbour never makes another word."""
    words = set(word_list())
    for word in words:
        cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        letters = "abcdefghijklmnopqrstuvwxyz"
        slips = {left + right[1:] for left, right in cuts if right}
        slips |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
        slips |= {left + letter + right[1:] for (left, right), letter in itertools.product(cuts, letters) if right}
        slips |= {left + letter + right for (left, right), letter in itertools.product(cuts, letters)}
        assert not (slips & words) - {word}, word


def test_the_order_of_the_list_never_changes() -> None:
    joined = "\n".join(word_list()).encode()
    assert hashlib.sha256(joined).hexdigest() == "dede2a934a3e393ff2f03226ae9dadd9145c87afb75af878461901b82d02015b"


def test_four_words_recognise_a_device() -> None:
    shown = {device_words(seeded_identity(name).device) for name in NAMES}
    assert len(shown) == len(NAMES)
    assert all(len(words.split()) == 4 and set(words.split()) <= set(word_list()) for words in shown)
    assert device_words(seeded_identity("alice").device) == "warbler solid quality scout"


def test_every_word_and_every_place_is_used() -> None:
    places: list[set[str]] = [set(), set(), set(), set()]
    for number in range(30_000):
        for place, word in zip(places, device_words(DeviceId(number.to_bytes(32, "big"))).split(), strict=True):
            place.add(word)
    assert all(place == set(word_list()) for place in places)
