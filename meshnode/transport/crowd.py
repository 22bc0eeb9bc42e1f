"""Crowd: who may stay when many knock at once.

Rules of this module:
1. No I/O: guests are told to go by `cut`, and report themselves gone.
2. Who has shown the network's key is never sent away for who has not. Whoever has shown nothing gives way, the
   longest-waiting first: a member needs one round trip, whoever takes longer is the likelier stranger.
3. Thousands of silent sockets therefore cost a bounded number of descriptors, and members still get in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Protocol

from meshnode.transport.limits import TransportLimits


class Guest(Protocol):
    """One accepted socket."""

    @property
    def host(self) -> str: ...

    def cut(self) -> None: ...


class Crowd:
    """All guests of one server, by how far they have come."""

    def __init__(self, limits: TransportLimits) -> None:
        self._limits = limits
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
        if len(self._half_open) > self._limits.half_open:
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
