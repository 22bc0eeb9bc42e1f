"""`python -m tests.mesh.hostile_node PART ADDRESS...`: attacks honest nodes without end, and says what it began.

PART is `insider` (a member and a removed one, who speak the protocol) or `outsider` (nobody's machine, which has heard
a member's handshake go by). Everything follows from the cast's names; `hostile_street` is the neighbourhood.

Rules of this module:
1. Whatever must never be seen has HOSTILE in it.
2. What the nodes do about it is their matter: every refusal is taken as it comes, and the attack goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
from collections.abc import Awaitable, Callable

from crdt.identifiers import ItemId, Lane, made_record_id
from meshnode.errors import MeshnodeError
from meshnode.identity.envelope import seal_change
from meshnode.membership.network_keys import link_psk
from meshnode.noise.handshake import Handshake
from meshnode.sync.messages import Push, Want
from meshnode.transport.connection import LinkKind
from meshnode.transport.endpoints import split_endpoint
from tests.support.chunks import ACTION, INSERT, Draft, put, sleb, uleb
from tests.support.hand_peer import HandPeer
from tests.support.people import Neighbourhood, seeded, seeded_identity
from tests.support.replicas import NOON_MS, first_change
from tests.support.trust import TASK_KIND, TrustingStreet
from tests.transport.raw_peer import RawPeer, request

HALF_OPEN = 300
FLOOD = 3000
TOGETHER = 20
PAUSE_SECONDS = 0.05
"""Between two tries of one attack: it shares a machine with those whom it attacks."""
HOSTILE = "HOSTILE"
EQUIVOCAL_MS = NOON_MS + 77
Attack = Callable[[str], Awaitable[None]]


def hostile_street() -> TrustingStreet:
    """Alice, bob and chidi are honest; dana is not, and emre was removed."""
    street = TrustingStreet()
    for name in ("bob", "chidi", "dana", "emre"):
        street.join(name)
    street.remove("emre", by=["alice", "bob", "chidi"])
    return street


def equivocal_record(street: Neighbourhood) -> str:
    """The record that dana begins in two ways."""
    return made_record_id(street.network, TASK_KIND, seeded_identity("dana").device, EQUIVOCAL_MS).hex()


class Insider:
    """Dana's and emre's part."""

    def __init__(self) -> None:
        self.street = hostile_street()
        self.dana, self.emre = seeded_identity("dana"), seeded_identity("emre")
        self._flood = itertools.count()

    def attacks(self) -> dict[str, Attack]:
        return {"member": self.member, "removed": self.removed}

    async def member(self, address: str) -> None:
        """One link of dana's: everything she can think of, until it is ended."""
        async with HandPeer.member(address, self.street, "dana") as peer:
            await peer.enter()
            await peer.say(Push(Lane.ORDINARY, False, (self.equivocal(address),)))
            await peer.say(Push(Lane.ORDINARY, False, self.flood()))
            await peer.say(*(Want(Lane.ORDINARY, tuple(self.made_up(1024))) for _ in range(2)))
            await peer.say(Push(Lane.STATEMENTS, False, tuple(self.statements())))
            for hostile in self.hostile_changes():
                await peer.say(Push(Lane.ORDINARY, False, (hostile,)))
            await peer.until_closed()

    async def removed(self, address: str) -> None:
        """Emre's change, as if nothing had happened."""
        change = first_change(self.emre, self.street.network, Draft([put("title", f"{HOSTILE} removed")]))
        async with HandPeer.member(address, self.street, "emre") as peer:
            await peer.greet()
            await peer.say(Push(Lane.STATEMENTS, False, (self.street.statements[-1],)))
            await peer.say(Push(Lane.ORDINARY, False, (change,)))
            await peer.until_closed()

    def flood(self) -> tuple[bytes, ...]:
        """Valid tiny changes, as many as go, all in records of their own."""
        numbers = [number for number in itertools.islice(self._flood, TOGETHER) if number < FLOOD]
        drafts = [(number, Draft([put("title", f"Flood {number}")])) for number in numbers]
        return tuple(first_change(self.dana, self.street.network, draft, NOON_MS + 1000 + n) for n, draft in drafts)

    def equivocal(self, address: str) -> bytes:
        """One beginning for one node, another for the next."""
        draft = Draft([put("title", f"Equivocal {address[-1]}")])
        return first_change(self.dana, self.street.network, draft, EQUIVOCAL_MS)

    def made_up(self, count: int) -> list[ItemId]:
        """Ids of nothing."""
        return [ItemId(os.urandom(32)) for _ in range(count)]

    def statements(self) -> list[bytes]:
        """A word of emre's for a stranger, and the stranger's hello: genuine, and worth nothing."""
        other = hostile_street()
        other.witness("emre", other.hello("farah", other.invite("emre")))
        return other.statements[-3:]

    def hostile_changes(self) -> list[bytes]:
        """A forged author, a bomb, numbers that win every conflict, a change re-dated: eight strikes and more."""
        alice, network = seeded_identity("alice"), self.street.network
        record = made_record_id(network, TASK_KIND, alice.device, NOON_MS)
        honest = first_change(self.dana, network, Draft([put("title", f"{HOSTILE} forged")]), NOON_MS + 5)
        forged = honest[:64] + alice.device + honest[96:]
        bomb = Draft(columns={ACTION: sleb(200_001) + uleb(1), INSERT: uleb(200_001)})
        wins = Draft([put("title", f"{HOSTILE} wins")], start_op=2**31 - 2)
        stranger = first_change(seeded_identity("stranger"), network, Draft([put("title", f"{HOSTILE} stranger")]))
        signed = [seal_change(self.dana, network, record, NOON_MS, draft.raw()) for draft in (bomb, wins)]
        redated = honest[:112] + (NOON_MS + 6).to_bytes(8, "big") + honest[120:]
        return [stranger, *signed, *(forged, redated) * 6]


class Outsider:
    """Nobody's machine."""

    def __init__(self) -> None:
        self.street = hostile_street()
        self._held: list[RawPeer] = []
        self._heard: dict[str, tuple[bytes, bytes]] = {}

    def attacks(self) -> dict[str, Attack]:
        return {"stranger": self.stranger, "replay": self.replay, "half-open": self.half_open, "slow": self.slow}

    async def stranger(self, address: str) -> None:
        """A key that opens nothing."""
        async with HandPeer.reach(address, seeded_identity("stranger"), os.urandom(32)) as peer:
            await peer.until_closed()

    async def half_open(self, address: str) -> None:
        """Connections in which nothing is said."""
        host, port = split_endpoint(address)
        for _ in range(HALF_OPEN):
            with contextlib.suppress(OSError):
                self._held.append(RawPeer(*await asyncio.open_connection(host, port)))
        while len(self._held) > HALF_OPEN:
            self._held.pop(0).vanish()

    async def slow(self, address: str) -> None:
        """A request that comes byte by byte."""
        peer = RawPeer(*await asyncio.open_connection(*split_endpoint(address)))
        for byte in request():
            peer.write(bytes([byte]))
            await asyncio.sleep(PAUSE_SECONDS)

    async def replay(self, address: str) -> None:
        """A member's handshake that was heard going by, message for message."""
        if address not in self._heard:
            self._heard[address] = await self._hear(address)
        first, third = self._heard[address]
        peer = await self._upgraded(address)
        peer.send(bytes([LinkKind.MEMBER]), first)
        await peer.read_frame()
        peer.send(third)
        await peer.rest()

    async def _hear(self, address: str) -> tuple[bytes, bytes]:
        dana = seeded_identity("dana")
        handshake = Handshake.initiate(
            kind=LinkKind.MEMBER,
            psk=link_psk(self.street.epoch_key),
            static_private=dana.noise_private,
            ephemeral_private=seeded("heard going by")(32),
        )
        peer = await self._upgraded(address)
        first = handshake.write_message()
        peer.send(bytes([LinkKind.MEMBER]), first)
        handshake.read_message((await peer.read_frame())[1])
        third = handshake.write_message()
        peer.send(third)
        peer.vanish()
        return first, third

    async def _upgraded(self, address: str) -> RawPeer:
        peer = RawPeer(*await asyncio.open_connection(*split_endpoint(address)))
        peer.write(request())
        await peer.read_head()
        return peer


async def keep_on(name: str, attack: Attack, address: str) -> None:
    """Again and again; whatever comes of it."""
    for tries in itertools.count(1):
        try:
            await attack(address)
            ended = "ended"
        except (MeshnodeError, OSError, TimeoutError, EOFError, asyncio.IncompleteReadError) as error:
            ended = f"refused: {error!r}"
        if tries == 1:
            print(f"{name} at {address} {ended}", flush=True)
        await asyncio.sleep(PAUSE_SECONDS)


async def main(part: str, addresses: list[str]) -> None:
    """All attacks on all nodes at once."""
    side: Insider | Outsider = Insider() if part == "insider" else Outsider()
    attacks = side.attacks()
    print(f"{part} begins: {len(attacks) * len(addresses)}", flush=True)
    await asyncio.gather(*(keep_on(name, each, to) for name, each in attacks.items() for to in addresses))


if __name__ == "__main__":
    os.nice(19)
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
