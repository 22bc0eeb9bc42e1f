"""Inside: the parts of a node that belongs to a network, wired together.

Rules of this module:
1. It builds and connects; what anything means is decided in the rooms below.
2. Started in the order in which parts need each other, stopped in the opposite one.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import Callable
from typing import cast

from meshnode.alarms.output import AlarmOutput
from meshnode.alarms.reach import Reach
from meshnode.config import Config
from meshnode.discovery.addresses import announceable, endpoint
from meshnode.discovery.announcement import DiscoveryKeys
from meshnode.discovery.discovery import Discovery, Mode
from meshnode.discovery.interface_watch import own_addresses
from meshnode.events import AccessChanged, Event, Events, MembershipChanged, RecordsChanged
from meshnode.founding import Invitations, days_of_an_event
from meshnode.identity.keys import Identity
from meshnode.joining.adoption import Adoption
from meshnode.joining.certifier import Certifier
from meshnode.joining.device_dial import reach
from meshnode.joining.host import Host
from meshnode.joining.spoken_window import SpokenToken, SpokenWindows
from meshnode.membership.device_codes import DeviceCode
from meshnode.membership.membership import AuthorClass
from meshnode.membership.network_keys import discovery_key, link_psk
from meshnode.node.belonging import Belonging
from meshnode.node.node_clock import NodeClock
from meshnode.noise.handshake import Handshake
from meshnode.peers.address_book import AddressBook
from meshnode.peers.dialler import Dialler
from meshnode.peers.links import Links
from meshnode.peers.member_dial import dial_member
from meshnode.peers.schedule import Schedule
from meshnode.peers.status import NodeFacts, StatusBoard
from meshnode.peers.stored_rows import StoredRows
from meshnode.replica.endorsing import Endorsing
from meshnode.replica.replica import Replica
from meshnode.replica.resealing import Resealing
from meshnode.store.store import Store
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.server import Server
from meshnode.trust.access import Access
from meshnode.trust.decisions import Decisions
from meshnode.trust.epochs import WAIT_SECONDS, Epochs
from meshnode.trust.keyring import Keyring
from meshnode.trust.notices import Notices

log = logging.getLogger("meshnode.node")

MS_PER_DAY = 86_400_000
VIEWS_AT_A_TIME = 20
"""About 10 ms of work between two looks at links and screens."""
BREATH_SECONDS = 0.01
QUIET_SECONDS = 1.0
"""Views are computed when a burst is over: a record that changes ten times is computed once."""
BOOT_NONCE_BYTES = 16
Clock = Callable[[], int]


class InsideParts:
    """A running node's parts inside one network."""

    status_board: StatusBoard
    alarm_output: AlarmOutput

    def __init__(
        self,
        config: Config,
        identity: Identity,
        belonging: Belonging,
        *,
        store: Store,
        events: Events,
        clock: NodeClock,
    ) -> None:
        self._config = config
        self._identity = identity
        self._clock = clock
        self.clock_unsure = clock.is_unsure
        self._tasks: set[asyncio.Task[None]] = set()
        self.replica = Replica(store, identity, belonging.network, events, clock)
        self.access = Access(self.replica)
        self._keyring = Keyring(self.replica, self.access)
        self._epochs = Epochs(self.replica, self.access, self._keyring, random=os.urandom, wait=_a_random_while)
        self.notices = Notices(self.replica, self.access, self._keyring)
        self.decisions = Decisions(self.replica, os.urandom)
        self.replica.sealer.receives = self.access.receives
        self._resealing = Resealing(self.replica)
        self.invitations = Invitations(self.replica, self._key)
        self.links = Links(self.replica, self.access, self._keyring, os.urandom(BOOT_NONCE_BYTES), time.monotonic)
        self.reach = Reach(self.replica)
        self.adoption = Adoption(
            self.replica,
            Certifier(self.replica, self._key),
            self._reach_device,
            config.device.name,
            changed=self._announce_anew,
            met=self.try_peer,
        )
        self.windows = SpokenWindows(self._fresh_token, os.urandom, self._announce_anew)
        self.host = Host(self.replica, self._key, clock, clock.is_unsure, self.windows.came_back)
        self._dialler = Dialler(
            Schedule(identity.device), self.links, AddressBook(StoredRows(store)), self._dial_out, identity.device
        )
        self._server = Server(
            handshakes=Handshake,
            static_private=identity.device_keys.noise.private,
            psks=self._psks,
            on_connection=self._welcome,
            door=self.windows,
        )
        self._endorsing = Endorsing(self.replica, random.random)
        self.discovery: Discovery | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    async def start(self, facts: NodeFacts) -> None:
        """Listen, announce, dial."""
        self.status_board = StatusBoard(self.replica, self.links.by_device, facts)
        self.links.on_level = self.reach.level
        await self.replica.judge_again()
        await self._listen()
        self.discovery = Discovery(
            self._server.port,
            self._discovery_keys,
            cast(Mode, self._config.network.discovery),
            on_sighting=self._dialler.sighted,
            on_gone=self._dialler.gone,
            on_network_change=self._network_changed,
            interfaces=self._config.network.interfaces,
        )
        self._unsubscribe = self.replica.events.subscribe(self._heard)
        self._epochs.start()
        self._dialler.start(self._config.network.addresses)
        await self.discovery.start()
        self._endorsing.start()
        self._refresh_views()
        self._resealing.start()
        self.alarm_output = AlarmOutput(self.replica, self._config.alarm, self.clock_unsure)
        self.alarm_output.start()

    async def stop(self) -> None:
        """Say goodbye to everybody and stop listening."""
        self._unsubscribe()
        await self.alarm_output.stop()
        self._endorsing.stop()
        self.windows.close()
        await self._resealing.stop()
        self.adoption.close()
        await self._epochs.stop()
        if self._refreshing is not None:
            self._refreshing.cancel()
        if self.discovery is not None:
            await self.discovery.stop()
        await self.links.stop()
        await self._dialler.stop()
        await self._server.close()

    def addresses(self) -> list[str]:
        """`ip:port` of this node, for typing into another one."""
        own = own_addresses(self._config.network.interfaces)
        return [endpoint(each.ip, self._server.port) for each in announceable(own)]

    def is_known(self) -> bool:
        """Whether the statements tell of this device at all."""
        return self.replica.membership.author_class(self._identity.device) is not AuthorClass.UNKNOWN

    def try_peer(self, address: str) -> None:
        """Dial this address soon: somebody was there a moment ago."""
        self._dialler.try_address(address)

    # -- wiring -----------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """On the port of last time, so that addresses people noted down stay true."""
        store, wanted = self.replica.store, self._config.network.listen_port
        hosts = tuple(each for each in self._config.network.interfaces if each[:1].isdigit())
        port = wanted or int(store.meta("listen_port") or 0)
        more = {"hosts": hosts} if hosts else {}
        await self._server.start(port, or_any=not wanted, **more)
        if str(self._server.port) != store.meta("listen_port"):
            store.set_meta("listen_port", str(self._server.port))

    def _key(self) -> bytes:
        return self._keyring.preferred

    def _today(self) -> int:
        return self._clock() // MS_PER_DAY

    def _open_psks(self) -> tuple[bytes, ...]:
        return tuple(invite.psk_join for invite in self.invitations.open_invites(self._today()))

    def _psks(self, kind: int) -> list[bytes]:
        """With which keys somebody may knock."""
        match kind:
            case LinkKind.MEMBER | LinkKind.TOKEN:
                return [link_psk(key) for key in self._keyring.valid()]
            case LinkKind.SHORT_CODE:
                return list(self._open_psks())
            case LinkKind.DEVICE:
                return list(self.adoption.psks())
            case _:
                return []

    def _discovery_keys(self) -> DiscoveryKeys:
        replica = self.replica
        spoken = replica.network_name() or replica.membership.name if self.windows.is_open else None
        shown = (*self.adoption.psks(), *(() if self.clock_unsure() else self._open_psks()))
        return DiscoveryKeys(tuple(discovery_key(key) for key in self._keyring.valid()), shown, spoken)

    async def _welcome(self, connection: Connection) -> None:
        match connection.remote.kind:
            case LinkKind.MEMBER:
                await self.links.carry(connection, dialled=False)
            case LinkKind.SPOKEN:
                await self.windows.receive(connection)
            case LinkKind.DEVICE:
                await self.adoption.receive(connection)
            case _:
                await self.host.receive(connection)

    async def _reach_device(self, code: DeviceCode, address: str) -> Connection:
        return await reach(code, self._identity.device_keys, address, self._config.network.interfaces)

    async def _fresh_token(self) -> SpokenToken:
        """For somebody who knew the words of an open window."""
        new = await self.invitations.invite(self._today(), 1, days_of_an_event(self._clock()))
        return SpokenToken(new.token, new.id)

    async def _dial_out(self, address: str) -> Connection:
        return await dial_member(address, self._keyring.valid(), self._identity, os.urandom)

    def _network_changed(self) -> None:
        self.links.network_changed({own.ip for own in own_addresses()})
        self._dialler.network_changed()

    def _heard(self, event: Event) -> None:
        match event:
            case MembershipChanged():
                self._announce_anew()
                self.notices.look()
            case AccessChanged():
                self._announce_anew()
            case RecordsChanged():
                self._refresh_views()

    def _announce_anew(self) -> None:
        """What is announced depends on the statements and on what is shown now."""
        if self.discovery is not None:
            self._keep(asyncio.create_task(self.discovery.refresh()))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _refresh_views(self) -> None:
        """Compute stale views in the background, so that a screen that opens finds them ready."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh_until_fresh())

    async def _refresh_until_fresh(self) -> None:
        await asyncio.sleep(QUIET_SECONDS)
        left = True
        while left:
            left = self.replica.records.refresh_stale(VIEWS_AT_A_TIME) > 0
            await asyncio.sleep(BREATH_SECONDS)


async def _a_random_while() -> None:
    await asyncio.sleep(random.uniform(0.0, WAIT_SECONDS))
