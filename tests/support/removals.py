"""How a street removes somebody, and changes its mind: a petition and votes, on a street of founders.

street = founders_street()
gone = remove(street, "emre")          # the statements, also added to the street
back = bring_back(street, gone)
"""

from __future__ import annotations

from dataclasses import dataclass

from crdt.identifiers import StatementId
from meshnode.membership.statements import sign_petition, sign_vote
from tests.support.people import NAMES, Neighbourhood, member_keys, seeded_identity

VOTERS = ("alice", "bob", "chidi")


@dataclass(frozen=True, slots=True)
class Removal:
    """A petition with its votes."""

    petition: StatementId
    statements: tuple[bytes, ...]


def founders_street(count: int = 5) -> Neighbourhood:
    """A street founded by so many together: everybody is established."""
    return Neighbourhood(founders=NAMES[:count])


def remove(street: Neighbourhood, who: str) -> Removal:
    """Three founders remove somebody."""
    target = seeded_identity(who).member
    assert target is not None
    stays = list(street.membership().vouched_by(target))
    petition = street.add(
        sign_petition(
            member_keys(seeded_identity(VOTERS[0])),
            street.network,
            f"{who} {len(street.statements)}".encode().ljust(16, b"\0"),
            reason="They sold the neighbourhood's list of addresses.",
            targets=[target],
            stays=stays,
        )
    )
    id_ = street.id(petition)
    votes = [street.add(_vote(street, voter, id_, 1, yes=True)) for voter in VOTERS]
    assert target in street.membership().removed
    return Removal(id_, (petition, *votes))


def bring_back(street: Neighbourhood, removal: Removal) -> tuple[bytes, ...]:
    """The same founders change their minds."""
    return tuple(street.add(_vote(street, voter, removal.petition, 2, yes=False)) for voter in VOTERS)


def _vote(street: Neighbourhood, voter: str, petition: StatementId, number: int, *, yes: bool) -> bytes:
    return sign_vote(member_keys(seeded_identity(voter)), street.network, petition, number, yes=yes)
