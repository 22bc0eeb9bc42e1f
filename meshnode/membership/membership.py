"""Membership: the answer to who belongs, as the fold gave it for one set of statements.

Rules of this module:
1. It never changes; another set of statements has another answer.
2. Everybody who ever had standing is in it, so that what they wrote keeps its author's name.
3. The day is an argument and only filters invites: who belongs does not depend on it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crdt.identifiers import ChangeId, DeviceId, MemberId, RecordId, StatementId
from meshnode.membership.keeping_kinds import Epoch, Refound
from meshnode.membership.kinds import DeviceKind, Invite
from meshnode.membership.petitions import Ballot
from meshnode.membership.roles import Role
from meshnode.membership.trust_kinds import Why


class AuthorClass(enum.Enum):
    """What becomes of changes by a device, and whether it may link."""

    CURRENT = "current"
    PAST = "past"
    REMOVED = "removed"
    UNKNOWN = "unknown"

    @property
    def current(self) -> bool:
        """Whether this device may link, write and witness."""
        return self is AuthorClass.CURRENT

    @property
    def belongs(self) -> bool:
        """Whether its changes are in the set whatever else is."""
        return self in (AuthorClass.CURRENT, AuthorClass.PAST)


class InviteState(enum.Enum):
    """Whether one more person can come in with an invite."""

    OPEN = "open"
    EXPIRED = "expired"
    USED = "used"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Member:
    """A person. `current` is False for one who left, lost standing or was removed."""

    id: MemberId
    name: str
    founder: bool
    current: bool
    established: bool
    left: bool
    removed: bool
    invited_by: MemberId | None
    devices: tuple[DeviceId, ...]

    @property
    def role(self) -> Role:
        """The row of the permissions table."""
        if not self.current:
            return Role.PAST
        return Role.ESTABLISHED if self.established else Role.NEWCOMER


@dataclass(frozen=True, slots=True)
class Device:
    """A device. `member` is None for a hub, and for a key that two certified.

    `certificate` is the statement (a `Device` or a `Hello`) that gives its keys.
    """

    id: DeviceId
    member: MemberId | None
    noise: bytes
    seal: bytes
    kind: DeviceKind
    name: str
    state: AuthorClass
    stewards: tuple[MemberId, ...]
    certificate: StatementId
    dropped: Why | None = None
    """Why it was given up, if it was."""


@dataclass(frozen=True, slots=True)
class InviteUse:
    """An invite and what came of it."""

    invite: Invite
    alive: bool
    users: frozenset[MemberId]


@dataclass(frozen=True, slots=True)
class Word:
    """A vouch that counts: `voucher` stands for `member`, by hand or by an invite."""

    member: MemberId
    voucher: MemberId
    by_hand: bool


_Support = Callable[[DeviceId], list[StatementId]]


@dataclass(frozen=True, slots=True)
class Membership:
    """Who belongs, by one set of statements."""

    name: str
    founders: tuple[MemberId, ...]
    members: Mapping[MemberId, Member]
    devices: Mapping[DeviceId, Device]
    invites: Mapping[StatementId, InviteUse]
    vouched: Mapping[MemberId, tuple[MemberId, ...]] = field(repr=False)
    """For whom each member's word counts: the inviter's, a voucher's, a witness's, a steward's."""
    through: Mapping[DeviceId, tuple[MemberId, ...]] = field(repr=False)
    """Whose standing rests on a word given through each device."""
    words: tuple[Word, ...]
    """Every vouch that counts, by whom it is for and then by who gave it."""
    removed: frozenset[MemberId]
    ballots: tuple[Ballot, ...]
    """Every petition and how it stands: the effective ones in the order in which they took effect, then by id."""
    epochs: tuple[Epoch, ...] = field(repr=False)
    """New network keys, the one to use first: it excludes all who are removed, then reaches most devices."""
    endorsed: frozenset[tuple[RecordId, ChangeId]] = field(repr=False)
    forgotten: frozenset[RecordId] = field(repr=False)
    refounds: tuple[Refound, ...] = field(repr=False)
    _support: _Support = field(repr=False, compare=False)

    def author_class(self, device: DeviceId) -> AuthorClass:
        """What becomes of this device's changes."""
        known = self.devices.get(device)
        return known.state if known else AuthorClass.UNKNOWN

    def member_of(self, device: DeviceId) -> MemberId | None:
        """The person for whom a device speaks, also when that was in the past; nobody for hubs."""
        known = self.devices.get(device)
        return known.member if known else None

    def is_hub(self, device: DeviceId) -> bool:
        """Whether a device is a hub, also when that was in the past: it signs for whoever stands at its screen."""
        known = self.devices.get(device)
        return known is not None and known.kind is DeviceKind.HUB

    def has_gone(self, member: MemberId) -> bool:
        """Whether somebody left, was removed, or lost the standing they had."""
        known = self.members.get(member)
        return known is not None and not known.current

    def role_of(self, device: DeviceId) -> Role:
        """The row of the permissions table for what this device does."""
        known = self.devices.get(device)
        if known is None or not known.state.current:
            return Role.PAST
        return self.members[known.member].role if known.member else Role.HUB

    def device_by_noise(self, noise: bytes) -> Device | None:
        """A current device that claims this link key, the lowest id if several do.

        Claiming is not proving: only the statement that the peer itself shows on a link with that key says who it is.
        """
        claiming = [device for device in self.devices.values() if device.noise == noise and device.state.current]
        return min(claiming, key=lambda device: device.id, default=None)

    def invite_state(self, invite: bytes, today: int) -> InviteState:
        """Whether one more person can come in with this invite on the day `today` (since 1970, UTC)."""
        use = self.invites.get(StatementId(invite))
        if use is None or use.invite.signer not in self.devices:
            return InviteState.UNKNOWN
        if not use.alive:
            return InviteState.DEAD
        if use.invite.expires_day < today:
            return InviteState.EXPIRED
        return InviteState.USED if len(use.users) >= use.invite.uses else InviteState.OPEN

    def open_invites(self, today: int) -> list[Invite]:
        """The invites that somebody could still use, the longest-lived first."""
        found = [use.invite for key, use in self.invites.items() if self.invite_state(key, today) is InviteState.OPEN]
        return sorted(found, key=lambda invite: (-invite.expires_day, invite.id))

    def invite_users(self, invite: bytes) -> frozenset[MemberId]:
        """Who came in with this invite, so that one of them who was cut off can be answered again."""
        use = self.invites.get(StatementId(invite))
        return use.users if use else frozenset()

    def vouched_by(self, member: MemberId) -> tuple[MemberId, ...]:
        """Everybody whose standing rests on this member's word: the inviter's, a witness's, a steward's.

        A leave lists them, so that they stay.
        """
        return self.vouched.get(member, ())

    def vouched_through(self, device: DeviceId) -> tuple[MemberId, ...]:
        """Everybody whose standing rests on a word given through this device; a drop lists them, so that they stay."""
        return self.through.get(device, ())

    def support(self, device: DeviceId) -> list[StatementId]:
        """The statements on which a current device's standing rests, back to the genesis, which comes first.

        Whoever holds them, and nothing that speaks against them, calls the device current. Empty for any other device.
        """
        return self._support(device)
