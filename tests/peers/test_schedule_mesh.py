"""Many schedules together on an imagined network: everybody meets, soon, without dead-locks, with few double dials.

Virtual time, seeded; the nodes and their dials are as the real ones would do them, the wire is a table of delays.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from crdt.identifiers import DeviceId
from meshnode.peers.double_dial import Opened, second_stays
from meshnode.peers.schedule import Dial, Schedule, may_accept


@dataclass
class Node:
    """A node with its schedule and its links, by device."""

    device: DeviceId
    ip: str
    schedule: Schedule
    links: dict[DeviceId, Opened] = field(default_factory=dict)


class Street:
    """Nodes that see each other by announcement only, dial, and keep one of two links."""

    def __init__(self, count: int, seed: int) -> None:
        print(f"seed {seed}")
        self.random = random.Random(seed)
        self.now = 0.0
        self.dials = 0
        self.doubles = 0
        self._order = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        devices = [DeviceId(self.random.randbytes(32)) for _ in range(count)]
        self.nodes = [Node(device, f"10.0.0.{at}", Schedule(device)) for at, device in enumerate(devices)]
        self.by_ip = {node.ip: node for node in self.nodes}
        self.nonces = {node.ip: self.random.randbytes(8) for node in self.nodes}

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._events, (self.now + seconds, self._order, action))

    def everybody_sees_everybody(self) -> None:
        for seer in self.nodes:
            for seen in self.nodes:
                if seer is not seen:
                    self.later(self.random.uniform(0, 0.25), lambda seer=seer, seen=seen: self._see(seer, seen))  # type: ignore[misc]

    def run(self, until: float) -> None:
        while True:
            due = min((d for node in self.nodes if (d := node.schedule.next_due()) is not None), default=until)
            event_at = self._events[0][0] if self._events else until
            self.now = max(self.now, min(due, event_at))
            if self.now >= until:
                return
            if self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
            for node in self.nodes:
                for dial in node.schedule.dials(self.now):
                    self._dial(node, dial)

    def linked_pairs(self) -> set[tuple[DeviceId, DeviceId]]:
        return {(node.device, other) for node in self.nodes for other in node.links}

    def one_piece(self) -> bool:
        """Whether a change at any node would reach all."""
        by_device = {node.device: node for node in self.nodes}
        reached, frontier = {self.nodes[0].device}, [self.nodes[0].device]
        while frontier:
            for other in by_device[frontier.pop()].links:
                if other not in reached:
                    reached.add(other)
                    frontier.append(other)
        return len(reached) == len(self.nodes)

    def _see(self, seer: Node, seen: Node) -> None:
        first = self.nonces[seer.ip] < self.nonces[seen.ip]
        endpoint, jitter = f"{seen.ip}:4000", self.random.random()
        seer.schedule.sighted(seen.ip, [endpoint], self.now, jitter, network="eth0", we_first=first)

    def _dial(self, caller: Node, dial: Dial) -> None:
        self.dials += 1
        called = self.by_ip[dial.endpoint.partition(":")[0]]
        if caller.device not in called.links and not may_accept(len(called.links), hub=False):
            self.later(0.01, lambda: caller.schedule.refused(dial, self.now))
            return
        if self.random.random() < 0.05:
            self.later(2.0, lambda: caller.schedule.failed(dial, self.now, self.random.random()))
            return
        self.later(self.random.uniform(0.005, 0.03), lambda: self._connect(caller, called, dial))

    def _connect(self, caller: Node, called: Node, dial: Dial) -> None:
        link = Opened(caller.device, self.now)
        self._up(caller, called.device, link, dial)
        self._up(called, caller.device, link, None)

    def _up(self, node: Node, other: DeviceId, link: Opened, dial: Dial | None) -> None:
        before = node.links.get(other)
        self.doubles += before is not None
        if before is None or second_stays(before, link):
            node.links[other] = link
        ip = "" if dial else next(n.ip for n in self.nodes if n.device == other)
        node.schedule.linked(other, self.now, self.random.random(), dial=dial, ip=ip)

    def cut(self, one: Node, other: Node) -> None:
        for node, gone in ((one, other), (other, one)):
            if node.links.pop(gone.device, None):
                node.schedule.unlinked(gone.device, self.now, self.random.random())


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("count", [2, 3, 7])
def test_a_few_neighbours_all_link_to_each_other(count: int, seed: int) -> None:
    street = Street(count, seed)
    street.everybody_sees_everybody()
    street.run(until=70.0)
    assert len(street.linked_pairs()) == count * (count - 1)


def test_hardly_anybody_dials_past_each_other() -> None:
    dials = doubles = 0
    for seed in range(100):
        street = Street(2, seed)
        street.everybody_sees_everybody()
        street.run(until=20.0)
        dials += street.dials
        doubles += street.doubles // 2
    print(f"{dials} dials for 100 links, {doubles} double")
    assert doubles <= 10


@pytest.mark.parametrize("seed", range(5))
def test_a_full_street_is_one_piece_within_seconds_and_no_full_mesh(seed: int) -> None:
    street = Street(30, seed)
    street.everybody_sees_everybody()
    street.run(until=3.0)
    assert street.one_piece()
    assert len(street.linked_pairs()) < 30 * 16


@pytest.mark.parametrize("seed", range(10))
def test_a_link_that_breaks_is_back_within_seconds(seed: int) -> None:
    street = Street(2, seed)
    street.everybody_sees_everybody()
    street.run(until=40.0)
    street.cut(*street.nodes)
    street.run(until=45.0)
    assert len(street.linked_pairs()) == 2
