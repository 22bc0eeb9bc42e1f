"""StatusBoard: what a person may know about this node and its peers, and nothing that is not proved.

Rules of this module:
1. Linked means that the link answers now. A peer that is away is said to hold only what it once acknowledged.
2. What each side lacks is computed from the sets: on a link what is not acknowledged, without one the rows since the
   last agreement.
3. Presence is shown for nodes, never for persons; when a device was last heard is kept for hubs alone.
4. Nothing secret and no contents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crdt.identifiers import DeviceId, Lane
from meshnode.identity.words import device_words
from meshnode.membership.kinds import DeviceKind
from meshnode.membership.membership import Device
from meshnode.peers.link import Link
from meshnode.replica.replica import Replica

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What the node knows of itself."""

    version: str
    profile: str
    listening: Callable[[], list[str]]
    discovery: Callable[[], str]
    trouble: Callable[[], list[str]]
    clock_unsure: Callable[[], bool]


def outside_status(facts: NodeFacts) -> Json:
    """The status of a node that belongs to no network yet."""
    return _frame(facts) | {
        "state": "outside",
        "network": None,
        "me": None,
        "peers": [],
        "mine": {"changes": 0, "held_by_all": 0, "on_nodes": 0},
        "counts": {"records": 0, "changes": 0, "statements": 0},
    }


def _frame(facts: NodeFacts) -> Json:
    return {
        "version": facts.version,
        "profile": facts.profile,
        "listening": facts.listening(),
        "discovery": facts.discovery(),
        "clock": "unsure" if facts.clock_unsure() else "ok",
        "trouble": facts.trouble(),
    }


class StatusBoard:
    """Status of a node inside a network."""

    def __init__(self, replica: Replica, links: Mapping[DeviceId, Link], facts: NodeFacts) -> None:
        self._replica = replica
        self._links = links
        self._facts = facts

    def status(self) -> Json:
        """Everything, as `meshnode status --json` prints it."""
        replica = self._replica
        membership, store = replica.membership, replica.store
        me, own = replica.me, membership.devices.get(replica.identity.device)
        peers = self.peers()
        return _frame(self._facts) | {
            "state": "inside",
            "network": {"id": replica.network.hex(), "name": self._network_name()},
            "me": {
                "member": replica.identity.member.hex() if replica.identity.member else None,
                "name": me.name if me else (own.name if own else ""),
                "kind": (DeviceKind.HUB if replica.identity.member is None else DeviceKind.PERSONAL).value,
                "device": replica.identity.device.hex(),
                "words": device_words(replica.identity.device),
                "established": bool(me and me.established),
                "left": bool(me and me.left),
                "removed": bool(me and me.removed),
                "main": replica.identity.member_keys is not None,
                "dropped": own.dropped.value if own and own.dropped else None,
                "stewards": [membership.members[each].name for each in (own.stewards if own else ())],
            },
            "peers": peers,
            "mine": self._mine(peers),
            "counts": {
                "records": store.record_count(),
                "changes": len(store.index(Lane.URGENT)) + len(store.index(Lane.ORDINARY)),
                "statements": len(store.index(Lane.STATEMENTS)),
            },
        }

    def _network_name(self) -> str:
        return self._replica.network_name() or self._replica.membership.name

    def peers(self) -> list[Json]:
        """Every other current device, by its member's name."""
        own = self._replica.identity.device
        devices = [
            device
            for device in self._replica.membership.devices.values()
            if device.id != own and self._replica.membership.author_class(device.id).current
        ]
        shown = [self._peer(device) for device in devices]
        return sorted(shown, key=lambda peer: (str(peer["name"]).casefold(), peer["words"]))

    def _peer(self, device: Device) -> Json:
        link = self._links.get(device.id)
        row = self._replica.store.peer(device.id)
        if link is not None:
            they_lack: int | None = link.they_lack
        else:
            they_lack = self._replica.store.count_since(row.synced_row) if row is not None else None
        member = self._replica.membership.members.get(device.member) if device.member else None
        return {
            "device": device.id.hex(),
            "member": device.member.hex() if device.member else None,
            "name": device.name if device.kind is DeviceKind.HUB or member is None else member.name,
            "words": device_words(device.id),
            "kind": device.kind.value,
            "linked": link is not None,
            "since_ms": link.since_ms if link else None,
            "address": link.connection.remote.address if link else None,
            "they_lack": they_lack,
            "i_lack": link.i_lack if link else None,
            "last_heard_ms": row.last_heard_ms if row is not None and device.kind is DeviceKind.HUB else None,
        }

    def _mine(self, peers: list[Json]) -> Json:
        """On how many other nodes all that was written here is known to be."""
        store, own = self._replica.store, self._replica.identity.device
        newest = store.newest_row_of(own)
        holders = 0
        for peer in peers:
            device = DeviceId(bytes.fromhex(peer["device"]))
            row = store.peer(device)
            acknowledged = row is not None and row.synced_row >= newest
            holders += acknowledged or (peer["linked"] and peer["they_lack"] == 0)
        return {
            "changes": store.count_since(0, own),
            "held_by_all": bool(peers) and holders == len(peers),
            "on_nodes": holders if newest else 0,
        }

    def people(self) -> tuple[Json, Json]:
        """Members and devices by their ids in hex."""
        membership, me = self._replica.membership, self._replica.identity.member
        names = self._replica.profile_names()
        members = {
            member.id.hex(): {
                "name": names.get(member.id) or member.name,
                "mine": member.id == me,
                "left": member.left,
                "removed": member.removed,
                "current": member.current,
                "established": member.established,
            }
            for member in membership.members.values()
        }
        devices = {
            device.id.hex(): {
                "member": device.member.hex() if device.member else None,
                "name": device.name,
                "words": device_words(device.id),
                "kind": device.kind.value,
            }
            for device in membership.devices.values()
        }
        return members, devices
