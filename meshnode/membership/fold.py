"""Fold: from a set of statements to the one answer who belongs.

Rules of this module:
1. Pure: no clock, no order, no duplicates; equal sets give equal answers. Expiry of an invite is never judged here: the
   witness's clock did that.
2. Its input has passed `check_statement`: signatures are checked once, at the door, not in every fold.
3. A member is current who has standing (`standing` has the rules), has not left and was not removed (`petitions`).
   Leaving is final for that key.
4. A personal device is current while its only owner is and it was not dropped; a hub while one of its stewards is
   established and current, and no steward, nor two other established members, dropped it. Of several reasons the worst
   holds; of those two's, what both say or something worse.
5. Removed are the devices of removed members, and those dropped as stolen.
6. Past is everybody and everything else that can ever have been current and is not: who left, who came in with a vouch
   that has died since, whom an overused invite leaves out, a key with two owners, a retired or lost device. What they
   wrote stays.
7. Statements of kinds that this version cannot read, and a second genesis, have no effect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from types import MappingProxyType

from crdt.identifiers import DeviceId, MemberId, NetworkId, StatementId
from meshnode.membership.evidence import Evidence, gather
from meshnode.membership.keeping import endorsed, epochs, forgotten, refounds
from meshnode.membership.kinds import DeviceKind, Genesis, Statement
from meshnode.membership.membership import AuthorClass, Device, InviteState, InviteUse, Member, Membership, Word
from meshnode.membership.petitions import Verdict, ever, judge
from meshnode.membership.standing import Standing
from meshnode.membership.support import Support
from meshnode.membership.trust_kinds import Why

__all__ = ["AuthorClass", "Device", "InviteState", "Member", "Membership", "fold"]

HUB_DROPPERS = 2
"""Established members who together may drop a hub of which they are no stewards."""
_WORST_FIRST = (Why.STOLEN, Why.LOST, Why.RETIRED)
_NOBODY = Membership(
    name="",
    founders=(),
    members=MappingProxyType({}),
    devices=MappingProxyType({}),
    invites=MappingProxyType({}),
    vouched=MappingProxyType({}),
    through=MappingProxyType({}),
    words=(),
    removed=frozenset(),
    ballots=(),
    epochs=(),
    endorsed=frozenset(),
    forgotten=frozenset(),
    refounds=(),
    _support=lambda device: [],
)


def fold(network: NetworkId, statements: Iterable[bytes | Statement]) -> Membership:
    """Who belongs, by these statements, each of which passed `check_statement` for this network."""
    evidence = gather(network, statements)
    if evidence.genesis is None:
        return _NOBODY
    verdict = judge(evidence.genesis, evidence)
    return _Fold(network, evidence.genesis, evidence, verdict, ever(evidence.genesis, evidence)).answer()


@dataclass(slots=True)
class _Fold:
    network: NetworkId
    genesis: Genesis
    evidence: Evidence
    verdict: Verdict
    ever: Standing

    @property
    def now(self) -> Standing:
        return self.verdict.standing

    def answer(self) -> Membership:
        evidence, removed = self.evidence, self.verdict.removed
        current = self.now.members - evidence.staying.keys()
        everybody = self.ever.members
        devices: dict[DeviceId, Device] = {}
        for device in sorted(evidence.certificates):
            known = self._device(device, current)
            if known.state is not AuthorClass.UNKNOWN:
                devices[device] = known
        support = Support(self.genesis, evidence, self.verdict, self._leads_to)
        vouched, through, words = self._vouched()
        return Membership(
            name=self.genesis.name,
            founders=self.genesis.founders,
            members=MappingProxyType({member: self._member(member) for member in sorted(everybody)}),
            devices=MappingProxyType(devices),
            invites=MappingProxyType(self._invites(current & self.now.established, devices)),
            vouched=MappingProxyType(vouched),
            through=MappingProxyType(through),
            words=words,
            removed=removed & everybody,
            ballots=self.verdict.ballots,
            epochs=epochs(
                evidence, devices, self.ever.established, current & self.now.established, removed & everybody
            ),
            endorsed=endorsed(evidence, devices),
            forgotten=forgotten(self.network, evidence),
            refounds=refounds(evidence, devices),
            _support=lambda device: support.of(device) if device in devices and devices[device].state.current else [],
        )

    def _leads_to(self, statements: Set[StatementId], device: DeviceId) -> bool:
        """Whether these statements by themselves make a device current."""
        alone = fold(self.network, (self.evidence.statements[key] for key in statements))
        return alone.author_class(device).current

    # -- people -----------------------------------------------------------------------------------------------------

    def _member(self, member: MemberId) -> Member:
        left, removed = member in self.evidence.staying, member in self.verdict.removed
        current = member in self.now.members and not left
        entry = self.now.entries.get(member) or self.ever.entries.get(member)
        names = self.evidence.signed_names.get(member, [])
        if entry is not None:
            names = [self.evidence.hellos[entry.hello].person_name, *names]
        return Member(
            id=member,
            name=next((name for name in names if name), ""),
            founder=member in self.genesis.founders,
            current=current,
            established=current and member in self.now.established,
            left=left,
            removed=removed,
            invited_by=entry.voucher if entry else None,
            devices=tuple(d for d in sorted(self.evidence.devices_of[member]) if self.evidence.owner(d) == member),
        )

    def _vouched(
        self,
    ) -> tuple[dict[MemberId, tuple[MemberId, ...]], dict[DeviceId, tuple[MemberId, ...]], tuple[Word, ...]]:
        """For whom each member's word counts, and each device's, and every word."""
        people: defaultdict[MemberId, set[MemberId]] = defaultdict(set)
        devices: defaultdict[DeviceId, set[MemberId]] = defaultdict(set)
        words = set()
        for vouch in self.now.counted.values():
            words.add((vouch.member, vouch.voucher, vouch.invite is None))
            people[vouch.voucher].add(vouch.member)
            for witness in self.evidence.witnesses[vouch.hello] if vouch.invite is not None else ():
                devices[witness.signer].add(vouch.member)
                for whose in (self.evidence.owners, self.evidence.stewards):
                    for behind in whose.get(witness.signer, frozenset()) & self.now.members:
                        people[behind].add(vouch.member)
            for device, _ in vouch.through:
                devices[device].add(vouch.member)
        return (
            {member: tuple(sorted(found - {member})) for member, found in people.items() if member in self.now.members},
            {device: tuple(sorted(found)) for device, found in devices.items()},
            tuple(Word(*word) for word in sorted(words)),
        )

    # -- devices and invites ----------------------------------------------------------------------------------------

    def _dropped(self, device: DeviceId, current: set[MemberId]) -> Why | None:
        """Why a device was given up, by those who may say so (rule 4)."""
        drops = self.evidence.drops.get(device, [])
        if not drops:
            return None
        whys = {drop.why for drop in self.evidence.drops_of(device, self.verdict.removed)}
        stewards = self.evidence.stewards.get(device, frozenset())
        if stewards and self.evidence.is_clear(device):
            others = (current & self.now.established) - stewards
            said = sorted({(_WORST_FIRST.index(drop.why), drop.signer) for drop in drops if drop.signer in others})
            worst = list(dict.fromkeys(signer for _, signer in said))[:HUB_DROPPERS]
            if len(worst) == HUB_DROPPERS:
                # What only one of them says is not what both say.
                whys.add(next(_WORST_FIRST[place] for place, signer in said if signer == worst[-1]))
        return next((why for why in _WORST_FIRST if why in whys), None)

    def _state(self, device: DeviceId, current: set[MemberId], dropped: Why | None) -> AuthorClass:
        owners, stewards = self.evidence.owners[device], self.evidence.stewards[device]
        known = bool(owners & self.ever.members or stewards & self.ever.established)
        speaks = owners & current or stewards & current & self.now.established
        if known and (owners & self.verdict.removed or dropped is Why.STOLEN):
            return AuthorClass.REMOVED
        if self.evidence.is_clear(device) and speaks and dropped is None:
            return AuthorClass.CURRENT
        return AuthorClass.PAST if known else AuthorClass.UNKNOWN

    def _device(self, device: DeviceId, current: set[MemberId]) -> Device:
        certificates, clear = self.evidence.certificates[device], self.evidence.is_clear(device)
        first = certificates[0]
        hub = clear and bool(self.evidence.stewards[device])
        dropped = self._dropped(device, current)
        return Device(
            id=device,
            member=self.evidence.owner(device),
            noise=first.noise,
            seal=first.seal,
            kind=DeviceKind.HUB if hub else DeviceKind.PERSONAL,
            name=next((each.name for each in certificates if each.name), ""),
            state=self._state(device, current, dropped),
            stewards=tuple(sorted(self.evidence.stewards[device])) if hub else (),
            certificate=first.id,
            dropped=dropped,
        )

    def _invites(self, inviters: set[MemberId], devices: dict[DeviceId, Device]) -> dict[StatementId, InviteUse]:
        found = {}
        for key, invite in self.evidence.invites.items():
            device = devices.get(invite.signer)
            alive = device is not None and device.state.current and device.member in inviters
            alive = alive and not self.evidence.voids_of(invite)
            found[key] = InviteUse(invite, alive, frozenset(self.now.users.get(key, ())))
        return found
