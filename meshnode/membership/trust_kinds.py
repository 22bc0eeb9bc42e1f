"""What members say about invites, devices and each other: layout of the fields, form only.

Rules of this module:
1. Reading checks form: who may say such a thing, and whether it has an effect, is for the fold to judge.
2. Whoever takes a word back says for whom it still counts (`stays`): nobody falls out because of somebody else's step.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crdt.identifiers import DeviceId, MemberId, StatementId
from meshnode.membership.fields import FieldReader
from meshnode.membership.frame import StatementRefused

RANDOM_BYTES = 16
MOST_LISTED = 1000
"""Members in one list: twice the largest neighbourhood thought of."""
MOST_TARGETS = 33
"""Whoever wants more people gone than this wants another neighbourhood, and can have it: see `Refound`."""


class Why(enum.StrEnum):
    """Why a device is given up."""

    RETIRED = "retired"
    LOST = "lost"
    STOLEN = "stolen"


WHY_CODES = {Why.RETIRED: 1, Why.LOST: 2, Why.STOLEN: 3}
_WHYS = {code: why for why, code in WHY_CODES.items()}


@dataclass(frozen=True, slots=True)
class Void:
    """The inviter takes an invite back. Fields: invite id 32 | members for whom it still counts (count 2)."""

    id: StatementId
    signer: DeviceId
    invite: StatementId
    stays: tuple[MemberId, ...]

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class VouchByHand:
    """An established member's own word for somebody they met. Fields: member 32."""

    id: StatementId
    signer: MemberId
    member: MemberId

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Petition:
    """The wish that some people belong no more, and the roster that stays.

    Fields: random 16 | reason | targets (count 1) | members who stay even if a target vouched for them (count 2).
    """

    id: StatementId
    signer: MemberId
    reason: str
    targets: tuple[MemberId, ...]
    stays: tuple[MemberId, ...]

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Vote:
    """A member's vote on a petition; of several the one with the highest number counts.

    Fields: petition id 32 | number 4 | yes 1 (0 or 1).
    """

    id: StatementId
    signer: MemberId
    petition: StatementId
    number: int
    yes: bool

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class DeviceDrop:
    """A device speaks no more. Signed by its member, or for a hub by a steward or two established members.

    Fields: device 32 | why 1 | members for whom a word given through it still counts (count 2).
    """

    id: StatementId
    signer: MemberId
    device: DeviceId
    why: Why
    stays: tuple[MemberId, ...]

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


def _stays(fields: FieldReader) -> tuple[MemberId, ...]:
    return tuple(MemberId(key) for key in fields.keys(MOST_LISTED, count_bytes=2))


def read_void(identity: StatementId, signer: bytes, fields: FieldReader) -> Void:
    """Read the withdrawal of an invite."""
    return Void(identity, DeviceId(signer), StatementId(fields.key()), _stays(fields))


def read_vouch(identity: StatementId, signer: bytes, fields: FieldReader) -> VouchByHand:
    """Read somebody's word for somebody."""
    return VouchByHand(identity, MemberId(signer), MemberId(fields.key()))


def read_petition(identity: StatementId, signer: bytes, fields: FieldReader) -> Petition:
    """Read a petition."""
    fields.take(RANDOM_BYTES)
    reason = fields.long_text()
    targets = tuple(MemberId(key) for key in fields.keys(MOST_TARGETS))
    stays = _stays(fields)
    if not targets:
        raise StatementRefused("targets")
    if set(targets) & set(stays):
        raise StatementRefused("listed-twice")
    return Petition(identity, MemberId(signer), reason, targets, stays)


def read_vote(identity: StatementId, signer: bytes, fields: FieldReader) -> Vote:
    """Read a vote."""
    petition, number, yes = StatementId(fields.key()), fields.number(4), fields.number(1)
    if yes > 1:
        raise StatementRefused("vote")
    return Vote(identity, MemberId(signer), petition, number, bool(yes))


def read_device_drop(identity: StatementId, signer: bytes, fields: FieldReader) -> DeviceDrop:
    """Read the end of a device."""
    device, why = DeviceId(fields.key()), _WHYS.get(fields.number(1))
    if why is None:
        raise StatementRefused("why")
    return DeviceDrop(identity, MemberId(signer), device, why, _stays(fields))
