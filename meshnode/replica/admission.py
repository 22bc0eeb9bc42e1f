"""Admission: may these bytes join the set? Steps 1 and 2 of the one door, without any state of their own.

Rules of this module:
1. Whether a change belongs is a function of its bytes and of the fold of the statements, of nothing local (law i).
2. The cheap refusals come first; a signature is verified only for what is well-formed.
3. Refusals that rest on the bytes alone are remembered and count against the peer; reasons of membership never do.
4. What is written in a forgotten record is refused without a word: whoever sends it has not heard yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

from crdt.identifiers import ChangeId, DeviceId, NetworkId, RecordId
from meshnode.identity.envelope import ChangeRefused, CheckedChange, check_change
from meshnode.membership.fold import AuthorClass

AuthorJudge = Callable[[DeviceId], AuthorClass]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that may not join, and why. `item` is None where the id cannot be trusted."""

    item: ChangeId | None
    code: str


@dataclass(slots=True)
class Verdicts:
    """What admission found in a batch.

    `parked` wait for statements about their author, `removed` (by removed authors) for a change that builds on them, by
    somebody who belongs; `forgotten` are for records that were wiped.
    """

    admitted: list[tuple[CheckedChange, bytes]] = field(default_factory=list)
    parked: list[tuple[CheckedChange, bytes]] = field(default_factory=list)
    removed: list[tuple[CheckedChange, bytes]] = field(default_factory=list)
    forgotten: list[ChangeId] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    strikes: int = 0


def judge_changes(
    network: NetworkId, envelopes: Sequence[bytes], judge: AuthorJudge, forgotten: Set[RecordId] = frozenset()
) -> Verdicts:
    """Check every envelope's form, commitment and signature, then its author's standing."""
    verdicts = Verdicts()
    for envelope in envelopes:
        try:
            checked = check_change(network, envelope)
        except ChangeRefused as refusal:
            verdicts.strikes += 1
            verdicts.refused.append(Refusal(refusal.change if refusal.remember else None, refusal.code))
            continue
        if checked.record in forgotten:
            verdicts.forgotten.append(checked.id)
            continue
        match judge(checked.author):
            case AuthorClass.CURRENT | AuthorClass.PAST:
                verdicts.admitted.append((checked, envelope))
            case AuthorClass.REMOVED:
                verdicts.removed.append((checked, envelope))
            case AuthorClass.UNKNOWN:
                verdicts.parked.append((checked, envelope))
    return verdicts
