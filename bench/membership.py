"""Membership: how long it takes to find out who belongs, for the largest neighbourhood there is to be.

Rules of this module:
1. The statements are the ones that nodes sign: everybody came in by an invite, was met by two neighbours, has further
   devices; some left, some were removed, many votes were cast. They are made once and take a while.
2. Measured is what a node does when a statement comes in (the others are read already), and what it does at its start.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from cProfile import Profile

from bench.report import Report, median
from bench.scale import Scale
from crdt.identifiers import ChangeId
from meshnode.membership.fold import fold
from meshnode.membership.statements import Statement, parse_statement
from tests.support.people import seeded_device
from tests.support.trust import TrustingStreet

FOLD_SECONDS = 1.0
ROUNDS = 5
FOUNDERS = 12
EVENT_USES = 30
LEAVERS = 10
ENDORSEMENTS = 500


def neighbourhood(members: int, statements: int) -> TrustingStreet:
    """So many people, most of them established, and all the statements of years."""
    chance = random.Random(500)
    names = [f"neighbour {number}" for number in range(members)]
    street = TrustingStreet("Maple Street", founders=names[:FOUNDERS])
    invite = street.invite(names[0], EVENT_USES)
    for number in range(FOUNDERS, members):
        if number % EVENT_USES == 0:
            invite = street.invite(names[chance.randrange(number)], EVENT_USES)
        witness = names[chance.randrange(number)]
        street.witness(witness, street.hello(names[number], invite))
        for voucher in chance.sample(names[:number], 2):
            street.vouch(voucher, names[number])
        street.certify(seeded_device(names[number], "tablet"), names[number])
    for target in range(1, 6):
        petition = street.petition(names[0], [names[-target]], stays=names[:-20])
        street.vote(petition, yes=names[: members // 2], no=names[members // 2 : members * 3 // 5])
    for name in names[-LEAVERS - 20 : -20]:
        street.leave(name, vouched=names)
    for number in range(ENDORSEMENTS):
        street.endorse(names[number % members], street.made(names[0], number), ChangeId(bytes(32)))
    while len(street.statements) < statements:
        street.vouch(chance.choice(names[: members * 4 // 5]), chance.choice(names))
    return street


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(report: Report, scale: Scale) -> None:
    """Print how long the fold takes."""
    report.heading("Who belongs")
    street = neighbourhood(scale.members, scale.statements)
    network, statements = street.network, street.statements
    parsed: list[Statement] = [parse_statement(network, each) for each in statements]
    membership = fold(network, parsed)
    established = sum(each.established for each in membership.members.values())
    report.note(
        f"{len(membership.members)} members, {established} of them established, {len(membership.removed)} removed; "
        f"{len(statements):,} statements, {sum(map(len, statements)):,} bytes"
    )
    again = [_seconds(lambda: fold(network, parsed)) for _ in range(ROUNDS)]
    if not report.figure("fold of 500 members' 10,000 statements", median(again), "s", FOLD_SECONDS):
        profile = Profile()
        profile.runcall(fold, network, parsed)
        report.profile("one fold", profile)
    first = [_seconds(lambda: fold(network, statements)) for _ in range(ROUNDS)]
    report.figure("the same with all of them parsed first, as at a start", median(first), "s", FOLD_SECONDS)
