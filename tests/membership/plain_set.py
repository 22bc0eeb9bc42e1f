"""A set of statements for the plain fold: every question goes through all statements again.

Nothing here is shared with `meshnode.membership.evidence`; only the reading of bytes is.
"""

from __future__ import annotations

from collections.abc import Iterable

from crdt.identifiers import DeviceId, MemberId, NetworkId
from meshnode.membership.kinds import (
    Device,
    DeviceKind,
    Genesis,
    Hello,
    Invite,
    Leave,
    Statement,
    Witness,
)
from meshnode.membership.statements import parse_statement
from meshnode.membership.trust_kinds import DeviceDrop, Petition, Void, Vote, VouchByHand


class PlainSet:
    """What was said, by kind, in the order of ids."""

    def __init__(self, network: NetworkId, given: Iterable[bytes]) -> None:
        self.network = network
        parsed = {parse_statement(network, each) for each in given}
        self.all: list[Statement] = sorted(parsed, key=lambda each: each.id)
        (self.genesis,) = (each for each in self.all if isinstance(each, Genesis))
        self.founders = set(self.genesis.founders)
        self.hellos = [each for each in self.all if isinstance(each, Hello)]
        self.by_hand = [each for each in self.all if isinstance(each, VouchByHand)]
        self.invites = {each.id: each for each in self.all if isinstance(each, Invite)}
        self.witnesses = [each for each in self.all if isinstance(each, Witness)]
        self.leaves = [each for each in self.all if isinstance(each, Leave)]
        self.leavers = {each.signer for each in self.leaves}
        self.petitions = [each for each in self.all if isinstance(each, Petition)]
        self.votes = [each for each in self.all if isinstance(each, Vote)]
        self.drops = [each for each in self.all if isinstance(each, DeviceDrop)]
        self.voids = [each for each in self.all if isinstance(each, Void)]
        self._owners: dict[bytes, tuple[set[MemberId], set[MemberId]]] = {}

    @property
    def devices(self) -> set[DeviceId]:
        """Every key that somebody certified."""
        return {each.device for each in self.all if isinstance(each, Device | Hello)}

    def certified_by(self, device: bytes) -> tuple[set[MemberId], set[MemberId]]:
        """Whose a device is said to be, and who are said to be its stewards."""
        if device not in self._owners:
            owners: set[MemberId] = set()
            stewards: set[MemberId] = set()
            for each in self.all:
                if isinstance(each, Device | Hello) and each.device == device:
                    if isinstance(each, Device) and each.kind is DeviceKind.HUB:
                        stewards |= set(each.stewards)
                    else:
                        owners.add(each.signer)
            self._owners[device] = (owners, stewards)
        return self._owners[device]

    def is_clear(self, device: bytes) -> bool:
        """One owner and no steward, or stewards and no owner."""
        owners, stewards = self.certified_by(device)
        return (len(owners) == 1 and not stewards) or (not owners and bool(stewards))

    def said_hello(self, member: MemberId) -> bool:
        """Whether somebody asked to come in, with whatever invite."""
        return any(hello.signer == member for hello in self.hellos)

    def person_counts(self, speaker: MemberId, about: MemberId) -> bool:
        """The word of one who left counts for those whom a farewell lists."""
        farewells = [each for each in self.leaves if each.signer == speaker]
        return not farewells or any(about in each.vouched for each in farewells)

    def drops_by_keepers(self, device: bytes, removed: set[MemberId]) -> list[DeviceDrop]:
        """Drops by the member whose device it is, or by a steward who is not removed."""
        owners, stewards = self.certified_by(device)
        return [each for each in self.drops if each.device == device and each.signer in owners | (stewards - removed)]

    def device_counts(self, device: bytes, about: MemberId, removed: set[MemberId]) -> bool:
        """A word given through a dropped device counts for those whom a drop lists."""
        drops = self.drops_by_keepers(device, removed)
        return not drops or any(about in each.stays for each in drops)

    def voids_of(self, invite: Invite) -> list[Void]:
        """Who took an invite back, if it was theirs: the device that made it, or another of the same member."""
        owner = self.certified_by(invite.signer)[0] if self.is_clear(invite.signer) else set()
        found = []
        for each in self.voids:
            same = self.is_clear(each.signer) and owner and self.certified_by(each.signer)[0] == owner
            if each.invite == invite.id and (each.signer == invite.signer or same):
                found.append(each)
        return found

    def invite_counts(self, invite: Invite, about: MemberId) -> bool:
        """The word of a void invite counts for those whom the withdrawal lists."""
        voids = self.voids_of(invite)
        return not voids or any(about in each.stays for each in voids)
