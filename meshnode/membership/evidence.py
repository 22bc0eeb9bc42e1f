"""Evidence: a set of statements, sorted by what they are about. Nothing is judged yet.

Rules of this module:
1. It depends on the set alone: duplicates and order make no difference.
2. Malformed statements and foreign geneses say nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from crdt.identifiers import DeviceId, MemberId, NetworkId, StatementId
from meshnode.membership.frame import StatementRefused
from meshnode.membership.kinds import Device, DeviceKind, Genesis, Hello, Invite, Leave, Statement, Witness
from meshnode.membership.statements import parse_statement

Certificate = Device | Hello


@dataclass(slots=True)
class Evidence:
    """Statements by what they are about. All lists are in the order of ids."""

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
    owners: dict[DeviceId, frozenset[MemberId]] = field(default_factory=dict)
    stewards: dict[DeviceId, frozenset[MemberId]] = field(default_factory=dict)
    devices_of: defaultdict[MemberId, list[DeviceId]] = field(default_factory=lambda: defaultdict(list))
    hubs_of: defaultdict[MemberId, list[DeviceId]] = field(default_factory=lambda: defaultdict(list))
    staying: dict[MemberId, frozenset[MemberId]] = field(default_factory=dict)

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

    def leave_listing(self, voucher: MemberId, member: MemberId) -> Leave | None:
        """The farewell that keeps somebody's word for `member`."""
        return next((leave for leave in self.leaves.get(voucher, ()) if member in leave.vouched), None)


def gather(network: NetworkId, statements: Iterable[bytes | Statement]) -> Evidence:
    """Sort statements, each of which passed `check_statement` for this network."""
    by_id: dict[StatementId, Statement] = {}
    for given in statements:
        try:
            statement = parse_statement(network, given) if isinstance(given, bytes) else given
        except StatementRefused:
            continue
        by_id[statement.id] = statement
    evidence = Evidence()
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
        case Invite():
            evidence.invites[statement.id] = statement
            evidence.invites_by[statement.signer].append(statement.id)
        case Witness():
            evidence.witnesses[statement.hello].append(statement)
            evidence.witnessed_by[statement.signer].append(statement.hello)
        case Leave():
            evidence.leaves[statement.signer].append(statement)


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
