"""HandPeer: a device that speaks the real protocol over a real connection, word by word as a test says.

async with HandPeer.member(address, street, "bob") as bob:
    await bob.enter()
    await bob.push(envelope)            # returns when the node says that it has dealt with it
    heard = await bob.until_closed()
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeVar

from crdt.identifiers import Lane, item_key
from meshnode.errors import PeerError
from meshnode.identity.keys import Identity
from meshnode.membership.network_keys import link_psk
from meshnode.noise.handshake import Handshake
from meshnode.sync.codec import body_limit, decode, encode
from meshnode.sync.fingerprint import EMPTY_DIGEST
from meshnode.sync.frames import Assembler
from meshnode.sync.messages import Credit, Hello, LaneState, LaneStates, Message, Push, Ready
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.endpoints import split_endpoint
from tests.support.people import Neighbourhood, seeded_identity
from tests.support.sets import SortedSet

M = TypeVar("M", bound=Message)
NONE = LaneState(0, EMPTY_DIGEST)
SECONDS = 20.0


class HandPeer:
    """One end of a real connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heard: list[Message] = []
        self._assembler = Assembler(body_limit)
        self.statement = b""
        self.lanes: LaneStates = (NONE, NONE, NONE)

    @classmethod
    @contextlib.asynccontextmanager
    async def reach(
        cls, address: str, identity: Identity, psk: bytes, kind: int = LinkKind.MEMBER
    ) -> AsyncIterator[HandPeer]:
        """Dial and shake hands."""
        host, port = split_endpoint(address)
        connection = await dial(
            host,
            port,
            kind=kind,
            psk=psk,
            static_private=identity.noise_private,
            ephemeral=os.urandom(32),
            handshakes=Handshake,
        )
        try:
            yield cls(connection)
        finally:
            await connection.close()

    @classmethod
    @contextlib.asynccontextmanager
    async def member(
        cls, address: str, street: Neighbourhood, who: str | Identity, statement: bytes = b""
    ) -> AsyncIterator[HandPeer]:
        """Dial as a device of one of the cast; `statement` is the one it shows, its own if none is given."""
        identity = seeded_identity(who) if isinstance(who, str) else who
        async with cls.reach(address, identity, link_psk(street.epoch_key)) as peer:
            peer.play(street, identity, statement)
            yield peer

    def play(self, street: Neighbourhood, identity: Identity, statement: bytes = b"") -> None:
        """Be this device, which holds the street's statements and nothing else."""
        known = street.membership().devices.get(identity.device)
        if not statement and known is not None:
            statement = next(each for each in street.statements if street.id(each) == known.certificate)
        self.statement = statement
        keys = SortedSet(item_key(0, street.id(each)) for each in street.statements)
        self.lanes = (LaneState(len(keys), keys.fingerprint(0, len(keys))), NONE, NONE)

    # -- speaking ---------------------------------------------------------------------------------------------------

    async def say(self, *messages: Message) -> None:
        """Send messages."""
        for message in messages:
            for frame in encode(message):
                await self.connection.send(frame)

    async def greet(self) -> None:
        """Say HELLO."""
        await self.say(Hello(1, 1, 0, os.urandom(16), self.lanes, self.statement))

    async def enter(self) -> None:
        """Greet, and wait until the node has let us in."""
        await self.greet()
        await self.until(Ready)
        await self.say(Ready())

    async def push(self, *items: bytes, lane: Lane = Lane.ORDINARY) -> None:
        """Send items and wait until the node has dealt with them."""
        message = Push(lane, False, items)
        due = sum(len(frame) - 2 for frame in encode(message))
        await self.say(message)
        while due > 0:
            due -= (await self.until(Credit)).count

    # -- listening --------------------------------------------------------------------------------------------------

    async def hear(self) -> Message:
        """The next message.

        Raises:
            PeerError: there is none, and will be none.
        """
        async with asyncio.timeout(SECONDS):
            while (whole := self._assembler.take(await self.connection.receive())) is None:
                pass
        self.heard.append(decode(*whole))
        return self.heard[-1]

    async def until(self, kind: type[M]) -> M:
        """The next message of a kind."""
        while True:
            message = await self.hear()
            if isinstance(message, kind):
                return message

    async def until_closed(self) -> list[Message]:
        """Listen until the node ends the connection; what it said until then."""
        before = len(self.heard)
        with contextlib.suppress(PeerError):
            while True:
                await self.hear()
        return self.heard[before:]

    def items_heard(self, lanes: Sequence[Lane] = (Lane.URGENT, Lane.ORDINARY)) -> list[bytes]:
        """Every item of these lanes that the node ever gave on this link."""
        return [item for push in self.heard if isinstance(push, Push) and push.lane in lanes for item in push.items]


async def held_by(address: str, street: Neighbourhood, who: str) -> LaneStates:
    """What a node says it holds, lane by lane, to one of its members."""
    async with HandPeer.member(address, street, who) as peer:
        await peer.greet()
        return (await peer.until(Hello)).lanes


def kinds_of(messages: Iterable[Message]) -> list[str]:
    """The names of what was said."""
    return [type(message).__name__ for message in messages]
