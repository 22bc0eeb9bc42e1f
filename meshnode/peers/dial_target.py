"""Dial target: one node as far as we know it, and how targets are ranked.

Rules of this module:
1. Pure. Only `schedule.py` changes a target.
2. A target is a device that proved itself, an announcement that nobody has proved anything about, or a typed address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crdt.identifiers import DeviceId

PICKED_IN_A_NETWORK = 4
FAILING = 2
"""Failed rounds after which a peer loses its place among the picked to a healthy one."""
ENDPOINTS_KEPT = 8
FIRST_BACK_OFF_SECONDS = 1.0
LONGEST_BACK_OFF_SECONDS = 60.0


@dataclass(slots=True)
class Target:
    """What the schedule knows of one node.

    `rank` is its lot in the draw, `proven` the endpoints where a device proved itself or which the person typed,
    `instances` its announcements, `network` our interface it is near, `tried` the endpoints of the round under way,
    `called_from` the IP it dialled us from while no announcement has been taken for it.
    """

    key: str
    endpoints: tuple[str, ...]
    rank: float
    device: DeviceId | None = None
    proven: set[str] = field(default_factory=set)
    instances: set[str] = field(default_factory=set)
    network: str = ""
    bridge: bool = False
    we_first: bool = True
    eager: bool = False
    failures: int = 0
    not_before: float = 0.0
    tried: set[str] = field(default_factory=set)
    dialling: str | None = None
    linked: bool = False
    called_from: str = ""

    @property
    def near(self) -> bool:
        """On a network that we are on, as far as we know."""
        return self.linked or bool(self.instances)

    @property
    def only_announced(self) -> bool:
        """Nothing but an announcement vouches for it."""
        return self.device is None and not self.proven

    def add_endpoints(self, endpoints: Sequence[str]) -> None:
        """Put these before the ones known, and keep the newest few."""
        self.endpoints = tuple(dict.fromkeys([*endpoints, *self.endpoints]))[:ENDPOINTS_KEPT]
        self.proven.intersection_update(self.endpoints)

    def has_ip(self, ip: str) -> bool:
        """Whether one of its endpoints is at this IP address."""
        return any(endpoint.rpartition(":")[0].strip("[]") == ip for endpoint in self.endpoints)


def standing(target: Target) -> tuple[bool, float]:
    """How targets are ordered: healthy before failing, then by lot."""
    return (target.failures >= FAILING and not target.linked, target.rank)


def picked(near: Iterable[Target]) -> list[Target]:
    """A few of each network, so that a node on two networks ties both together."""
    by_network: dict[str, list[Target]] = {}
    for target in sorted(near, key=standing):
        by_network.setdefault(target.network, []).append(target)
    return [target for targets in by_network.values() for target in targets[:PICKED_IN_A_NETWORK]]


def back_off(failures: int, jitter: float) -> float:
    """1 s, 2 s, 4 s ... 60 s, each between half and one and a half times as long."""
    longest = min(LONGEST_BACK_OFF_SECONDS, FIRST_BACK_OFF_SECONDS * 2.0 ** min(failures, 16))
    return min(LONGEST_BACK_OFF_SECONDS, longest * (0.5 + jitter))
