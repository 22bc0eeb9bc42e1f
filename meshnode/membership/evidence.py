"""Evidence: a set of statements, sorted by what they are about. Nothing is judged yet.

Rules of this module:
1. It depends on the set alone: duplicates and order make no difference.
2. Malformed statements and foreign geneses say nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from crdt.identifiers import DeviceId, MemberId, NetworkId, StatementId
from meshnode.membership.frame import StatementRefused
from meshnode.membership.keeping_kinds import Endorse, Epoch, Forget, Refound
from meshnode.membership.kinds import (
    Device,
    DeviceKind,
    Genesis,
    Hello,
    Invite,
    Leave,
    OfKeeping,
    OfTrust,
    Statement,
    Witness,
)
from meshnode.membership.statements import parse_statement
from meshnode.membership.trust_kinds import DeviceDrop, Petition, Void, Vote, VouchByHand

Certificate = Device | Hello


@dataclass(slots=True)
class Evidence:
    """Statements by what they are about. All lists are in the order of ids."""

    statements: dict[StatementId, Statement] = field(default_factory=dict)
    genesis: Genesis | None = None
    certificates: defaultdict[DeviceId, list[Certificate]] = field(default_factory=lambda: defaultdict(list))
    signed_names: defaultdict[MemberId, list[str]] = field(default_factory=lambda: defaultdict(list))
    invites: dict[StatementId, Invite] = field(default_factory=dict)
    hellos: dict[StatementId, Hello] = field(default_factory=dict)
    hellos_of_invite: defaultdict[StatementId, list[StatementId]] = field(default_factory=lambda: defaultdict(list))
    invites_by: defaultdict[DeviceId, list[StatementId]] = field(default_factory=lambda: defaultdict(list))
    witnesses: defaultdict[StatementId, list[Witness]] = field(default_factory=lambda: defaultdict(list))
    witnessed_by: defaultdict[DeviceId, list[StatementId]] = field(default_factory=lambda: defaultdict(list))
    leaves: defaultdict[MemberId, list[Leave]] = field(default_factory=lambda: defaultdict(list))
    hellos_by: defaultdict[MemberId, list[StatementId]] = field(default_factory=lambda: defaultdict(list))
    vouches: dict[StatementId, VouchByHand] = field(default_factory=dict)
    vouches_by: defaultdict[MemberId, list[StatementId]] = field(default_factory=lambda: defaultdict(list))
    petitions: dict[StatementId, Petition] = field(default_factory=dict)
    votes: defaultdict[StatementId, list[Vote]] = field(default_factory=lambda: defaultdict(list))
    drops: defaultdict[DeviceId, list[DeviceDrop]] = field(default_factory=lambda: defaultdict(list))
    voids: defaultdict[StatementId, list[Void]] = field(default_factory=lambda: defaultdict(list))
    endorsements: list[Endorse] = field(default_factory=list)
    forgets: list[Forget] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    refounds: list[Refound] = field(default_factory=list)
    owners: dict[DeviceId, frozenset[MemberId]] = field(default_factory=dict)
    stewards: dict[DeviceId, frozenset[MemberId]] = field(default_factory=dict)
    devices_of: defaultdict[MemberId, list[DeviceId]] = field(default_factory=lambda: defaultdict(list))
    hubs_of: defaultdict[MemberId, list[DeviceId]] = field(default_factory=lambda: defaultdict(list))
    staying: dict[MemberId, frozenset[MemberId]] = field(default_factory=dict)
    _kept_by_voids: dict[StatementId, frozenset[MemberId] | None] = field(default_factory=dict)
    _kept_by_drops: dict[tuple[DeviceId, frozenset[MemberId]], frozenset[MemberId] | None] = field(default_factory=dict)
    """For whom the word of an invite or device still counts, None while it counts for all: asked once for each word."""

    def is_clear(self, device: DeviceId) -> bool:
        """Whether a device has one owner, or is a hub and nothing else.

        A key certified by two members, or by a member and as a hub, speaks for neither. Certificates of one hub add up.
        """
        owners, stewards = self.owners.get(device, ()), self.stewards.get(device, ())
        return bool(stewards) if not owners else len(owners) == 1 and not stewards

    def owner(self, device: DeviceId) -> MemberId | None:
        """The one person for whom a device can speak."""
        return next(iter(self.owners.get(device, ())), None) if self.is_clear(device) else None

    def word_counts(self, voucher: MemberId, member: MemberId) -> bool:
        """Whether somebody's word for `member` stands: they have not left, or a leave of theirs lists `member`."""
        return voucher not in self.staying or member in self.staying[voucher]

    def invite_counts(self, invite: Invite, member: MemberId) -> bool:
        """Whether an invite's word for `member` stands: it was not taken back, or that lists `member`."""
        if invite.id not in self._kept_by_voids:
            self._kept_by_voids[invite.id] = _listed(self.voids_of(invite))
        kept = self._kept_by_voids[invite.id]
        return kept is None or member in kept

    def voids_of(self, invite: Invite) -> list[Void]:
        """The withdrawals of an invite by a device of whoever made it."""
        found = self.voids.get(invite.id, ())
        owner = self.owner(invite.signer)
        return [v for v in found if v.signer == invite.signer or (owner and self.owner(v.signer) == owner)]

    def drops_of(self, device: DeviceId, removed: Set[MemberId] = frozenset()) -> list[DeviceDrop]:
        """The drops of a device by its member, or of a hub by one of its stewards who is not removed."""
        if device not in self.drops:
            return []
        people = self.owners.get(device, frozenset()) | (self.stewards.get(device, frozenset()) - removed)
        return [drop for drop in self.drops[device] if drop.signer in people]

    def device_counts(self, device: DeviceId, member: MemberId, removed: frozenset[MemberId]) -> bool:
        """Whether a word for `member` given through a device stands: it was not dropped, or that lists `member`."""
        if (device, removed) not in self._kept_by_drops:
            self._kept_by_drops[device, removed] = _listed(self.drops_of(device, removed))
        kept = self._kept_by_drops[device, removed]
        return kept is None or member in kept

    def listings(self, member: MemberId, people: Iterable[MemberId], devices: Iterable[DeviceId]) -> set[StatementId]:
        """The farewells and drops that keep the word of these people and devices for `member`, where one is needed."""
        found = set()
        for person in people:
            found |= {leave.id for leave in self.leaves.get(person, ()) if member in leave.vouched}
        for device in devices:
            found |= {drop.id for drop in self.drops_of(device) if member in drop.stays}
        return found


def _listed(takings_back: Sequence[Void] | Sequence[DeviceDrop]) -> frozenset[MemberId] | None:
    """Whom those who took a word back keep on it; None if nobody did."""
    if not takings_back:
        return None
    return frozenset(member for each in takings_back for member in each.stays)


def gather(network: NetworkId, statements: Iterable[bytes | Statement]) -> Evidence:
    """Sort statements, each of which passed `check_statement` for this network."""
    by_id: dict[StatementId, Statement] = {}
    for given in statements:
        try:
            statement = parse_statement(network, given) if isinstance(given, bytes) else given
        except StatementRefused:
            continue
        by_id[statement.id] = statement
    evidence = Evidence(by_id)
    for key in sorted(by_id):
        _place(evidence, network, by_id[key])
    _sort_certificates(evidence)
    evidence.staying = {
        member: frozenset(stays for leave in leaves for stays in leave.vouched)
        for member, leaves in evidence.leaves.items()
    }
    return evidence


def _place(evidence: Evidence, network: NetworkId, statement: Statement) -> None:
    match statement:
        case Genesis():
            if NetworkId(statement.id) == network:
                evidence.genesis = statement
        case Device():
            evidence.certificates[statement.device].append(statement)
        case Hello():
            evidence.certificates[statement.device].append(statement)
            evidence.hellos[statement.id] = statement
            evidence.hellos_of_invite[statement.invite].append(statement.id)
            evidence.hellos_by[statement.signer].append(statement.id)
        case Invite():
            evidence.invites[statement.id] = statement
            evidence.invites_by[statement.signer].append(statement.id)
        case Witness():
            evidence.witnesses[statement.hello].append(statement)
            evidence.witnessed_by[statement.signer].append(statement.hello)
        case Leave():
            evidence.leaves[statement.signer].append(statement)
        case Endorse() | Forget() | Epoch() | Refound():
            _place_keeping(evidence, statement)
        case VouchByHand() | Petition() | Vote() | DeviceDrop() | Void():
            _place_trust(evidence, statement)


def _place_trust(evidence: Evidence, statement: OfTrust) -> None:
    match statement:
        case VouchByHand():
            evidence.vouches[statement.id] = statement
            evidence.vouches_by[statement.signer].append(statement.id)
        case Petition():
            evidence.petitions[statement.id] = statement
        case Vote():
            evidence.votes[statement.petition].append(statement)
        case DeviceDrop():
            evidence.drops[statement.device].append(statement)
        case Void():
            evidence.voids[statement.invite].append(statement)


def _place_keeping(evidence: Evidence, statement: OfKeeping) -> None:
    match statement:
        case Endorse():
            evidence.endorsements.append(statement)
        case Forget():
            evidence.forgets.append(statement)
        case Epoch():
            evidence.epochs.append(statement)
        case Refound():
            evidence.refounds.append(statement)


def _sort_certificates(evidence: Evidence) -> None:
    for device, certificates in evidence.certificates.items():
        owners: set[MemberId] = set()
        stewards: set[MemberId] = set()
        for each in certificates:
            if isinstance(each, Device) and each.kind is DeviceKind.HUB:
                stewards.update(each.stewards)
            else:
                owners.add(each.signer)
                evidence.signed_names[each.signer].append(each.person_name)
        evidence.owners[device] = frozenset(owners)
        evidence.stewards[device] = frozenset(stewards)
        for owner in owners:
            evidence.devices_of[owner].append(device)
        for steward in stewards:
            evidence.hubs_of[steward].append(device)
