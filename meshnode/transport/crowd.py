"""Crowd: who may stay when many knock at once.

Rules of this module:
1. No I/O: guests are told to go by `cut`, and report themselves gone.
2. Who has shown the network's key is never sent away for who has not. Whoever has shown nothing gives way, the
   longest-waiting first: a member needs one round trip, whoever takes longer is the likelier stranger.
3. Thousands of silent sockets therefore cost a bounded number of descriptors, and members still get in.
4. An address that knocks without end is sent away before it is read.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from meshnode.transport.limits import TransportLimits

MOST_ADDRESSES = 1024


class Guest(Protocol):
    """One accepted socket."""

    @property
    def host(self) -> str: ...

    def cut(self) -> None: ...


class Crowd:
    """All guests of one server, by how far they have come."""

    def __init__(self, limits: TransportLimits, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._knocks: dict[str, tuple[float, float]] = {}
        """What an address may still open, and since when that is so."""
        # Dictionaries instead of sets: they keep the order of arrival.
        self._half_open: dict[Guest, None] = {}
        self._unproved: dict[Guest, None] = {}
        self._proved: dict[Guest, None] = {}
        self._linked: dict[Guest, None] = {}

    def __len__(self) -> int:
        return len(self._half_open) + len(self._unproved) + len(self._proved) + len(self._linked)

    @property
    def half_open(self) -> int:
        """Guests that have not finished their request."""
        return len(self._half_open)

    def arrived(self, guest: Guest) -> None:
        """A socket was accepted."""
        self._half_open[guest] = None
        if not self._may_knock(guest.host):
            self._send_away(guest)
        elif len(self._half_open) > self._limits.half_open:
            self._send_away(next(iter(self._half_open)))

    def asks_in(self, guest: Guest) -> bool:
        """The guest's request is complete: may it begin a handshake?"""
        self._half_open.pop(guest, None)
        per_address = self._limits.loopback_connections if _is_loopback(guest.host) else self._limits.per_address
        admitted = (
            self._has_room(per_address, [other for other in self._inside() if other.host == guest.host])
            and self._has_room(self._limits.handshakes, [*self._unproved, *self._proved])
            and self._has_room(self._limits.connections, list(self._inside()))
        )
        if admitted:
            self._unproved[guest] = None
        return admitted

    def proved(self, guest: Guest) -> None:
        """The guest has shown that it knows the network's key, or an invite's."""
        if guest in self._unproved:
            del self._unproved[guest]
            self._proved[guest] = None

    def linked(self, guest: Guest) -> None:
        """The handshake is finished."""
        if guest in self._proved:
            del self._proved[guest]
            self._linked[guest] = None

    def gone(self, guest: Guest) -> None:
        """The socket is closed; may be said again."""
        for stage in (self._half_open, self._unproved, self._proved, self._linked):
            stage.pop(guest, None)

    def _may_knock(self, host: str) -> bool:
        """Rule 4."""
        if _is_loopback(host):
            return True
        now, most = self._monotonic(), float(self._limits.knocks)
        left, since = self._knocks.pop(host, (most, now))
        left = min(most, left + (now - since) * self._limits.knocks_per_second)
        self._knocks[host] = (max(0.0, left - 1.0), now)
        while len(self._knocks) > MOST_ADDRESSES:
            self._knocks.pop(next(iter(self._knocks)))
        return left >= 1.0

    def _inside(self) -> Iterable[Guest]:
        return (*self._unproved, *self._proved, *self._linked)

    def _has_room(self, limit: int, rivals: list[Guest]) -> bool:
        """Whether one more fits among these, after sending away one that has shown nothing if that helps."""
        if len(rivals) < limit:
            return True
        stranger = next((rival for rival in rivals if rival in self._unproved), None)
        if stranger is None:
            return False
        self._send_away(stranger)
        return True

    def _send_away(self, guest: Guest) -> None:
        self.gone(guest)
        guest.cut()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
