"""Support: the statements on which a device's standing rests, so that a peer who holds nothing else can judge it.

Rules of this module:
1. It follows what each vouch rested on when it was given, back to the genesis: always earlier rounds, never a circle.
   Whom a petition's roster keeps rests on that petition, its yes votes, and on the voters' standing a step before.
2. One way back is enough; it does not list every vouch there is.
3. Where a petition is part of the way, what is left out could let petitions take effect in another order: such a way is
   folded by itself, and if it does not lead there, every applied petition comes along with all its votes, or, if
   nothing less will do, all that was ever said about who belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from crdt.identifiers import DeviceId, MemberId, StatementId
from meshnode.membership.evidence import Evidence
from meshnode.membership.keeping_kinds import Endorse, Epoch, Forget, Refound
from meshnode.membership.kinds import Genesis, UnknownStatement
from meshnode.membership.petitions import Ballot, Verdict, kept_by
from meshnode.membership.standing import Standing, Vouch


@dataclass(frozen=True, slots=True)
class _Claim:
    """Something still to be supported: that somebody is a member, or even established, in one step of the verdict."""

    member: MemberId
    established: bool
    step: int


@dataclass(frozen=True, slots=True)
class Support:
    """Answers for one set of statements."""

    genesis: Genesis
    evidence: Evidence
    verdict: Verdict
    leads_to: Callable[[Set[StatementId], DeviceId], bool]
    """Whether these statements by themselves make a device current."""

    def of(self, device: DeviceId) -> list[StatementId]:
        """The statements that a current device's standing rests on, the genesis first, the others by id."""
        last = len(self.verdict.steps) - 1
        needed: set[StatementId] = set()
        self._follow(self._device(device, needed, last), needed)
        if not needed.isdisjoint(self.evidence.petitions) and not self.leads_to(needed | {self.genesis.id}, device):
            needed = self._with_all_petitions(needed)
            if not self.leads_to(needed | {self.genesis.id}, device):
                needed = self._everything()
        return [self.genesis.id, *sorted(needed - {self.genesis.id})]

    def _follow(self, pending: list[_Claim], needed: set[StatementId]) -> None:
        claimed: set[_Claim] = set()
        while pending:
            claim = pending.pop()
            if claim in claimed:
                continue
            claimed.add(claim)
            vouches = self._vouches(claim)
            for vouch in vouches:
                pending += self._vouch(vouch, needed, claim.step)
            if not vouches and claim.member not in self.genesis.founders:
                pending += self._roster(claim, needed)

    def _with_all_petitions(self, needed: Set[StatementId]) -> set[StatementId]:
        """Every applied petition too, with all its votes and whatever the voters' standing rests on."""
        wider = set(needed)
        for number, step in enumerate(self.verdict.steps):
            for ballot in step.applied:
                wider.update(vote.id for vote in self.evidence.votes[ballot.petition.id])
                claims = [_Claim(person, established=True, step=number) for person in ballot.no]
                self._follow([*self._petition(ballot, number, wider), *claims], wider)
        return wider

    def _everything(self) -> set[StatementId]:
        """All that has to do with who belongs."""
        others = Endorse | Forget | Epoch | Refound | UnknownStatement
        return {key for key, each in self.evidence.statements.items() if not isinstance(each, others)}

    def _standing(self, step: int) -> Standing:
        return self.verdict.steps[step].standing

    def _vouches(self, claim: _Claim) -> tuple[Vouch, ...]:
        standing = self._standing(claim.step)
        if claim.member in self.verdict.steps[claim.step].ground.roots:
            return ()
        return standing.grounds[claim.member] if claim.established else (standing.entries[claim.member],)

    def _roster(self, claim: _Claim, needed: set[StatementId]) -> list[_Claim]:
        """The petition that keeps a root who is no founder."""
        for number, step in enumerate(self.verdict.steps[: claim.step]):
            for ballot in step.applied:
                if claim.member in kept_by(self.genesis, self.evidence, ballot.petition):
                    needed.add(self.evidence.hellos_by[claim.member][0])
                    return self._petition(ballot, number, needed)
        return []

    def _petition(self, ballot: Ballot, step: int, needed: set[StatementId]) -> list[_Claim]:
        needed.add(ballot.petition.id)
        needed.update(vote.id for vote in self.evidence.votes[ballot.petition.id] if vote.signer in ballot.yes)
        return [_Claim(person, established=True, step=step) for person in (ballot.petition.signer, *ballot.yes)]

    def _vouch(self, vouch: Vouch, needed: set[StatementId], step: int) -> list[_Claim]:
        needed |= vouch.statements
        people = {vouch.voucher, *(person for _, person in vouch.through)}
        needed |= self.evidence.listings(vouch.member, people, [device for device, _ in vouch.through])
        if vouch.invite is not None:
            voids = self.evidence.voids_of(self.evidence.invites[vouch.invite])
            needed.update(void.id for void in voids if vouch.member in void.stays)
        claims = [_Claim(vouch.voucher, established=True, step=step)]
        for device, behind in vouch.through:
            claims += self._device(device, needed, step, behind)
        return claims

    def _device(
        self, device: DeviceId, needed: set[StatementId], step: int, behind: MemberId | None = None
    ) -> list[_Claim]:
        """Take a device's certificates; whose standing they rest on."""
        certificates = self.evidence.certificates[device]
        owner = self.evidence.owner(device)
        if owner is not None:
            needed.add(certificates[0].id)
            return [_Claim(owner, established=False, step=step)]
        needed.update(each.id for each in certificates)
        stewards = self.evidence.stewards[device]
        present = (stewards & self._standing(step).established) - self.evidence.staying.keys()
        return [_Claim(behind or min(present), established=True, step=step)]
