"""Access: whom this node links with now: who belongs, how far the brake follows removals, and whom its person blocked.

Rules of this module:
1. It decides about this node's links, boxes and keys, never about what joins the sets.
2. What it decides is made of the statements, of two notes in the store's notebook, and of this node's clock.
3. A device that was given up as stolen or lost is shut out at once: that was its owner's word, not a petition.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable

from crdt.identifiers import DeviceId, MemberId
from meshnode.events import AccessChanged
from meshnode.membership.membership import AuthorClass, Device, Membership
from meshnode.membership.trust_kinds import Why
from meshnode.replica.replica import Replica
from meshnode.trust.brake import Noted, answered, follow_by_itself
from meshnode.trust.papers import drops_of, with_votes

BRAKE_NOTE = "trust.brake"
BLOCKED_NOTE = "trust.blocked"
LOOK_AGAIN_MS = 3_600_000
"""The brake's window moves with the time; an hour sooner or later does not matter."""


class Linking(enum.Enum):
    """Whether this node links with a device."""

    OPEN = "open"
    UNKNOWN = "unknown"
    """Nothing is known of it yet; its statements may be on their way."""
    REMOVED = "removed"
    """Its member was removed, and this node follows that."""
    PAST = "past"
    BLOCKED = "blocked"
    """The person here wants no link with it."""

    @property
    def goodbye(self) -> str:
        """What the other side is told; not that somebody wants no link with them, and nothing about a key's standing
        that its statements do not say."""
        return "not-now" if self is Linking.BLOCKED else "not-a-member"


class Access:
    """Whom one node links with."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._noted = _read_noted(replica.store.meta(BRAKE_NOTE))
        self._blocked = frozenset(_read_members(json.loads(replica.store.meta(BLOCKED_NOTE) or "[]")))
        self._judged: Membership | None = None
        self._judged_ms = 0

    # -- asking -----------------------------------------------------------------------------------------------------

    def of(self, device: DeviceId) -> Linking:
        """Whether this node links with a device now."""
        membership = self._replica.membership
        known = membership.devices.get(device)
        if known is None:
            return Linking.UNKNOWN
        if known.member in self._blocked and known.member is not None:
            return Linking.BLOCKED
        if self.receives(known):
            return Linking.OPEN
        return Linking.REMOVED if known.state is AuthorClass.REMOVED else Linking.PAST

    def receives(self, device: Device) -> bool:
        """Whether what is meant for its member is sealed to a device. A block is no reason against it: whom a text is
        for is its author's choice."""
        return device.state is AuthorClass.CURRENT or self._held_back(device)

    def _held_back(self, device: Device) -> bool:
        """Whether a device is shut out by nothing but removals that this node does not follow."""
        member = device.member
        if member is None or device.dropped is not None or member not in self._replica.membership.removed:
            return False
        return member not in self.followed and not self._replica.membership.members[member].left

    @property
    def followed(self) -> frozenset[MemberId]:
        """The removed members whom this node gives nothing any more: no link, no box, no key."""
        return self._replica.membership.removed & self._now().followed.keys()

    @property
    def shut_out(self) -> frozenset[MemberId | DeviceId]:
        """Whom a new network key must leave out: members whose removal this node follows, and stolen devices."""
        devices = self._replica.membership.devices.values()
        return self.followed | {device.id for device in devices if device.dropped is Why.STOLEN}

    @property
    def waiting(self) -> frozenset[MemberId]:
        """The removed members about whom the person here has to be asked."""
        return self._now().waiting(self._replica.membership.removed)

    @property
    def declined(self) -> frozenset[MemberId]:
        """The removed members with whom this node goes on linking, because its person said so."""
        return self._now().declined

    @property
    def blocked(self) -> frozenset[MemberId]:
        """Whom the person here wants no link with."""
        return self._blocked

    def farewell(self, device: DeviceId) -> tuple[bytes, ...]:
        """For a device that was given up, or whose member was removed: the statements that did it."""
        known = self._replica.membership.devices.get(device)
        if known is not None and known.dropped is not None:
            return drops_of(self._replica.store, self._replica.network, device)
        member = known.member if known else None
        if member is None:
            return ()
        ballots = self._replica.membership.ballots
        about = {b.petition.id for b in ballots if b.effective and member in b.petition.targets}
        return with_votes(self._replica.store, self._replica.network, about)

    # -- choosing ---------------------------------------------------------------------------------------------------

    def decide(self, members: Iterable[MemberId], *, follow: bool) -> None:
        """The person here answers the brake's question."""
        self._note(answered(self._now(), members, follow=follow))
        self._replica.events.publish(AccessChanged())

    def block(self, member: MemberId) -> None:
        """Link no more with a member's devices."""
        self._keep_blocked(self._blocked | {member})

    def unblock(self, member: MemberId) -> None:
        """Link with them again."""
        self._keep_blocked(self._blocked - {member})

    def _keep_blocked(self, blocked: frozenset[MemberId]) -> None:
        self._blocked = blocked
        self._replica.store.set_meta(BLOCKED_NOTE, json.dumps(sorted(member.hex() for member in blocked)))
        self._replica.events.publish(AccessChanged())

    # -- noting -----------------------------------------------------------------------------------------------------

    def _now(self) -> Noted:
        """What is noted, brought up to what the statements say."""
        membership, now = self._replica.membership, self._replica.clock()
        if self._judged is not membership or abs(now - self._judged_ms) >= LOOK_AGAIN_MS:
            self._judged, self._judged_ms = membership, now
            removals = [frozenset(b.petition.targets) & membership.removed for b in membership.ballots if b.effective]
            people = sum(member.current or member.removed for member in membership.members.values())
            self._note(follow_by_itself(self._noted, removals, people, now))
        return self._noted

    def _note(self, noted: Noted) -> None:
        if noted == self._noted:
            return
        self._noted = noted
        followed = {member.hex(): at for member, at in sorted(noted.followed.items())}
        declined = sorted(member.hex() for member in noted.declined)
        self._replica.store.set_meta(BRAKE_NOTE, json.dumps({"followed": followed, "declined": declined}))


def _read_noted(text: str | None) -> Noted:
    found = json.loads(text or "{}")
    followed = {MemberId(bytes.fromhex(member)): int(at) for member, at in found.get("followed", {}).items()}
    return Noted(followed, frozenset(_read_members(found.get("declined", ()))))


def _read_members(listed: Iterable[str]) -> list[MemberId]:
    return [MemberId(bytes.fromhex(member)) for member in listed]
