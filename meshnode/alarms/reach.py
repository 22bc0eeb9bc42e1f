"""Reach: which nodes are proved to hold an alarm; never more than that.

A device is proved to hold an alarm if a change that it signed builds on the alarm's last raising, or if it said in a
round to hold exactly the urgent changes that this node held then, the raising among them. That it took what was sent to
it proves nothing: it may have had to put it off.

Rules of this module:
1. What was proved stays proved, and is kept over a restart by the raising's id; what a crash loses is proved anew.
2. It is told of nodes, never of persons: who has seen an alarm is who said so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from crdt.boards.alarms import CODE
from crdt.identifiers import ChangeId, DeviceId, Lane, item_key
from crdt.kinds import View
from meshnode.events import PeersChanged
from meshnode.replica.replica import Replica

NOTE = "alarms.reach"
MOST_RAISINGS = 200
"""The oldest proofs go first; there are hardly so many alarms in a year."""


class Reach:
    """What this node can prove about where alarms are."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._proved: dict[str, set[str]] = {
            raising: set(devices) for raising, devices in json.loads(replica.store.meta(NOTE) or "{}").items()
        }

    def level(self, device: DeviceId, digest: bytes) -> None:
        """A device said to hold the urgent changes with this digest, and nothing else of that lane."""
        index = self._replica.store.index(Lane.URGENT)
        if index.fingerprint(0, len(index)) != digest:
            # Something came in between; it is followed by a round of its own.
            return
        new = [raising for raising in self._raisings() if device.hex() not in self._proved.get(raising, ())]
        if not new:
            return
        for raising in new:
            self._proved.setdefault(raising, set()).add(device.hex())
        while len(self._proved) > MOST_RAISINGS:
            del self._proved[next(iter(self._proved))]
        kept = {raising: sorted(devices) for raising, devices in self._proved.items()}
        self._replica.store.set_meta(NOTE, json.dumps(kept))
        self._replica.events.publish(PeersChanged(device))

    def of(self, alarm: View) -> set[str]:
        """The devices, in hex, that are proved to hold an alarm's last raising; this node's own is not among them."""
        proved = set(alarm["known_on"]).union(*(self._proved.get(raising, ()) for raising in alarm["raising"]))
        return proved - {self._replica.identity.device.hex()}

    def _raisings(self) -> Iterator[str]:
        """The last raisings of every alarm, as far as they are in the set that was compared: what is on the disk
        already may not have been in it yet."""
        for view in self._replica.records.views(CODE):
            yield from filter(self._is_in_set, view["raising"])

    def _is_in_set(self, raising: str) -> bool:
        store = self._replica.store
        change = store.change(ChangeId(bytes.fromhex(raising)))
        if change is None:
            return False
        index, key = store.index(Lane.URGENT), item_key(change.at_ms, change.id)
        place = index.lower_bound(key)
        return place < len(index) and index.key_at(place) == key
