"""Events: what the session tells its owner.

Rules of this module:
1. Values only. The owner takes them after every call that may have made some.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crdt.identifiers import Lane
from meshnode.sync.messages import LaneStates


@dataclass(frozen=True, slots=True)
class PeerHello:
    """The peer said which device it is; nothing of this is verified here."""

    device_statement: bytes
    versions: tuple[int, int]
    features: int
    boot_nonce: bytes
    lanes: LaneStates


@dataclass(frozen=True, slots=True)
class Received:
    """Items arrived; put them on disk, then call `committed` with this receipt."""

    lane: Lane
    items: tuple[bytes, ...]
    receipt: int


@dataclass(frozen=True, slots=True)
class KeysGiven:
    """The peer handed over network keys; whether they are is for the owner to find out."""

    keys: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settled:
    """All lanes are level and nothing is on its way."""


@dataclass(frozen=True, slots=True)
class PeerNotice:
    """The peer says that this node's person should know something."""

    code: str


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """The conversation is over; `code` says why."""

    code: str


@dataclass(frozen=True, slots=True)
class UrgentLevel:
    """Both sides said that they hold the same urgent changes: those with this digest."""

    digest: bytes


SessionEvent = PeerHello | Received | KeysGiven | Settled | UrgentLevel | PeerNotice | PeerLeft
