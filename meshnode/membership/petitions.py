"""Petitions: which of them are effective, step by step, and who belongs after each.

The rules, cited below by number:
1. A petition and its votes count when they are by established members who are not removed; voters must be present (not
   have left), and targets have no vote in it. Of several votes of one person the one with the highest number counts;
   two different ones with one number cancel each other.
2. It takes effect when yes >= quorum + (targets - 1) and yes > no.
3. In every step the effective petitions with the largest margin (yes - no) are applied, equal margins together: their
   targets are removed, with every word they gave, and those whom their rosters keep become roots. Then standing is
   grown anew, and the others are looked at again.
4. A roster keeps whoever is a founder or ever said hello. A removed key is never a root.

Every step removes somebody or ends, so this ends; and it rests on the set of statements alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crdt.identifiers import MemberId, StatementId
from meshnode.membership.evidence import Evidence
from meshnode.membership.kinds import Genesis
from meshnode.membership.standing import Ground, Standing
from meshnode.membership.trust_kinds import Petition


@dataclass(frozen=True, slots=True)
class Ballot:
    """How a petition stands. `needed` is how many yes it takes; `effective` says whether it removed its targets."""

    petition: Petition
    yes: frozenset[MemberId]
    no: frozenset[MemberId]
    needed: int
    effective: bool = False
    admissible: bool = True

    @property
    def margin(self) -> int:
        """By how much yes outweighs no."""
        return len(self.yes) - len(self.no)

    @property
    def carried(self) -> bool:
        """Rule 2."""
        return self.admissible and len(self.yes) >= self.needed and self.margin > 0


@dataclass(frozen=True, slots=True)
class Step:
    """Standing before some petitions took effect (in the last step: none), and which."""

    standing: Standing
    ground: Ground
    applied: tuple[Ballot, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of all petitions."""

    steps: tuple[Step, ...]
    ballots: tuple[Ballot, ...]

    @property
    def standing(self) -> Standing:
        """Who is in, after everything."""
        return self.steps[-1].standing

    @property
    def removed(self) -> frozenset[MemberId]:
        """Who was removed."""
        return self.steps[-1].ground.removed


def judge(genesis: Genesis, evidence: Evidence) -> Verdict:
    """Apply petitions until none is effective any more."""
    steps: list[Step] = []
    done: dict[StatementId, Ballot] = {}
    ground = Ground(frozenset(genesis.founders))
    while True:
        standing = Standing(genesis, evidence, ground)
        open_ballots = [
            _ballot(genesis, evidence, petition, standing)
            for key, petition in sorted(evidence.petitions.items())
            if key not in done
        ]
        largest = max((ballot.margin for ballot in open_ballots if ballot.carried), default=None)
        applied = tuple(
            Ballot(b.petition, b.yes, b.no, b.needed, effective=True)
            for b in open_ballots
            if b.carried and b.margin == largest
        )
        steps.append(Step(standing, ground, applied))
        if not applied:
            return Verdict(tuple(steps), (*done.values(), *open_ballots))
        done |= {ballot.petition.id: ballot for ballot in applied}
        ground = _after(genesis, evidence, ground, (ballot.petition for ballot in applied))


def _ballot(genesis: Genesis, evidence: Evidence, petition: Petition, standing: Standing) -> Ballot:
    """Rule 1, by the standing of one step, in which nobody is established who is removed."""
    yes: set[MemberId] = set()
    no: set[MemberId] = set()
    counted: dict[MemberId, tuple[int, set[bool]]] = {}
    for vote in evidence.votes.get(petition.id, ()):
        number, said = counted.get(vote.signer, (-1, set()))
        if vote.number == number:
            said.add(vote.yes)
        elif vote.number > number:
            counted[vote.signer] = (vote.number, {vote.yes})
    for voter, (_, said) in counted.items():
        may = voter in standing.established and voter not in evidence.staying and voter not in petition.targets
        if may and len(said) == 1:
            (yes if True in said else no).add(voter)
    return Ballot(
        petition,
        frozenset(yes),
        frozenset(no),
        needed=genesis.quorum + len(petition.targets) - 1,
        admissible=petition.signer in standing.established,
    )


def _after(genesis: Genesis, evidence: Evidence, ground: Ground, applied: Iterable[Petition]) -> Ground:
    """Rules 3 and 4."""
    roots, removed = set(ground.roots), set(ground.removed)
    for petition in applied:
        removed.update(petition.targets)
        roots.update(kept_by(genesis, evidence, petition))
    return Ground(frozenset(roots - removed), frozenset(removed))


def kept_by(genesis: Genesis, evidence: Evidence, petition: Petition) -> set[MemberId]:
    """Whom a petition's roster keeps."""
    return {member for member in petition.stays if member in genesis.founders or member in evidence.hellos_by}


def ever(genesis: Genesis, evidence: Evidence) -> Standing:
    """Everybody who can ever have been in: standing grown generously, with the roster of every petition that can ever
    have been effective. It only grows with more statements."""
    roots = set(genesis.founders)
    while True:
        standing = Standing(genesis, evidence, Ground(frozenset(roots), generously=True))
        more = set(roots)
        for petition in evidence.petitions.values():
            votes = evidence.votes.get(petition.id, ())
            yes = {v.signer for v in votes if v.yes and v.signer in standing.established} - set(petition.targets)
            if petition.signer in standing.established and len(yes) >= genesis.quorum + len(petition.targets) - 1:
                more |= kept_by(genesis, evidence, petition)
        if more == roots:
            return standing
        roots = more
