"""Keeping: what the statements say about changes and keys, once it is known who is who.

Rules of this module:
1. An endorsement counts by any device that is or was current; never by a removed one.
2. Forgetting is decided by evidence alone and for ever: the record's id commits to who made it, and whoever holds a
   device of that person, or of a steward of that hub, may have it wiped. Nothing that is learnt later takes it back.
3. A new network key counts by a device of somebody who ever was established and is not removed. The first to use
   excludes everybody who is removed, then is by somebody who is established now, then reaches most current devices,
   then has the lowest id. Whoever hands out a key knows it: one by those who have gone is no key to be found with.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from crdt.identifiers import ChangeId, DeviceId, MemberId, NetworkId, RecordId, made_record_id
from meshnode.membership.evidence import Evidence
from meshnode.membership.keeping_kinds import Epoch, Forget, Refound
from meshnode.membership.membership import Device


def endorsed(evidence: Evidence, devices: Mapping[DeviceId, Device]) -> frozenset[tuple[RecordId, ChangeId]]:
    """The changes that a device stands by (rule 1)."""
    return frozenset(
        pair
        for statement in evidence.endorsements
        if statement.signer in devices and devices[statement.signer].state.belongs
        for pair in statement.endorsed
    )


def forgotten(network: NetworkId, evidence: Evidence) -> frozenset[RecordId]:
    """The records that are wiped (rule 2)."""
    return frozenset(forget.record for forget in evidence.forgets if _may_forget(network, evidence, forget))


def _may_forget(network: NetworkId, evidence: Evidence, forget: Forget) -> bool:
    if forget.record != made_record_id(network, forget.record[0], forget.maker, forget.at_ms):
        return False
    if forget.signer == forget.maker:
        return True
    signers = evidence.owners.get(forget.signer, frozenset())
    makers = evidence.owners.get(forget.maker, frozenset()) | evidence.stewards.get(forget.maker, frozenset())
    return bool(signers & makers)


def epochs(
    evidence: Evidence,
    devices: Mapping[DeviceId, Device],
    ever_established: Set[MemberId],
    established: Set[MemberId],
    removed: frozenset[MemberId],
) -> tuple[Epoch, ...]:
    """The new network keys in the order in which to use them (rule 3)."""
    current = {device.id for device in devices.values() if device.state.current}

    def place(epoch: Epoch) -> tuple[bool, bool, int, bytes]:
        reached = sum(device in current for device, _ in epoch.boxes)
        here = epoch.signer in current and devices[epoch.signer].member in established
        return not removed <= set(epoch.excluded), not here, -reached, epoch.id

    def counts(epoch: Epoch) -> bool:
        device = devices.get(epoch.signer)
        return device is not None and device.state.belongs and device.member in ever_established

    return tuple(sorted(filter(counts, evidence.epochs), key=place))


def refounds(evidence: Evidence, devices: Mapping[DeviceId, Device]) -> tuple[Refound, ...]:
    """Who starts anew elsewhere: anybody who ever was a member may, and ask people along."""
    return tuple(each for each in evidence.refounds if each.signer in devices)
