"""Twins: devices whose keys are in use on two machines at once: a copied memory card, a copied folder, a thief.

Rules of this module:
1. Who starts anew leaves a dead link behind and is no twin. Only an older link that still answers makes one.
2. Both links stay, because both machines may have written something; a third one takes the place of the oldest.
3. Both machines are told, and everybody who sees them. The warning stays until the node is started again: what was
   copied once should be looked into.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from crdt.identifiers import DeviceId
from meshnode.events import TroubleChanged
from meshnode.peers.link import Link
from meshnode.replica.replica import Replica

log = logging.getLogger("meshnode.peers")

COPIED_KEYS = "copied-keys"
"""The code of the NOTICE that both machines get."""

OWN = (
    "This device's keys are in use on a second machine, as {name} sees it. If you copied this profile or a memory "
    "card: nothing is lost, but stop meshnode on one of the two and let it join anew with an invite. If you did not, "
    "somebody has your keys: say on another device of yours, or with your paper card, that this one was stolen."
)
OTHERS = (
    "The keys of {name} are in use on two machines at once. Nothing is lost and both stay in step, but tell its "
    "person: one of the two has to stop and join anew. If they know of only one machine, its keys were stolen."
)


class Twins:
    """What one node has seen of twins."""

    def __init__(self, replica: Replica, probe_seconds: float) -> None:
        self._replica = replica
        self._probe_seconds = probe_seconds
        self._seen: set[DeviceId] = set()
        self._told_by: DeviceId | None = None
        self._judging: set[asyncio.Task[None]] = set()

    def suspect(self, link: Link, older: Sequence[Link]) -> None:
        """A device has a new link, and older ones from before it was started: does the newest of them still live?"""
        for surplus in older[:-1]:
            surplus.close("double")
        if older:
            task = asyncio.create_task(self._judge(link, older[-1]))
            self._judging.add(task)
            task.add_done_callback(self._judging.discard)

    async def _judge(self, link: Link, older: Link) -> None:
        assert link.device is not None
        if not await older.answers(self._probe_seconds):
            older.close("double")
            return
        for each in (link, older):
            each.notify(COPIED_KEYS)
        if link.device not in self._seen:
            self._seen.add(link.device)
            log.warning("%s is linked from two machines: its keys were copied", link.device.hex()[:8])
            self._replica.events.publish(TroubleChanged())

    def heard(self, peer: DeviceId, code: str) -> None:
        """A peer has noticed something about this device."""
        if code == COPIED_KEYS and self._told_by is None:
            self._told_by = peer
            log.warning("the keys of this device are in use on a second machine, says %s", peer.hex()[:8])
            self._replica.events.publish(TroubleChanged())

    def stop(self) -> None:
        """No more probes."""
        for task in tuple(self._judging):
            task.cancel()

    def trouble(self) -> list[str]:
        """What was seen, as sentences."""
        said = [OWN.format(name=self._name(self._told_by))] if self._told_by is not None else []
        return said + sorted(OTHERS.format(name=self._name(device)) for device in self._seen)

    def _name(self, device: DeviceId) -> str:
        membership = self._replica.membership
        known = membership.devices.get(device)
        member = membership.members.get(known.member) if known is not None and known.member is not None else None
        device_name = known.name if known is not None and known.name else "a device"
        return f"{member.name} ({device_name})" if member is not None and member.name else device_name
