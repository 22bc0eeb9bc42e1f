"""Statements that one person can sign by the thousand, to make everybody's fold slow.

Each set has thousands of statements about one thing, and thousands of others for which that thing is looked up. A fold
that looks at each of the ones for each of the others takes a minute and more; one that does not, part of a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

import pytest

from crdt.identifiers import DeviceId, MemberId, StatementId
from meshnode.membership.fold import fold
from meshnode.membership.statements import (
    Device,
    DeviceDrop,
    DeviceKind,
    Hello,
    Petition,
    Statement,
    Void,
    Why,
    Witness,
    parse_statement,
)
from tests.support.people import Neighbourhood, maple_street, seeded_identity

MANY = 4_000
SECONDS = 4.0
"""For a fold of 10,000 statements on a busy machine; looking at each for each takes at least four times as long."""
_numbers = count(1)


def fresh() -> bytes:
    """A key or an id that nothing else has."""
    return next(_numbers).to_bytes(32, "big")


def hellos(street: Neighbourhood, by: DeviceId) -> list[Statement]:
    """Many who say hello with one invite, each seen by the same device."""
    invite = street.invite("bob", uses=255)
    key = invite.secrets.key.public
    found: list[Statement] = []
    for _ in range(MANY):
        who = Hello(
            StatementId(fresh()), MemberId(fresh()), invite.id, key, DeviceId(fresh()), fresh(), fresh(), "x", "x"
        )
        found += [who, Witness(StatementId(fresh()), by, who.id)]
    return found


def voids(street: Neighbourhood) -> list[Statement]:
    """An invite is taken back again and again, by whoever likes."""
    device = seeded_identity("bob").device
    said = hellos(street, device)
    invite = next(each.invite for each in said if isinstance(each, Hello))
    return [*said, *(Void(StatementId(fresh()), DeviceId(fresh()), invite, ()) for _ in range(MANY))]


def voids_with_lists(street: Neighbourhood) -> list[Statement]:
    """Its maker takes it back some hundred times, each time with as many who stay as a list holds."""
    device = seeded_identity("bob").device
    said = hellos(street, device)
    invite = next(each.invite for each in said if isinstance(each, Hello))
    stays = tuple(MemberId(fresh()) for _ in range(1_000))
    return [*said, *(Void(StatementId(fresh()), device, invite, stays) for _ in range(100))]


def drops(street: Neighbourhood) -> list[Statement]:
    """A device that saw many is given up again and again, by whoever likes."""
    device = seeded_identity("bob").device
    gone = (DeviceDrop(StatementId(fresh()), MemberId(fresh()), device, Why.RETIRED, ()) for _ in range(MANY))
    return [*hellos(street, device), *gone]


def owners(street: Neighbourhood) -> list[Statement]:
    """A device that saw many is certified by everybody whom its owner can think of."""
    device = seeded_identity("bob").device
    certified = (
        Device(StatementId(fresh()), MemberId(fresh()), device, fresh(), fresh(), DeviceKind.PERSONAL, "x", "x", ())
        for _ in range(MANY)
    )
    return [*hellos(street, device), *certified]


def petitions(street: Neighbourhood) -> list[Statement]:
    """Strangers petition in a large neighbourhood."""
    target = (seeded_identity("bob").person,)
    many = [Petition(StatementId(fresh()), MemberId(fresh()), "", target, ()) for _ in range(2 * MANY)]
    return [*hellos(street, seeded_identity("bob").device), *many]


BOMBS: list[Callable[[Neighbourhood], list[Statement]]] = [voids, voids_with_lists, drops, owners, petitions]


@pytest.mark.parametrize("bomb", BOMBS)
def test_nobody_makes_the_fold_slow(bomb: Callable[[Neighbourhood], list[Statement]]) -> None:
    street = maple_street(3)
    said = bomb(street)
    read = [parse_statement(street.network, each) for each in street.statements]
    began = time.process_time()
    fold(street.network, [*read, *said])
    assert time.process_time() - began < SECONDS
