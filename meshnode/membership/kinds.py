"""Kinds: what the statements of coming and going say, the layout of their fields, and all kinds together.

Rules of this module:
1. Reading checks form only: who may say such a thing is for the fold to judge.
2. `countersigners` are the keys whose signatures follow the fields, in that order.
3. A kind that this version cannot read is an `UnknownStatement`: kept, relayed, and without effect here.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crdt.identifiers import DeviceId, MemberId, StatementId
from meshnode.membership.fields import FieldReader
from meshnode.membership.frame import StatementRefused
from meshnode.membership.keeping_kinds import Endorse, Epoch, Forget, Refound
from meshnode.membership.trust_kinds import DeviceDrop, Petition, Void, Vote, VouchByHand

RANDOM_BYTES = 16
MOST_FOUNDERS = 12
LEAST_VOUCHES = 2
LEAST_QUORUM = 3
"""What everybody who joins relies on: no single person establishes, no two remove. No genesis may promise less."""
MOST_STEWARDS = 5
MOST_VOUCHED = 1000
MOST_USES = 255


class DeviceKind(enum.StrEnum):
    """Whose device it is."""

    PERSONAL = "personal"
    HUB = "hub"


DEVICE_KIND_CODES = {DeviceKind.PERSONAL: 1, DeviceKind.HUB: 2}
_DEVICE_KINDS = {code: kind for kind, code in DEVICE_KIND_CODES.items()}


@dataclass(frozen=True, slots=True)
class Genesis:
    """The first statement of a network, by its first founder, countersigned by the others.

    Fields: random 16 | name | vouches needed 1 (2 or more) | quorum 1 (3 or more) | other founders.
    """

    id: StatementId
    signer: MemberId
    name: str
    vouches_needed: int
    quorum: int
    other_founders: tuple[MemberId, ...]

    @property
    def founders(self) -> tuple[MemberId, ...]:
        """All founders, the first one first."""
        return (self.signer, *self.other_founders)

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return self.other_founders


@dataclass(frozen=True, slots=True)
class Device:
    """A member certifies a device of theirs, or one to five stewards a hub; countersigned by the device, then by the
    other stewards.

    Fields: sign 32 | noise 32 | seal 32 | device kind 1 | person's name | device's name | other stewards.
    """

    id: StatementId
    signer: MemberId
    device: DeviceId
    noise: bytes
    seal: bytes
    kind: DeviceKind
    person_name: str
    name: str
    other_stewards: tuple[MemberId, ...]

    @property
    def stewards(self) -> tuple[MemberId, ...]:
        """Who answers for a hub; nobody for a personal device, which speaks for its member."""
        return (self.signer, *self.other_stewards) if self.kind is DeviceKind.HUB else ()

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return (self.device, *self.other_stewards)


@dataclass(frozen=True, slots=True)
class Invite:
    """A device of an established member lets people in whom its member vouches for.

    Fields: invite key 32 | psk_join 32 | expires 2 (day since 1970, valid through that UTC day) | uses 1.
    """

    id: StatementId
    signer: DeviceId
    invite_key: bytes
    psk_join: bytes
    expires_day: int
    uses: int

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Hello:
    """A person asks to come in with an invite, and certifies their first device; countersigned by the device, then by
    the invite key.

    Fields: invite id 32 | invite key 32 | sign 32 | noise 32 | seal 32 | device kind 1 (personal) | person's name |
    device's name.
    """

    id: StatementId
    signer: MemberId
    invite: StatementId
    invite_key: bytes
    device: DeviceId
    noise: bytes
    seal: bytes
    person_name: str
    name: str

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return (self.device, self.invite_key)


@dataclass(frozen=True, slots=True)
class Witness:
    """A current device saw this hello while the invite was good, by its own clock. Fields: hello id 32."""

    id: StatementId
    signer: DeviceId
    hello: StatementId

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Leave:
    """A member leaves for good; those listed stay on their word. Fields: count 2 | members."""

    id: StatementId
    signer: MemberId
    vouched: tuple[MemberId, ...]

    @property
    def countersigners(self) -> tuple[bytes, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class UnknownStatement:
    """A kind that this version cannot read: its signature holds, what it says has no effect here."""

    id: StatementId
    signer: bytes
    kind: int
    body: bytes


OfComing = Genesis | Device | Invite | Hello | Witness | Leave
OfTrust = Void | VouchByHand | Petition | Vote | DeviceDrop
OfKeeping = Endorse | Forget | Epoch | Refound
Known = OfComing | OfTrust | OfKeeping
Statement = Known | UnknownStatement


def _members(keys: tuple[bytes, ...]) -> tuple[MemberId, ...]:
    return tuple(MemberId(key) for key in keys)


def read_genesis(identity: StatementId, signer: bytes, fields: FieldReader) -> Genesis:
    """Read a genesis."""
    fields.take(RANDOM_BYTES)
    name, vouches_needed, quorum = fields.text(), fields.number(1), fields.number(1)
    others = fields.keys(MOST_FOUNDERS - 1)
    if vouches_needed < LEAST_VOUCHES or quorum < LEAST_QUORUM:
        raise StatementRefused("threshold")
    if signer in others:
        raise StatementRefused("listed-twice")
    return Genesis(identity, MemberId(signer), name, vouches_needed, quorum, _members(others))


def read_device(identity: StatementId, signer: bytes, fields: FieldReader) -> Device:
    """Read the certificate of a device."""
    device, noise, seal = fields.key(), fields.key(), fields.key()
    kind = _DEVICE_KINDS.get(fields.number(1))
    person_name, name = fields.text(), fields.text()
    others = fields.keys(MOST_STEWARDS - 1)
    if kind is None:
        raise StatementRefused("device-kind")
    if (others and kind is DeviceKind.PERSONAL) or (person_name and kind is DeviceKind.HUB):
        raise StatementRefused("device-kind")
    if signer in others:
        raise StatementRefused("listed-twice")
    return Device(identity, MemberId(signer), DeviceId(device), noise, seal, kind, person_name, name, _members(others))


def read_invite(identity: StatementId, signer: bytes, fields: FieldReader) -> Invite:
    """Read an invite."""
    invite_key, psk_join = fields.key(), fields.key()
    expires_day, uses = fields.number(2), fields.number(1)
    if not uses:
        raise StatementRefused("uses")
    return Invite(identity, DeviceId(signer), invite_key, psk_join, expires_day, uses)


def read_hello(identity: StatementId, signer: bytes, fields: FieldReader) -> Hello:
    """Read a hello."""
    invite, invite_key = StatementId(fields.key()), fields.key()
    device, noise, seal = fields.key(), fields.key(), fields.key()
    if fields.number(1) != DEVICE_KIND_CODES[DeviceKind.PERSONAL]:
        raise StatementRefused("device-kind")
    person_name, name = fields.text(), fields.text()
    return Hello(identity, MemberId(signer), invite, invite_key, DeviceId(device), noise, seal, person_name, name)


def read_witness(identity: StatementId, signer: bytes, fields: FieldReader) -> Witness:
    """Read what a witness says."""
    return Witness(identity, DeviceId(signer), StatementId(fields.key()))


def read_leave(identity: StatementId, signer: bytes, fields: FieldReader) -> Leave:
    """Read a farewell."""
    return Leave(identity, MemberId(signer), _members(fields.keys(MOST_VOUCHED, count_bytes=2)))
