"""Random sets of statements: in any order, in parts, merged, always one answer, and the one that the rules define."""

from __future__ import annotations

import functools
import random

import pytest

from meshnode.membership.fold import Membership, fold
from meshnode.membership.statements import sign_leave
from tests.membership.compare import differences
from tests.membership.plain_fold import PlainFold
from tests.membership.random_network import PEOPLE, RandomNetwork
from tests.support.people import fuzz_count, seeded_identity

SEEDS = 10
EACH = 25
"""With `make fuzz` forty times as many: 10,000 sets in all."""


@functools.cache
def networks(seed: int) -> list[RandomNetwork]:
    """Shared by all tests of this module, which must not change them."""
    return [RandomNetwork(1000 * seed + number, 40 + number % 40) for number in range(fuzz_count(EACH))]


def standing(membership: Membership) -> dict[bytes, tuple[bool, bool]]:
    return {member.id: (member.current, member.established) for member in membership.members.values()}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_order_repetition_and_parts_make_no_difference(seed: int) -> None:
    chance = random.Random(seed)
    for network in networks(seed):
        street = network.street
        answer = fold(street.network, street.statements)
        assert fold(street.network, network.shuffled(chance)) == answer, network.seed
        parts = [network.part(chance), network.part(chance), network.part(chance)]
        merged = [each for part in parts for each in part]
        rest = [each for each in street.statements if each not in merged]
        assert fold(street.network, [*rest, *merged]) == answer, network.seed
        for part in parts:
            assert fold(street.network, part) == fold(street.network, sorted(set(part))), network.seed


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_answer_is_the_one_that_the_rules_define(seed: int) -> None:
    someone_waited, someone_went = False, False
    for network in networks(seed):
        street = network.street
        answer, plain = street.membership(), PlainFold(street.network, street.statements)
        assert not differences(answer, plain), network.seed
        assert all(len(use.users) <= use.invite.uses for use in answer.invites.values()), network.seed
        someone_waited |= len(answer.members) > len(plain.now.members)
        someone_went |= bool(answer.removed)
    assert someone_waited, "no set in which an overused invite left somebody out: the networks are too tame"
    assert someone_went, "no set in which anybody was removed: the networks are too tame"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_belongs_once_belongs_for_ever(seed: int) -> None:
    """More statements may end a device's standing, never its place as one that is known."""
    chance = random.Random(seed)
    for network in networks(seed):
        street = network.street
        more, part = street.membership(), fold(street.network, network.part(chance))
        assert part.devices.keys() <= more.devices.keys(), network.seed
        assert part.members.keys() <= more.members.keys(), network.seed
        assert part.forgotten <= more.forgotten, network.seed


@pytest.mark.parametrize("seed", range(SEEDS))
def test_support_is_enough_for_a_peer_who_holds_nothing_else(seed: int) -> None:
    for network in networks(seed):
        street = network.street
        answer = street.membership()
        held = {street.id(each): each for each in street.statements}
        for device in answer.devices.values():
            support = answer.support(device.id)
            if device.state.current:
                assert support[0] == street.id(street.genesis)
                shown = fold(street.network, [held[each] for each in support])
                assert shown.author_class(device.id).current, network.seed
            else:
                assert support == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_leave_that_lists_all_it_vouched_for_changes_nobody_else(seed: int) -> None:
    chance = random.Random(seed)
    for network in networks(seed):
        street = network.street
        answer = street.membership()
        if answer.ballots:
            continue  # Who leaves takes their votes along.
        before = standing(answer)
        leaver = seeded_identity(chance.choice([n for n in PEOPLE if seeded_identity(n).person in before]))
        leave = sign_leave(leaver, street.network, answer.vouched_by(leaver.person))
        after = standing(fold(street.network, [*street.statements, leave]))
        assert after.pop(leaver.person) == (False, False)
        before.pop(leaver.person)
        assert after == before, network.seed
