"""Two real replicas whose links run over a wire in memory."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from crdt.identifiers import DeviceId, Lane
from meshnode.events import Event
from meshnode.peers.limits import DEFAULT_LIMITS, PeerLimits
from meshnode.peers.links import LinkReport, Links
from meshnode.peers.status import Json, NodeFacts, StatusBoard
from meshnode.trust.access import Access
from meshnode.trust.keyring import Keyring
from tests.support.hand_peer import HandPeer
from tests.support.people import Neighbourhood, seeded, seeded_identity
from tests.support.replicas import Desk, open_desk
from tests.support.wire import Wire, remote_end

SECONDS = 10.0
FACTS = NodeFacts(
    version="0",
    profile="test",
    listening=list,
    discovery=lambda: "off",
    trouble=list,
    clock_unsure=lambda: False,
)


class Side:
    """One node: its desk, its links, and what it would tell a person."""

    def __init__(
        self,
        desk: Desk,
        monotonic: Callable[[], float] = time.monotonic,
        boot: str = "",
        limits: PeerLimits = DEFAULT_LIMITS,
    ) -> None:
        self.desk = desk
        self.access = Access(desk.replica)
        self.keyring = Keyring(desk.replica, self.access)
        boot_nonce = seeded(boot or desk.directory.name)(16)
        self.links = Links(desk.replica, self.access, self.keyring, boot_nonce, monotonic, limits=limits)
        self.board = StatusBoard(desk.replica, self.links.by_device, FACTS)
        self.linked: list[tuple[DeviceId, bool]] = []
        self.unlinked: list[DeviceId] = []
        self.links.on_linked = lambda link, dialled: self.linked.append((link.device or DeviceId(b""), dialled))
        self.links.on_unlinked = lambda device, code: self.unlinked.append(device)

    @property
    def device(self) -> DeviceId:
        return self.desk.identity.device

    def peer(self, other: Side) -> Json:
        """What the status says about another."""
        return next(peer for peer in self.board.peers() if peer["device"] == other.device.hex())

    def mine(self) -> Json:
        """What the status says about what was written here."""
        mine: Json = self.board.status()["mine"]
        return mine

    async def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait for it, looking again after every event of this node."""
        changed = asyncio.Event()
        unsubscribe = self.desk.events.subscribe(lambda _: changed.set())
        try:
            async with asyncio.timeout(SECONDS):
                while not holds():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self.desk.directory.name}: not in time: {what}") from None
        finally:
            unsubscribe()

    def heard(self, kind: type[Event]) -> int:
        return len(self.desk.told(kind))

    async def until_level(self, other: Side) -> None:
        """Wait until it holds what the other holds, by their digests."""
        await self.until("level", lambda: self.desk.digests() == other.desk.digests())


class Linked:
    """A wire between two sides and what became of it."""

    def __init__(self, dialler: Side, answerer: Side) -> None:
        self.dialler, self.answerer = dialler, answerer
        left, right = (remote_end(s.desk.directory.name, s.desk.identity.noise_public) for s in (dialler, answerer))
        self.wire = Wire(left, right)
        self.ends = [
            asyncio.create_task(dialler.links.carry(self.wire.left, dialled=True)),
            asyncio.create_task(answerer.links.carry(self.wire.right, dialled=False)),
        ]

    async def up(self) -> None:
        """Wait until each calls the other linked."""
        await self.dialler.until("linked", lambda: self.answerer.device in self.dialler.links.by_device)
        await self.answerer.until("linked", lambda: self.dialler.device in self.answerer.links.by_device)

    async def settled(self) -> None:
        """Wait until both know that nothing is on its way."""
        for side, other in ((self.dialler, self.answerer), (self.answerer, self.dialler)):

            def settled(side: Side = side, other: Side = other) -> bool:
                link = side.links.by_device.get(other.device)
                return link is not None and link.session.settled and link.they_lack == 0

            await side.until("settled", settled)

    async def reports(self) -> list[LinkReport]:
        """Wait for both ends."""
        async with asyncio.timeout(SECONDS):
            return list(await asyncio.gather(*self.ends))


@contextlib.asynccontextmanager
async def played_by_hand(
    side: Side, street: Neighbourhood, name: str, statement: bytes = b""
) -> AsyncIterator[tuple[HandPeer, asyncio.Task[LinkReport]]]:
    """Somebody dials a side and speaks by hand; with the report of the side's end, once there is one."""
    identity = seeded_identity(name)
    wire = Wire(
        remote_end(name, identity.noise_public), remote_end(side.desk.directory.name, side.desk.identity.noise_public)
    )
    peer = HandPeer(wire.left)
    peer.play(street, identity, statement)
    report = asyncio.create_task(side.links.carry(wire.right, dialled=False))
    yield peer, report
    await wire.close()
    await report


@contextlib.asynccontextmanager
async def two_sides(
    place: Path,
    street: Neighbourhood,
    names: tuple[str, ...] = ("alice", "bob"),
    limits: PeerLimits = DEFAULT_LIMITS,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[list[Side]]:
    """Nodes of these people, which know the whole street; their links are closed at the end."""
    sides = [Side(open_desk(place, name, street), monotonic, limits=limits) for name in names]
    try:
        yield sides
    finally:
        for side in sides:
            await side.links.stop()
        for side in sides:
            side.desk.close()


def ordinary(side: Side) -> int:
    """How many ordinary changes a side holds."""
    return len(side.desk.item_keys(Lane.ORDINARY))
