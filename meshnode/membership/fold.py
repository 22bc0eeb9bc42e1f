"""Fold: from a set of statements to the one answer who belongs.

Rules of this module:
1. Pure: no clock, no order, no duplicates; equal sets give equal answers. Expiry of an invite is never judged here: the
   witness's clock did that.
2. Its input has passed `check_statement`: signatures are checked once, at the door, not in every fold.
3. A member is current who has standing (`standing` has the rules) and has not left. Leaving is final for that key.
4. A personal device is current while its only owner is; a hub while one of its stewards is established and current.
5. Past is everybody and everything that can ever have been current and is not: who left, who came in with a vouch that
   has died since, whom an overused invite leaves out, a key with two owners. What they wrote stays.
6. Statements of kinds that this version cannot read, and a second genesis, have no effect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from crdt.identifiers import DeviceId, MemberId, NetworkId, StatementId
from meshnode.membership.evidence import Evidence, gather
from meshnode.membership.kinds import DeviceKind, Genesis, Statement
from meshnode.membership.membership import AuthorClass, Device, InviteState, InviteUse, Member, Membership
from meshnode.membership.standing import Standing
from meshnode.membership.support import Support

__all__ = ["AuthorClass", "Device", "InviteState", "Member", "Membership", "fold"]

_NOBODY = Membership(
    name="",
    founders=(),
    members=MappingProxyType({}),
    devices=MappingProxyType({}),
    invites=MappingProxyType({}),
    vouched=MappingProxyType({}),
    _support=lambda device: [],
)


def fold(network: NetworkId, statements: Iterable[bytes | Statement]) -> Membership:
    """Who belongs, by these statements, each of which passed `check_statement` for this network."""
    evidence = gather(network, statements)
    if evidence.genesis is None:
        return _NOBODY
    return _Fold(evidence.genesis, evidence).answer()


@dataclass(slots=True)
class _Fold:
    genesis: Genesis
    evidence: Evidence

    def answer(self) -> Membership:
        now = Standing(self.genesis, self.evidence)
        ever = Standing(self.genesis, self.evidence, generously=True)
        current = now.members - self.evidence.staying.keys()
        members = {member: self._member(member, now, ever) for member in sorted(ever.members)}
        devices: dict[DeviceId, Device] = {}
        for device in sorted(self.evidence.certificates):
            state = self._state(device, current, now, ever)
            if state.belongs:
                devices[device] = self._device(device, state)
        support = Support(self.genesis, self.evidence, now)
        return Membership(
            name=self.genesis.name,
            founders=self.genesis.founders,
            members=MappingProxyType(members),
            devices=MappingProxyType(devices),
            invites=MappingProxyType(self._invites(current & now.established, now)),
            vouched=MappingProxyType(self._vouched(now)),
            _support=lambda device: support.of(device) if device in devices and devices[device].state.current else [],
        )

    def _member(self, member: MemberId, now: Standing, ever: Standing) -> Member:
        left = member in self.evidence.staying
        current = member in now.members and not left
        entry = now.entries.get(member) or ever.entries.get(member)
        names = self.evidence.signed_names.get(member, [])
        if entry is not None:
            names = [self.evidence.hellos[entry.hello].person_name, *names]
        return Member(
            id=member,
            name=next((name for name in names if name), ""),
            founder=member in self.genesis.founders,
            current=current,
            established=current and member in now.established,
            left=left,
            invited_by=entry.voucher if entry else None,
            devices=tuple(d for d in sorted(self.evidence.devices_of[member]) if self.evidence.owner(d) == member),
        )

    def _state(self, device: DeviceId, current: set[MemberId], now: Standing, ever: Standing) -> AuthorClass:
        owners, stewards = self.evidence.owners[device], self.evidence.stewards[device]
        if self.evidence.is_clear(device) and (owners & current or stewards & current & now.established):
            return AuthorClass.CURRENT
        if owners & ever.members or stewards & ever.established:
            return AuthorClass.PAST
        return AuthorClass.UNKNOWN

    def _device(self, device: DeviceId, state: AuthorClass) -> Device:
        certificates, clear = self.evidence.certificates[device], self.evidence.is_clear(device)
        first = certificates[0]
        hub = clear and bool(self.evidence.stewards[device])
        return Device(
            id=device,
            member=self.evidence.owner(device),
            noise=first.noise,
            seal=first.seal,
            kind=DeviceKind.HUB if hub else DeviceKind.PERSONAL,
            name=next((each.name for each in certificates if each.name), ""),
            state=state,
            stewards=tuple(sorted(self.evidence.stewards[device])) if hub else (),
            certificate=first.id,
        )

    def _invites(self, inviters: set[MemberId], now: Standing) -> dict[StatementId, InviteUse]:
        return {
            key: InviteUse(invite, self.evidence.owner(invite.signer) in inviters, frozenset(now.users.get(key, ())))
            for key, invite in self.evidence.invites.items()
        }

    def _vouched(self, now: Standing) -> dict[MemberId, tuple[MemberId, ...]]:
        """For whom each member's word counts, as inviter, as witness, or as steward of a hub that witnessed."""
        found: defaultdict[MemberId, set[MemberId]] = defaultdict(set)
        for vouch in now.counted.values():
            for witness in self.evidence.witnesses[vouch.hello]:
                owners = self.evidence.owners.get(witness.signer, frozenset())
                for behind in owners | self.evidence.stewards.get(witness.signer, frozenset()):
                    found[behind].add(vouch.member)
            found[vouch.voucher].add(vouch.member)
        return {member: tuple(sorted(vouched - {member})) for member, vouched in found.items() if member in now.members}
