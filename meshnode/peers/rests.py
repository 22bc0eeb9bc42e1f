"""Rests: a device that keeps breaking the protocol waits before it is linked with again.

Rules of this module:
1. Once in a while anybody's machine sends rubbish. Who does it again and again would have this node greet, read and
   write for nothing: each new link costs it more than it costs them.
2. It decides when, never whether: after the rest the device is let in as before.
3. Each time statements come, all of them are folded anew. Who brings them one by one waits as long as that takes
   several times over, so that most of the time is for others.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from crdt.identifiers import DeviceId
from meshnode.errors import RemoteProtocolError
from meshnode.peers.limits import PeerLimits
from meshnode.peers.link_end import LinkEnd

log = logging.getLogger("meshnode.peers")

MOST_REMEMBERED = 256
FEW_STATEMENTS = 16
"""Whoever brings everything brings more at a time."""
FOLD_SHARE = 4.0


def rest_after_fold(statements: int, fold_seconds: float) -> float:
    """Seconds until more is taken from a device that brought so few statements (rule 3)."""
    return FOLD_SHARE * fold_seconds if statements < FEW_STATEMENTS else 0.0


class Rests:
    """What one node remembers of broken links."""

    def __init__(self, monotonic: Callable[[], float], limits: PeerLimits) -> None:
        self._monotonic = monotonic
        self._limits = limits
        self._broke: dict[DeviceId, deque[float]] = {}

    def ended(self, device: DeviceId | None, end: LinkEnd | None) -> None:
        """A link has ended; was it the fault of its device?"""
        if device is None or end is None or end.code != RemoteProtocolError.code:
            return
        times = self._broke.pop(device, None) or deque(maxlen=self._limits.breaks)
        times.append(self._monotonic())
        self._broke[device] = times
        if self.rests(device):
            log.warning("%s breaks the protocol again and again: it has to wait", device.hex()[:8])
        while len(self._broke) > MOST_REMEMBERED:
            self._broke.pop(next(iter(self._broke)))

    def rests(self, device: DeviceId) -> bool:
        """Whether a device has to wait now: it used up its breaks within the last while, and has not rested since."""
        times = self._broke.get(device)
        if times is None or len(times) < self._limits.breaks:
            return False
        now = self._monotonic()
        return now - times[0] < self._limits.breaks_seconds and now - times[-1] < self._limits.rest_seconds
