"""Random sets of statements: in any order, in parts, merged, always one answer, and the one that the rules define."""

from __future__ import annotations

import random
from collections.abc import Callable

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
NODES = 3


def order_repetition_and_parts_make_no_difference(network: RandomNetwork, answer: Membership) -> None:
    """Three nodes that each hold a part come to one answer, whoever hears whom first."""
    chance, street = random.Random(network.seed), network.street
    assert fold(street.network, network.shuffled(chance)) == answer
    parts = [network.part(chance) for _ in range(NODES)]
    parts[0] += [each for each in street.statements if not any(each in part for part in parts)]
    for _ in range(NODES):
        chance.shuffle(parts)
        merged = [each for part in parts for each in part]
        assert fold(street.network, merged) == answer
    for part in parts:
        assert fold(street.network, part) == fold(street.network, sorted(set(part)))


def the_answer_is_the_one_that_the_rules_define(network: RandomNetwork, answer: Membership) -> None:
    assert not differences(answer, PlainFold(network.street.network, network.street.statements))
    assert all(len(use.users) <= use.invite.uses for use in answer.invites.values())


def what_is_known_once_is_known_for_ever(network: RandomNetwork, answer: Membership) -> None:
    """More statements may end a device's standing, never its place as one that is known."""
    part = fold(network.street.network, network.part(random.Random(network.seed)))
    assert part.devices.keys() <= answer.devices.keys()
    assert part.members.keys() <= answer.members.keys()
    assert part.forgotten <= answer.forgotten


def support_is_enough_for_a_peer_who_holds_nothing_else(network: RandomNetwork, answer: Membership) -> None:
    street = network.street
    held = {street.id(each): each for each in street.statements}
    for device in answer.devices.values():
        support = answer.support(device.id)
        if device.state.current:
            assert support[0] == street.id(street.genesis)
            shown = fold(street.network, [held[each] for each in support])
            assert shown.author_class(device.id).current
        else:
            assert support == []


def standing(membership: Membership) -> dict[bytes, tuple[bool, bool]]:
    return {member.id: (member.current, member.established) for member in membership.members.values()}


def _is_present(answer: Membership, name: str) -> bool:
    member = answer.members.get(seeded_identity(name).person)
    return member is not None and not member.left


def a_leave_that_lists_all_it_vouched_for_changes_nobody_else(network: RandomNetwork, answer: Membership) -> None:
    """Whoever leaves a second time, with a longer list, lets words count again that did not: that changes others."""
    present = [name for name in PEOPLE if _is_present(answer, name)]
    if answer.ballots or not present:
        return  # Who leaves takes their votes along.
    street, before, chance = network.street, standing(answer), random.Random(network.seed)
    leaver = seeded_identity(chance.choice(present))
    leave = sign_leave(leaver, street.network, answer.vouched_by(leaver.person))
    after = standing(fold(street.network, [*street.statements, leave]))
    assert after.pop(leaver.person) == (False, False)
    before.pop(leaver.person)
    assert after == before


CHECKS: tuple[Callable[[RandomNetwork, Membership], None], ...] = (
    order_repetition_and_parts_make_no_difference,
    the_answer_is_the_one_that_the_rules_define,
    what_is_known_once_is_known_for_ever,
    support_is_enough_for_a_peer_who_holds_nothing_else,
    a_leave_that_lists_all_it_vouched_for_changes_nobody_else,
)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_the_fold_promises(seed: int) -> None:
    someone_waits = someone_went = petitions = 0
    for number in range(fuzz_count(EACH)):
        network = RandomNetwork(1000 * seed + number, 40 + number % 40)
        answer = network.street.membership()
        for check in CHECKS:
            try:
                check(network, answer)
            except AssertionError as error:
                raise AssertionError(f"seed {network.seed}: {check.__name__}") from error
        someone_waits += any(not m.current and not m.left and not m.removed for m in answer.members.values())
        someone_went += bool(answer.removed)
        petitions += any(ballot.effective for ballot in answer.ballots)
    assert someone_waits, "no set in which an overused invite left somebody out: the networks are too tame"
    assert someone_went, "no set in which anybody was removed: the networks are too tame"
    assert petitions, "no set with an effective petition"
