"""Links: all live links of a node: who is linked, who may link, and what each peer is known to hold.

Rules of this module:
1. One link a device: `double_dial` says which of two stays. A link with another boot nonce takes the place of the old
   one; whether that one is dead or belongs to a copy of the device is found out by `twins`.
2. What a peer has acknowledged is written down as the newest row up to which it holds everything, so that the truth
   about a peer that is away can be told later.
3. Links decide nothing about the protocol, nothing about membership and nothing about whom to link with.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Set
from dataclasses import dataclass

from crdt.identifiers import DeviceId
from meshnode.events import AccessChanged, Event, MembershipChanged, PeersChanged
from meshnode.membership.kinds import DeviceKind
from meshnode.peers.double_dial import Opened, second_stays
from meshnode.peers.gate import Gate
from meshnode.peers.key_giving import KeyGiving
from meshnode.peers.limits import DEFAULT_LIMITS, PeerLimits
from meshnode.peers.link import Link
from meshnode.peers.link_end import LinkEnd
from meshnode.peers.link_sets import LinkSets
from meshnode.peers.rests import Rests
from meshnode.peers.schedule import may_accept
from meshnode.peers.twins import Twins
from meshnode.peers.versions import Versions
from meshnode.replica.local_sets import ReplicaSets
from meshnode.replica.replica import Replica
from meshnode.sync.session import LocalHello, Session
from meshnode.sync.wanted import Wanted
from meshnode.transport.connection import Connection
from meshnode.trust.access import Access, Linking
from meshnode.trust.keyring import Keyring

log = logging.getLogger("meshnode.peers")

FEATURES = 0
DOUBLE = "double"
GOODBYE_SECONDS = 1.0
"""How long the node waits for links to say goodbye when it stops."""
Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How a link went: with whom (if it came so far), and how it ended."""

    device: DeviceId | None
    granted: bool
    end: LinkEnd


class Links:
    """The links of one node inside a network."""

    def __init__(
        self,
        replica: Replica,
        access: Access,
        keyring: Keyring,
        boot_nonce: bytes,
        monotonic: Monotonic,
        *,
        limits: PeerLimits = DEFAULT_LIMITS,
    ) -> None:
        self.gate = Gate(replica, monotonic, limits)
        self._replica = replica
        self._access = access
        self._keys = KeyGiving(keyring)
        self._sets = ReplicaSets(replica)
        self._wanted = Wanted()
        self._boot_nonce = boot_nonce
        self._monotonic = monotonic
        known = replica.membership.devices.get(replica.identity.device)
        self._hub = known is not None and known.kind is DeviceKind.HUB
        self._twins = Twins(replica, limits.probe_seconds)
        self._versions = Versions(replica)
        self._rests = Rests(monotonic, limits)
        self._opened: dict[Link, Opened] = {}
        self._all: dict[Link, asyncio.Task[LinkEnd]] = {}
        self.by_device: dict[DeviceId, Link] = {}
        self._unsubscribe = replica.events.subscribe(self._heard)
        self.on_linked: Callable[[Link, bool], None] = lambda link, dialled: None
        self.on_unlinked: Callable[[DeviceId, str], None] = lambda device, code: None
        self.on_level: Callable[[DeviceId, bytes], None] = lambda device, digest: None

    def __len__(self) -> int:
        return len(self._all)

    async def carry(self, connection: Connection, *, dialled: bool) -> LinkReport:
        """Make a link of a finished connection and stay with it until it ends."""
        sets = LinkSets(self._sets, self.gate)
        session = Session(dialled, sets, self._hello(), self._wanted, self._monotonic())
        link = Link(connection, session, self._replica, self._access, gate=self.gate, monotonic=self._monotonic)
        sets.whose = lambda: link.device
        link.on_granted = lambda granted: self._admit(granted, dialled=dialled)
        link.on_progress = self._note_progress
        link.on_level = self._note_level
        link.on_notice = self._twins.heard
        task = asyncio.create_task(link.run())
        self._all[link] = task
        try:
            end = await asyncio.shield(task)
        except asyncio.CancelledError:
            link.close("stopping")
            await asyncio.wait([task], timeout=GOODBYE_SECONDS)
            task.cancel()
            raise
        finally:
            del self._all[link]
            self._opened.pop(link, None)
            self._release(link)
        self._versions.ended(link)
        self._rests.ended(link.device, link.end)
        return LinkReport(link.device, link.granted, end)

    def network_changed(self, own_ips: Set[str]) -> None:
        """Close the links that ran over an address this machine has no more: nothing will ever arrive there."""
        for link in tuple(self._all):
            local = link.connection.remote.local_ip
            if local and local not in own_ips:
                link.close("address-gone")

    async def stop(self) -> None:
        """Say goodbye to everybody."""
        self._twins.stop()
        self._unsubscribe()
        tasks = list(self._all.values())
        for link in tuple(self._all):
            link.close("stopping")
        if tasks:
            await asyncio.wait(tasks, timeout=GOODBYE_SECONDS)
        self.gate.stop()

    def trouble(self) -> list[str]:
        """What a person should know about peers, as sentences."""
        return [*self._twins.trouble(), *self._versions.trouble(), *self.gate.trouble()]

    def _heard(self, event: Event) -> None:
        if isinstance(event, MembershipChanged | AccessChanged):
            self._keys.look(link for link in self.by_device.values() if link.granted)

    def _hello(self) -> LocalHello:
        membership, store = self._replica.membership, self._replica.store
        device = self._replica.identity.device
        known = membership.devices.get(device)
        return LocalHello(
            device_statement=(store.statement(known.certificate) if known else None) or b"",
            support=tuple(store.statements_by_id(membership.support(device))),
            features=FEATURES,
            boot_nonce=self._boot_nonce,
        )

    def _admit(self, link: Link, *, dialled: bool) -> str:
        """Rule 1; empty, or why not: an older link to the same device stays, there is no room, or it has to rest."""
        assert link.device is not None
        if link.device == self._replica.identity.device:
            return DOUBLE
        if self._rests.rests(link.device):
            return Linking.BLOCKED.goodbye
        opened = Opened(self._replica.identity.device if dialled else link.device, self._monotonic())
        rivals = self._others_of(link)
        same = [rival for rival in rivals if rival.boot_nonce == link.boot_nonce]
        if not all(second_stays(self._opened[rival], opened) for rival in same):
            return DOUBLE
        if not rivals and not may_accept(len(self.by_device), hub=self._hub) and not dialled:
            return DOUBLE
        self.by_device[link.device] = link
        self._opened[link] = opened
        link.since_ms = self._replica.clock()
        self._versions.linked(link)
        self._keys.linked(link)
        for rival in same:
            rival.close(DOUBLE)
        self._twins.suspect(link, [rival for rival in rivals if rival not in same])
        if not rivals:
            log.info("linked: %s at %s", link.device.hex()[:8], link.connection.remote.address)
        self.on_linked(link, dialled)
        self._replica.events.publish(PeersChanged(link.device))
        return ""

    def _others_of(self, link: Link) -> list[Link]:
        """The other living links of the same device, the oldest first."""
        return [each for each in self._opened if each.device == link.device and each is not link and each.end is None]

    def _release(self, link: Link) -> None:
        if link.device is None or self.by_device.get(link.device) is not link:
            return
        del self.by_device[link.device]
        if twins := self._others_of(link):
            self.by_device[link.device] = twins[-1]
            return
        self._replica.store.note_peer(link.device, last_heard_ms=self._replica.clock())
        log.info("unlinked: %s (%s)", link.device.hex()[:8], link.end.code if link.end else "?")
        self.on_unlinked(link.device, link.end.code if link.end else "")
        self._replica.events.publish(PeersChanged(link.device))

    def _note_level(self, link: Link, digest: bytes) -> None:
        """A peer said that it holds the urgent changes with this digest, and nothing else of that lane."""
        if link.device is not None and link.granted:
            self.on_level(link.device, digest)

    def _note_progress(self, link: Link) -> None:
        """Rule 2."""
        if link.device is None or not link.granted:
            return
        if link.session.settled and link.they_lack == 0:
            self._replica.store.note_peer(
                link.device, synced_row=self._replica.store.newest_row(), last_heard_ms=self._replica.clock()
            )
        self._replica.events.publish(PeersChanged(link.device))
