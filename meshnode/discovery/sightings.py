"""Sightings: the meshnodes that were heard of on this network, and what each means to us.

Rules of this module:
1. Pure and bounded: 256 sightings. Strangers make room first and never push out somebody whom we recognise.
2. A sighting is handed out when it is new or when something about it changed, and only then.
3. Being heard of is not being alive: records live on in caches long after a node has gone. Liveness is a link's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from meshnode.discovery.addresses import OwnAddress, believed, endpoint, network_of
from meshnode.discovery.announcement import (
    Announcement,
    DiscoveryKeys,
    Recognition,
    read_announcement,
    recognise,
)

MAX_SIGHTINGS = 256


@dataclass(frozen=True, slots=True)
class Sighting:
    """A meshnode that announces itself near by.

    `instance`: the hex nonce; another start or another address of the same node is another instance.
    `addresses`: IP addresses worth dialling, nearest first.
    `join_psk`: for an inviter, which of our psk_join its announcement answers to.
    `spoken_network`: the network's name during a spoken-code window.
    `network`: our interface on whose network the nearest address lies; empty when it lies elsewhere.
    `we_first`: both sides see each other at once; the one for whom this is true dials, the other waits a moment.
    """

    instance: str
    addresses: tuple[str, ...]
    port: int
    recognition: Recognition
    join_psk: bytes | None = field(repr=False)
    spoken_network: str | None
    network: str
    we_first: bool

    @property
    def endpoints(self) -> tuple[str, ...]:
        """`host:port` of every address, nearest first."""
        return tuple(endpoint(address, self.port) for address in self.addresses)


@dataclass(frozen=True, slots=True)
class _Heard:
    announcement: Announcement
    claimed: tuple[str, ...]
    port: int


class Sightings:
    """What one node has heard of; oldest first."""

    def __init__(self, limit: int = MAX_SIGHTINGS) -> None:
        self._limit = limit
        self._heard: dict[str, _Heard] = {}
        self._sightings: dict[str, Sighting] = {}
        self.keys = DiscoveryKeys()
        self.own: tuple[OwnAddress, ...] = ()
        self.own_nonce: bytes | None = None

    def __len__(self) -> int:
        return len(self._heard)

    def __iter__(self) -> Iterator[Sighting]:
        return iter(tuple(self._sightings.values()))

    def heard(
        self, service_name: str, txt: Mapping[bytes, bytes | None], claimed: Sequence[str], port: int
    ) -> Sighting | None:
        """Take in an announcement; the sighting if it is news, else None."""
        announcement = read_announcement(service_name, txt)
        if announcement is None or not 0 < port < 65536:
            return None
        instance = announcement.instance
        if instance not in self._heard and not self._make_room(announcement):
            return None
        self._heard[instance] = _Heard(announcement, tuple(claimed), port)
        return self._judge(instance)

    def gone(self, instance: str) -> Sighting | None:
        """Forget an instance that said goodbye or expired; its last sighting if there was one."""
        self._heard.pop(instance, None)
        return self._sightings.pop(instance, None)

    def judge_again(self) -> list[Sighting]:
        """Judge everything anew after the keys or our own addresses changed; those that mean something else now."""
        return [sighting for instance in tuple(self._heard) if (sighting := self._judge(instance)) is not None]

    def clear(self) -> None:
        """Forget everything."""
        self._heard.clear()
        self._sightings.clear()

    def _judge(self, instance: str) -> Sighting | None:
        heard = self._heard[instance]
        addresses = believed(heard.claimed, self.own)
        if not addresses:
            self._sightings.pop(instance, None)
            return None
        verdict = recognise(heard.announcement, self.keys)
        sighting = Sighting(
            instance=instance,
            addresses=addresses,
            port=heard.port,
            recognition=verdict.recognition,
            join_psk=verdict.join_psk,
            spoken_network=heard.announcement.spoken_network,
            network=network_of(addresses[0], self.own),
            we_first=self.own_nonce is None or self.own_nonce < heard.announcement.nonce,
        )
        before = self._sightings.get(instance)
        self._sightings[instance] = sighting
        return None if sighting == before else sighting

    def _make_room(self, newcomer: Announcement) -> bool:
        """Drop the oldest stranger when full; for somebody whom we recognise, drop the oldest if need be."""
        if len(self._heard) < self._limit:
            return True
        stranger = recognise(newcomer, self.keys).recognition is Recognition.STRANGER
        victims = (old for old in self._heard if self._is_stranger(old))
        victim = next(victims, None if stranger else next(iter(self._heard)))
        if victim is None:
            return False
        self.gone(victim)
        return True

    def _is_stranger(self, instance: str) -> bool:
        sighting = self._sightings.get(instance)
        return sighting is None or sighting.recognition is Recognition.STRANGER
