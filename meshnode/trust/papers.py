"""Papers: petitions, votes and drops as they were signed, taken from the store.

Rules of this module:
1. It only finds; what they mean is the fold's business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from crdt.identifiers import DeviceId, MemberId, NetworkId, StatementId
from meshnode.membership.frame import Kind, open_frame
from meshnode.membership.statements import DeviceDrop, Vote, parse_statement
from meshnode.store.store import Store

FAREWELL_BYTES = 60_000
"""Fits into what a device takes from one whose membership it does not know, with the reason and 200 votes."""
MOST_DROPS = 4
"""One is enough, or two for a hub; whoever signs more of them does not make the goodbye longer."""


def votes_on(store: Store, network: NetworkId, petitions: Collection[StatementId]) -> Iterator[tuple[Vote, bytes]]:
    """Every vote on one of these petitions, counted or not, with its bytes."""
    for _, data in store.statements():
        if open_frame(data).kind == Kind.VOTE:
            vote = parse_statement(network, data)
            if isinstance(vote, Vote) and vote.petition in petitions:
                yield vote, data


def next_number(store: Store, network: NetworkId, petition: StatementId, voter: MemberId) -> int:
    """The number for somebody's next vote on a petition: one more than the highest that was ever used."""
    numbers = [vote.number for vote, _ in votes_on(store, network, {petition}) if vote.signer == voter]
    return max(numbers, default=0) + 1


def drops_of(store: Store, network: NetworkId, device: DeviceId) -> tuple[bytes, ...]:
    """The statements that give a device up, for whoever still uses it."""
    found: list[bytes] = []
    for _, data in store.statements():
        if open_frame(data).kind == Kind.DEVICE_DROP:
            drop = parse_statement(network, data)
            found += [data] if isinstance(drop, DeviceDrop) and drop.device == device else []
    return tuple(found[:MOST_DROPS])


def with_votes(store: Store, network: NetworkId, petitions: Collection[StatementId]) -> tuple[bytes, ...]:
    """Petitions and the votes on them, for those who were removed by them; the first of them if they are very many."""
    papers = [*store.statements_by_id(sorted(petitions)), *(data for _, data in votes_on(store, network, petitions))]
    taken: list[bytes] = []
    size = 0
    for paper in papers:
        size += len(paper)
        if size > FAREWELL_BYTES:
            break
        taken.append(paper)
    return tuple(taken)
