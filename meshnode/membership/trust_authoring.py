"""Authoring of trust: statements by which members and devices judge invites, devices, people and what was written.

Rules of this module:
1. Randomness is an argument; the same arguments give the same bytes.
2. Whether the fold will give a statement any effect is for the caller to know; here it is only well-formed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from crdt.identifiers import ChangeId, DeviceId, MemberId, NetworkId, RecordId, StatementId
from meshnode.identity.keys import Identity, MemberKeys
from meshnode.membership.fields import keys_field, long_text_field, text_field
from meshnode.membership.frame import Kind, seal
from meshnode.membership.keeping_kinds import EPOCH_BOX_BYTES, EPOCH_RANDOM_BYTES, MOST_ENDORSED
from meshnode.membership.trust_kinds import RANDOM_BYTES, WHY_CODES, Why

_EPOCH_PERSON = b"meshnode-epo-v1"


def epoch_key_hash(key: bytes) -> bytes:
    """What an EPOCH statement says of its key, and what names the key in this node's keyring."""
    return hashlib.blake2b(key, digest_size=32, person=_EPOCH_PERSON).digest()


def _stays_field(stays: Iterable[MemberId | DeviceId]) -> bytes:
    return keys_field(sorted(set(stays)), count_bytes=2)


def sign_void(identity: Identity, network: NetworkId, invite: StatementId, stays: Iterable[MemberId]) -> bytes:
    """Take an invite back; those in `stays` came with it and are to stay on its word."""
    return seal(network, Kind.VOID, identity.device_keys.sign, invite + _stays_field(stays))


def sign_vouch(member_keys: MemberKeys, network: NetworkId, member: MemberId) -> bytes:
    """Give one's own word for somebody."""
    return seal(network, Kind.VOUCH, member_keys.sign, member)


def sign_petition(
    member_keys: MemberKeys,
    network: NetworkId,
    random: bytes,
    *,
    reason: str,
    targets: Sequence[MemberId],
    stays: Iterable[MemberId],
) -> bytes:
    """Ask that `targets` belong no more.

    Args:
        member_keys: who asks.
        network: which network.
        random: 16 bytes, so that the same wish can be uttered again later.
        reason: for everybody to read.
        targets: who is to go.
        stays: who stays even if one of the targets vouched for them.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError("a petition takes 16 random bytes")
    kept = set(stays) - set(targets)
    fields = random + long_text_field(reason) + keys_field(targets) + _stays_field(kept)
    return seal(network, Kind.PETITION, member_keys.sign, fields)


def sign_vote(member_keys: MemberKeys, network: NetworkId, petition: StatementId, number: int, *, yes: bool) -> bytes:
    """Vote on a petition; `number` is one more than the highest used for it before."""
    return seal(network, Kind.VOTE, member_keys.sign, petition + number.to_bytes(4, "big") + bytes([yes]))


def sign_device_drop(
    member_keys: MemberKeys, network: NetworkId, device: DeviceId, why: Why, stays: Iterable[MemberId]
) -> bytes:
    """Give a device up; those in `stays` came in on a word given through it and are to stay."""
    return seal(network, Kind.DEVICE_DROP, member_keys.sign, device + bytes([WHY_CODES[why]]) + _stays_field(stays))


def sign_endorse(identity: Identity, network: NetworkId, endorsed: Sequence[tuple[RecordId, ChangeId]]) -> bytes:
    """Stand by up to 80 changes and all they build on."""
    if not 1 <= len(endorsed) <= MOST_ENDORSED:
        raise ValueError(f"one statement endorses 1 to {MOST_ENDORSED} changes")
    fields = bytes([len(endorsed)]) + b"".join(record + change for record, change in endorsed)
    return seal(network, Kind.ENDORSE, identity.device_keys.sign, fields)


def sign_forget(identity: Identity, network: NetworkId, record: RecordId, maker: DeviceId, at_ms: int) -> bytes:
    """Have a record wiped that `maker`, a device of the same member, made at `at_ms`."""
    return seal(network, Kind.FORGET, identity.device_keys.sign, record + maker + at_ms.to_bytes(8, "big"))


def sign_epoch(
    identity: Identity,
    network: NetworkId,
    random: bytes,
    key: bytes,
    *,
    excluded: Iterable[MemberId | DeviceId],
    boxes: Sequence[tuple[DeviceId, bytes]],
) -> bytes:
    """Hand a new network key to devices, each in a box of its own.

    Args:
        identity: whose device hands it out.
        network: which network.
        random: 16 bytes.
        key: the new key, of which only the hash is told.
        excluded: the removed members, and the stolen devices, that do not get it.
        boxes: the key, sealed to the seal key of every current device.
    """
    if len(random) != EPOCH_RANDOM_BYTES or any(len(box) != EPOCH_BOX_BYTES for _, box in boxes):
        raise ValueError("an epoch takes 16 random bytes and boxes of 80")
    listed = len(boxes).to_bytes(2, "big") + b"".join(device + box for device, box in boxes)
    fields = random + epoch_key_hash(key) + _stays_field(excluded) + listed
    return seal(network, Kind.EPOCH, identity.device_keys.sign, fields)


def sign_refound(
    identity: Identity,
    network: NetworkId,
    new_network: NetworkId,
    *,
    name: str,
    reason: str,
    boxes: Sequence[tuple[DeviceId, bytes]],
) -> bytes:
    """Ask people along to a new network; each box holds a token for it, sealed to the device's seal key."""
    listed = b"".join(device + len(box).to_bytes(2, "big") + box for device, box in boxes)
    fields = new_network + text_field(name) + long_text_field(reason) + len(boxes).to_bytes(2, "big") + listed
    return seal(network, Kind.REFOUND, identity.device_keys.sign, fields)
