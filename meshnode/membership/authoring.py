"""Authoring: the statements that this node signs.

Rules of this module:
1. Randomness and days are arguments; the same arguments give the same bytes.
2. Whether the fold will give a statement any effect is for the caller to know; here it is only well-formed.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.identifiers import MemberId, NetworkId, StatementId
from meshnode.errors import NotPossible
from meshnode.identity.keys import DeviceKeys, Identity, MemberKeys
from meshnode.identity.signing import SigningKey
from meshnode.membership.fields import keys_field, text_field
from meshnode.membership.frame import NO_NETWORK, Kind, seal
from meshnode.membership.kinds import DEVICE_KIND_CODES, RANDOM_BYTES, DeviceKind
from meshnode.membership.network_keys import InviteSecrets

VOUCHES_NEEDED = 2
"""Nobody becomes established on one person's word, unless that person founded the network alone."""
QUORUM = 3
"""No one or two people can remove anyone."""


def _member_key(identity: Identity) -> SigningKey:
    if identity.member_keys is None:
        raise NotPossible(
            "This device does not hold your member key.", next_step="Do this on your main device, or use the key card."
        )
    return identity.member_keys.sign


def _device_fields(device: DeviceKeys, kind: DeviceKind) -> bytes:
    keys = device.sign.public + device.noise.public + device.seal.public
    return keys + bytes([DEVICE_KIND_CODES[kind]])


def sign_genesis(
    identity: Identity,
    name: str,
    random: bytes,
    other_founders: Sequence[MemberKeys] = (),
    *,
    vouches_needed: int = VOUCHES_NEEDED,
    quorum: int = QUORUM,
) -> bytes:
    """Found a network; its id is the id of this statement.

    Args:
        identity: the first founder.
        name: what the neighbourhood calls itself.
        random: 16 bytes, so that two networks of one name and founder differ.
        other_founders: who sign together with the first, at one table.
        vouches_needed: how many vouches establish a newcomer.
        quorum: how many votes a removal needs.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError("a genesis takes 16 random bytes")
    fields = random + text_field(name) + bytes([vouches_needed, quorum]) + keys_field(f.id for f in other_founders)
    return seal(NO_NETWORK, Kind.GENESIS, _member_key(identity), fields, tuple(f.sign for f in other_founders))


def sign_device(identity: Identity, network: NetworkId, person_name: str, device_name: str) -> bytes:
    """Certify this device as its member's.

    Raises:
        NotPossible: the member key is not on this device.
    """
    device = identity.device_keys
    fields = _device_fields(device, DeviceKind.PERSONAL) + text_field(person_name) + text_field(device_name)
    return seal(network, Kind.DEVICE, _member_key(identity), fields + keys_field(()), (device.sign,))


def sign_hub(stewards: Sequence[MemberKeys], hub: DeviceKeys, network: NetworkId, device_name: str) -> bytes:
    """Certify a hub: the first steward signs, the hub and the other stewards accept."""
    first, *others = stewards
    fields = _device_fields(hub, DeviceKind.HUB) + text_field("") + text_field(device_name)
    countersigners = (hub.sign, *(other.sign for other in others))
    return seal(network, Kind.DEVICE, first.sign, fields + keys_field(other.id for other in others), countersigners)


def invite_fields(secrets: InviteSecrets, expires_day: int, uses: int) -> bytes:
    """What an invite says; whoever holds its full token can write the same."""
    return secrets.key.public + secrets.psk_join + expires_day.to_bytes(2, "big") + bytes([uses])


def sign_invite(identity: Identity, network: NetworkId, secrets: InviteSecrets, expires_day: int, uses: int) -> bytes:
    """Let up to `uses` people in, through the UTC day `expires_day`."""
    return seal(network, Kind.INVITE, identity.device_keys.sign, invite_fields(secrets, expires_day, uses))


def sign_hello(
    identity: Identity,
    network: NetworkId,
    invite: StatementId,
    secrets: InviteSecrets,
    *,
    person_name: str,
    device_name: str,
) -> bytes:
    """Ask to come in with an invite whose secret this person holds.

    Raises:
        NotPossible: the member key is not on this device.
    """
    device = identity.device_keys
    names = text_field(person_name) + text_field(device_name)
    fields = invite + secrets.key.public + _device_fields(device, DeviceKind.PERSONAL) + names
    return seal(network, Kind.HELLO, _member_key(identity), fields, (device.sign, secrets.key))


def sign_witness(identity: Identity, network: NetworkId, hello: StatementId) -> bytes:
    """Say that this hello came while its invite was good, by this device's clock."""
    return seal(network, Kind.WITNESS, identity.device_keys.sign, hello)


def sign_leave(identity: Identity, network: NetworkId, vouched: Sequence[MemberId]) -> bytes:
    """Leave for good.

    Args:
        identity: who leaves.
        network: what they leave.
        vouched: everybody who is to stay on this member's word: `Membership.vouched_by`.

    Raises:
        NotPossible: the member key is not on this device.
    """
    return seal(network, Kind.LEAVE, _member_key(identity), keys_field(sorted(vouched), count_bytes=2))
