"""Support: the statements on which a device's standing rests, so that a peer who holds nothing else can judge it.

Rules of this module:
1. It follows what each vouch rested on when it was given, back to the genesis: always earlier rounds, never a circle.
2. One way back is enough; it does not list every vouch there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from crdt.identifiers import DeviceId, MemberId, StatementId
from meshnode.membership.evidence import Evidence
from meshnode.membership.kinds import Genesis
from meshnode.membership.standing import Standing, Vouch


@dataclass(frozen=True, slots=True)
class _Claim:
    """Something still to be supported: that somebody is a member, or even established."""

    member: MemberId
    established: bool


@dataclass(frozen=True, slots=True)
class Support:
    """Answers for one set of statements."""

    genesis: Genesis
    evidence: Evidence
    standing: Standing

    def of(self, device: DeviceId) -> list[StatementId]:
        """The statements that a current device's standing rests on, the genesis first, the others by id."""
        needed: set[StatementId] = set()
        pending = self._device(device, needed)
        claimed: set[_Claim] = set()
        while pending:
            claim = pending.pop()
            if claim not in claimed:
                claimed.add(claim)
                for vouch in self._vouches(claim):
                    pending += self._vouch(vouch, needed)
        return [self.genesis.id, *sorted(needed)]

    def _vouches(self, claim: _Claim) -> tuple[Vouch, ...]:
        if claim.member in self.genesis.founders:
            return ()
        return self.standing.grounds[claim.member] if claim.established else (self.standing.entries[claim.member],)

    def _vouch(self, vouch: Vouch, needed: set[StatementId]) -> list[_Claim]:
        needed |= {vouch.hello, vouch.invite, vouch.witness}
        for behind in (vouch.voucher, vouch.witness_for):
            leave = self.evidence.leave_listing(behind, vouch.member)
            if leave is not None:
                needed.add(leave.id)
        return [
            _Claim(vouch.voucher, established=True),
            *self._device(vouch.inviter_device, needed),
            *self._device(vouch.witness_device, needed, vouch.witness_for),
        ]

    def _device(self, device: DeviceId, needed: set[StatementId], behind: MemberId | None = None) -> list[_Claim]:
        """Take a device's certificates; whose standing they rest on."""
        certificates = self.evidence.certificates[device]
        owner = self.evidence.owner(device)
        if owner is not None:
            needed.add(certificates[0].id)
            return [_Claim(owner, established=False)]
        needed.update(each.id for each in certificates)
        stewards = self.evidence.stewards[device]
        present = (stewards & self.standing.established) - self.evidence.staying.keys()
        return [_Claim(behind or min(present), established=True)]
