"""Versions: neighbours whose meshnode has no version of the protocol in common with this one, and who should update.

Rules of this module:
1. Each side finds it out by itself, from the other's HELLO, and says it to its own person.
2. Who was linked since is no trouble any more.
3. A name is said only of a device whose key the handshake proved; of others no more than that there was one.
"""

from __future__ import annotations

import logging

from meshnode.errors import TooNew, TooOld
from meshnode.events import TroubleChanged
from meshnode.membership.membership import Device
from meshnode.peers.link import Link
from meshnode.replica.replica import Replica

log = logging.getLogger("meshnode.peers")

MOST_REMEMBERED = 64
UPDATE_HERE = "{name} has a newer meshnode that this one cannot talk to any more. Update meshnode here."
UPDATE_THERE = "{name} has a meshnode too old to talk to this one. Ask them to update it."
_SENTENCES = {TooOld.code: UPDATE_HERE, TooNew.code: UPDATE_THERE}


class Versions:
    """What one node knows of neighbours that it cannot talk to."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._apart: dict[bytes, str] = {}

    def ended(self, link: Link) -> None:
        """A link has ended: was it for want of a common version?"""
        if link.end is None or link.end.code not in _SENTENCES:
            return
        key = link.connection.remote.noise_key
        if self._apart.get(key) != link.end.code:
            self._apart[key] = link.end.code
            log.warning("no link: %s", self._sentence(key))
            self._replica.events.publish(TroubleChanged())
        while len(self._apart) > MOST_REMEMBERED:
            self._apart.pop(next(iter(self._apart)))

    def linked(self, link: Link) -> None:
        """Somebody can be talked to."""
        if self._apart.pop(link.connection.remote.noise_key, None) is not None:
            self._replica.events.publish(TroubleChanged())

    def trouble(self) -> list[str]:
        """Who should update, as sentences."""
        return sorted({self._sentence(key) for key in self._apart})

    def _sentence(self, key: bytes) -> str:
        return _SENTENCES[self._apart[key]].format(name=self._name(self._replica.membership.device_by_noise(key)))

    def _name(self, device: Device | None) -> str:
        if device is None:
            return "Somebody nearby"
        member = self._replica.membership.members.get(device.member) if device.member is not None else None
        return (member.name if member is not None else device.name) or "Somebody nearby"
