"""Key cards: what is printed is read back; every slip of a typing hand is found, in its line."""

from __future__ import annotations

import random

import pytest

from meshnode.errors import BadInput, NotPossible
from meshnode.identity.keys import Identity, MemberKeys
from meshnode.identity.words import word_list
from meshnode.membership.armour import armour
from meshnode.membership.key_card import CardEntry, card_code, card_lines, is_card_code, read_card, signing_keys
from tests.support.people import fuzz_count, member_keys, seeded, seeded_hub, seeded_identity

ALICE = member_keys(seeded_identity("alice"))
BOB = member_keys(seeded_identity("bob"))
LINES = card_lines(ALICE)


def test_a_card_is_eight_short_lines_of_four_words() -> None:
    for count in range(20):
        lines = card_lines(MemberKeys.generate(seeded(f"person {count}")))
        assert [len(line.split()) for line in lines] == [4] * 8
        assert max(map(len, lines)) <= 35


def test_what_is_printed_is_read_however_it_is_typed() -> None:
    assert read_card("\n".join(LINES)) == ALICE
    assert read_card(" ".join(f"{number}. {line.upper()}," for number, line in enumerate(LINES, 1))) == ALICE
    assert read_card(card_code(ALICE)) == ALICE
    assert read_card(f"  {card_code(ALICE).lower()} ") == ALICE
    assert len(card_code(ALICE)) == 64


def test_a_card_is_told_from_an_invite() -> None:
    assert is_card_code(card_code(ALICE))
    assert not is_card_code(armour(b"\x01" + bytes(28), 2))
    assert not is_card_code("maple kettle robin")
    assert not is_card_code("1 maple, 2 kettle!")


def test_a_word_that_is_none_is_named_with_its_line_and_the_likely_one() -> None:
    first, *others = LINES[2].split()
    typed = "\n".join([*LINES[:2], " ".join([f"{first}q", *others]), *LINES[3:]])
    with pytest.raises(BadInput, match="Line 3") as refusal:
        read_card(typed)
    assert repr(first) in refusal.value.what_next


def test_every_other_word_is_found_in_its_line() -> None:
    """1 in 4,096 would pass its own line; then the next line says so, or after the last one the key is another's."""
    chance = random.Random(20)
    found = 0
    rounds = fuzz_count(200)
    for _ in range(rounds):
        line, place = chance.randrange(8), chance.randrange(4)
        words = [each.split() for each in LINES]
        words[line][place] = chance.choice([word for word in word_list() if word != words[line][place]])
        entry = CardEntry()
        try:
            for typed in words:
                entry.take(" ".join(typed))
        except BadInput as refusal:
            found += f"Line {line + 1} " in str(refusal)
        assert not entry.is_whole or entry.keys() != ALICE
    assert found >= rounds * 0.98


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param([*LINES[:3], LINES[4], LINES[3], *LINES[5:]], id="two lines swapped"),
        pytest.param([*LINES[:3], *card_lines(BOB)[3:]], id="lines of two cards"),
        pytest.param([*LINES[:5], *LINES[6:]], id="a line left out"),
        pytest.param(LINES[:7], id="the last line left out"),
        pytest.param([*LINES, LINES[0]], id="a line too many"),
        pytest.param([""], id="nothing"),
        pytest.param([LINES[0].rsplit(" ", 1)[0]], id="a word left out"),
        pytest.param(["x" * 5000], id="far too long"),
        pytest.param([card_code(ALICE)[:-1]], id="a code cut short"),
        pytest.param([card_code(ALICE)[:-1] + "2"], id="a code with another letter"),
        pytest.param([armour(b"\x09" + bytes(32), 3)], id="a code of a later version"),
        pytest.param([armour(b"\x01" + bytes(28), 2)], id="another code"),
    ],
)
def test_what_is_no_card_gets_a_sentence(typed: list[str]) -> None:
    with pytest.raises(BadInput) as refusal:
        read_card("\n".join(typed))
    assert refusal.value.what_next


def test_a_line_that_was_refused_can_be_typed_again() -> None:
    entry = CardEntry()
    for number, line in enumerate(LINES, 1):
        assert entry.next_line == number
        with pytest.raises(BadInput):
            entry.take(" ".join(reversed(line.split())))
        entry.take(f"{number} {line}")
    assert entry.is_whole
    assert entry.keys() == ALICE


def test_the_key_on_the_device_signs_or_the_card_of_the_same_person() -> None:
    alice = seeded_identity("alice")
    tablet = Identity(alice.device_keys, alice.member)
    card = " ".join(LINES)
    assert signing_keys(alice, None) == signing_keys(tablet, card) == ALICE
    with pytest.raises(NotPossible, match="does not hold your member key") as refusal:
        signing_keys(tablet, None)
    assert "--card" in refusal.value.what_next
    with pytest.raises(NotPossible, match="another person's"):
        signing_keys(tablet, " ".join(card_lines(BOB)))
    with pytest.raises(NotPossible, match="hub"):
        signing_keys(seeded_hub("elm"), card)
