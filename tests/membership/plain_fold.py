"""The fold once more, as plainly as the rules can be written: every round looks at every hello again.

It is the definition that the quick fold is compared with; the rules' numbers are those in `membership.standing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crdt.identifiers import DeviceId, MemberId, NetworkId, StatementId
from meshnode.membership.statements import (
    Device,
    DeviceKind,
    Genesis,
    Hello,
    Invite,
    Leave,
    Statement,
    Witness,
    parse_statement,
)


@dataclass
class PlainFold:
    network: NetworkId
    given: list[bytes]
    members: set[MemberId] = field(default_factory=set)
    established: set[MemberId] = field(default_factory=set)
    vouches: dict[MemberId, dict[MemberId, StatementId]] = field(default_factory=dict)
    users: dict[StatementId, set[MemberId]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parsed = {parse_statement(self.network, each) for each in self.given}
        self.statements: list[Statement] = sorted(parsed, key=lambda each: each.id)
        (self.genesis,) = (each for each in self.statements if isinstance(each, Genesis))
        self.invites = {each.id: each for each in self.statements if isinstance(each, Invite)}
        self.leavers = {each.signer for each in self.statements if isinstance(each, Leave)}
        self.members = set(self.genesis.founders)
        self.established = set(self.genesis.founders)
        while self.round():
            pass

    def owners(self, device: bytes) -> tuple[set[MemberId], set[MemberId]]:
        """Who owns it, who stewards it; nobody when it is not clear (rule 7)."""
        owners: set[MemberId] = set()
        stewards: set[MemberId] = set()
        for each in self.statements:
            if isinstance(each, Device | Hello) and each.device == device:
                if isinstance(each, Device) and each.kind is DeviceKind.HUB:
                    stewards |= set(each.stewards)
                else:
                    owners.add(each.signer)
        return (set(), set()) if len(owners) > 1 or (owners and stewards) else (owners, stewards)

    def counts(self, speaker: MemberId, about: MemberId) -> bool:
        """Rule 6, and the end of rule 2."""
        lists = [each.vouched for each in self.statements if isinstance(each, Leave) and each.signer == speaker]
        return speaker != about and (not lists or any(about in listed for listed in lists))

    def voucher(self, hello: Hello) -> MemberId | None:
        """Rules 2 and 4."""
        invite = self.invites.get(hello.invite)
        if invite is None or invite.invite_key != hello.invite_key:
            return None
        owners, _ = self.owners(invite.signer)
        vouchers = [m for m in owners if m in self.established and self.counts(m, hello.signer)]
        for each in self.statements:
            if vouchers and isinstance(each, Witness) and each.hello == hello.id:
                owners, stewards = self.owners(each.signer)
                behind = (owners & self.members) | (stewards & self.established)
                if any(self.counts(person, hello.signer) for person in behind):
                    return vouchers[0]
        return None

    def round(self) -> bool:
        """Rules 3 and 5; whether anything changed."""
        taken: list[tuple[Hello, MemberId]] = []
        for hello in self.statements:
            if isinstance(hello, Hello) and (voucher := self.voucher(hello)):
                users = self.users.setdefault(hello.invite, set())
                others = set(self.vouches.get(hello.signer, {}).values()) - {hello.invite}
                if hello.signer in users or len(users) < self.invites[hello.invite].uses:
                    users.add(hello.signer)
                elif not others:
                    continue
                taken.append((hello, voucher))
        before = (len(self.members), len(self.established), sum(map(len, self.vouches.values())))
        for hello, voucher in taken:
            vouches = self.vouches.setdefault(hello.signer, {})
            vouches.setdefault(voucher, hello.invite)
            self.members.add(hello.signer)
            alone = len(self.genesis.founders) == 1 and self.genesis.signer in vouches
            if alone or len(vouches) >= self.genesis.vouches_needed:
                self.established.add(hello.signer)
        return before != (len(self.members), len(self.established), sum(map(len, self.vouches.values())))

    def current_devices(self) -> set[DeviceId]:
        found = set()
        for each in self.statements:
            if isinstance(each, Device | Hello):
                owners, stewards = self.owners(each.device)
                if (owners & self.members | stewards & self.established) - self.leavers:
                    found.add(each.device)
        return found
