"""Links: all live links of a node: who is linked, who may link, and what each peer is known to hold.

Rules of this module:
1. One link a device: `double_dial` says which of two stays; a peer that has started anew since (another boot nonce)
   takes the place of its old link.
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
from meshnode.events import PeersChanged
from meshnode.membership.kinds import DeviceKind
from meshnode.peers.double_dial import Opened, second_stays
from meshnode.peers.link import Link, LinkEnd
from meshnode.peers.schedule import may_accept
from meshnode.replica.local_sets import ReplicaSets
from meshnode.replica.replica import Replica
from meshnode.sync.session import LocalHello, Session
from meshnode.sync.wanted import Wanted
from meshnode.transport.connection import Connection
from meshnode.trust.access import Access

log = logging.getLogger("meshnode.peers")

FEATURES = 0
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

    def __init__(self, replica: Replica, access: Access, boot_nonce: bytes, monotonic: Monotonic) -> None:
        self._replica = replica
        self._access = access
        self._sets = ReplicaSets(replica)
        self._wanted = Wanted()
        self._boot_nonce = boot_nonce
        self._monotonic = monotonic
        known = replica.membership.devices.get(replica.identity.device)
        self._hub = known is not None and known.kind is DeviceKind.HUB
        self._opened: dict[DeviceId, Opened] = {}
        self._all: dict[Link, asyncio.Task[LinkEnd]] = {}
        self.by_device: dict[DeviceId, Link] = {}
        self.on_linked: Callable[[Link, bool], None] = lambda link, dialled: None
        self.on_unlinked: Callable[[DeviceId, str], None] = lambda device, code: None

    def __len__(self) -> int:
        return len(self._all)

    async def carry(self, connection: Connection, *, dialled: bool) -> LinkReport:
        """Make a link of a finished connection and stay with it until it ends."""
        session = Session(dialled, self._sets, self._hello(), self._wanted, self._monotonic())
        link = Link(connection, session, self._replica, self._access, self._monotonic)
        link.on_granted = lambda granted: self._admit(granted, dialled=dialled)
        link.on_progress = self._note_progress
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
            self._release(link)
        return LinkReport(link.device, link.granted, end)

    def network_changed(self, own_ips: Set[str]) -> None:
        """Close the links that ran over an address this machine has no more: nothing will ever arrive there."""
        for link in tuple(self._all):
            local = link.connection.remote.local_ip
            if local and local not in own_ips:
                link.close("address-gone")

    async def stop(self) -> None:
        """Say goodbye to everybody."""
        tasks = list(self._all.values())
        for link in tuple(self._all):
            link.close("stopping")
        if tasks:
            await asyncio.wait(tasks, timeout=GOODBYE_SECONDS)

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

    def _admit(self, link: Link, *, dialled: bool) -> bool:
        """Rule 1; False where an older link to the same device stays instead, or where there is no room."""
        assert link.device is not None
        if link.device == self._replica.identity.device:
            return False
        old = self.by_device.get(link.device)
        opened = Opened(self._replica.identity.device if dialled else link.device, self._monotonic())
        if old is not None and old.boot_nonce == link.boot_nonce:
            if not second_stays(self._opened[link.device], opened):
                return False
        elif old is None and not may_accept(len(self.by_device), hub=self._hub) and not dialled:
            return False
        self.by_device[link.device] = link
        self._opened[link.device] = opened
        link.since_ms = self._replica.clock()
        if old is not None:
            old.close("double")
        else:
            log.info("linked: %s at %s", link.device.hex()[:8], link.connection.remote.address)
        self.on_linked(link, dialled)
        self._replica.events.publish(PeersChanged(link.device))
        return True

    def _release(self, link: Link) -> None:
        if link.device is None or self.by_device.get(link.device) is not link:
            return
        del self.by_device[link.device]
        self._replica.store.note_peer(link.device, last_heard_ms=self._replica.clock())
        log.info("unlinked: %s (%s)", link.device.hex()[:8], link.end.code if link.end else "?")
        self.on_unlinked(link.device, link.end.code if link.end else "")
        self._replica.events.publish(PeersChanged(link.device))

    def _note_progress(self, link: Link) -> None:
        """Rule 2."""
        if link.device is None or not link.granted:
            return
        if link.session.settled and link.they_lack == 0:
            self._replica.store.note_peer(
                link.device, synced_row=self._replica.store.newest_row(), last_heard_ms=self._replica.clock()
            )
        self._replica.events.publish(PeersChanged(link.device))
