"""Search: finds the other end of a code: announced near by, or at a typed address.

Rules of this module:
1. Looking announces nothing of ours.
2. Who is found is only somebody who knows the code's key; what they are is for the caller to check.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

from meshnode.discovery.announcement import DiscoveryKeys, Recognition
from meshnode.discovery.discovery import Discovery
from meshnode.discovery.sightings import Sighting
from meshnode.errors import HandshakeRefused, InviteError, NobodyAnswered, PeerError
from meshnode.transport.connection import Connection
from meshnode.transport.endpoints import split_endpoint

SEARCH_SECONDS = 20.0
"""A newcomer on a busy Wi-Fi hears of everybody within seconds; then something is wrong and the person should know."""

Dial = Callable[[str, int], Awaitable[Connection]]
"""Connect to a host and port with the code's key."""


@contextlib.asynccontextmanager
async def sightings(keys: DiscoveryKeys, interfaces: Sequence[str]) -> AsyncIterator[asyncio.Queue[Sighting]]:
    """Everything that is heard of during the block, judged with these keys."""
    seen: asyncio.Queue[Sighting] = asyncio.Queue()
    discovery = Discovery(0, lambda: keys, "quiet", on_sighting=seen.put_nowait, interfaces=tuple(interfaces))
    await discovery.start()
    try:
        yield seen
    finally:
        await discovery.stop()


class Search:
    """One search with one code's keys."""

    def __init__(self, keys: DiscoveryKeys, dial: Dial, interfaces: Sequence[str]) -> None:
        self._keys = keys
        self._dial = dial
        self._interfaces = interfaces

    async def reach(self, address: str, besides: Collection[str] = ()) -> Connection:
        """A connection to whoever answers to the code; an empty address means to look around, but not at `besides`.

        Raises:
            InviteError: somebody else is at that address.
            NobodyAnswered: nobody was found in time.
        """
        if address:
            return await self._at(address)
        async with sightings(self._keys, self._interfaces) as seen:
            try:
                async with asyncio.timeout(SEARCH_SECONDS):
                    return await self._first_to_answer(seen, besides)
            except TimeoutError as error:
                raise NobodyAnswered from error

    async def _at(self, address: str) -> Connection:
        try:
            return await self._dial(*split_endpoint(address))
        except HandshakeRefused as error:
            raise InviteError(
                "The node at that address does not know this code, or the code was used or has run out."
            ) from error
        except PeerError as error:
            raise NobodyAnswered(f"Nobody answers at {address}.") from error

    async def _first_to_answer(self, seen: asyncio.Queue[Sighting], besides: Collection[str]) -> Connection:
        while True:
            sighting = await seen.get()
            if sighting.recognition not in (Recognition.INVITER, Recognition.MEMBER):
                continue
            for endpoint in (each for each in sighting.endpoints if each not in besides):
                with contextlib.suppress(PeerError):
                    return await self._dial(*split_endpoint(endpoint))
