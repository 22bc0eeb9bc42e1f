"""Spoken joining: from three words that a neighbour said to the token that they stand for.

Rules of this module:
1. One dial is one guess, so nothing is dialled twice with the same words unless the other side was busy.
2. Where several windows are open near by, the person says which one is meant: words are never tried on all of them.
3. What comes out is an ordinary token; everything after that is the ordinary way in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from meshnode.config import Config
from meshnode.discovery.announcement import DiscoveryKeys
from meshnode.discovery.sightings import Sighting
from meshnode.errors import (
    ConnectionLost,
    HandshakeRefused,
    InviteError,
    NobodyAnswered,
    PeerError,
    WordsRefused,
    WrongWords,
)
from meshnode.identity.keys import Identity
from meshnode.joining.join_link import GuestLink
from meshnode.joining.search import SEARCH_SECONDS, sightings
from meshnode.joining.spoken_exchange import exchange_of
from meshnode.noise.handshake import Handshake
from meshnode.noise.spake2 import Side
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.endpoints import split_endpoint
from meshnode.transport.spoken_greeting import Busy

MORE_SECONDS = 2.0
"""After the first window heard of: others answer the same question within a second."""
BUSY_SECONDS = 12.0
"""Somebody else's try lasts four seconds at most."""
BUSY_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window that is open near by, by its own account."""

    network: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """A token, and where the device that gave it answers."""

    code: str = field(repr=False)
    endpoint: str


class SpokenJoining:
    """Turns words into a token."""

    def __init__(self, identity: Identity, config: Config, random: Callable[[int], bytes]) -> None:
        self._identity = identity
        self._config = config
        self._random = random

    async def exchange(self, words: Sequence[str], address: str | None) -> Handed | tuple[OpenWindow, ...]:
        """The token for these words; or the windows, where several are open and no address was given.

        Raises:
            WrongWords: they are not the ones on the other screen.
            InviteError: no window is open, or it answers no more.
        """
        if address:
            return await self._try_all(words, (address,))
        windows = await self._windows()
        if len(windows) > 1:
            return windows
        return await self._try_all(words, windows[0].endpoints)

    async def _windows(self) -> tuple[OpenWindow, ...]:
        """The windows near by, one for each device that announces one."""
        found: dict[str, Sighting] = {}
        loop = asyncio.get_running_loop()
        give_up = deadline = loop.time() + SEARCH_SECONDS
        async with sightings(DiscoveryKeys(), self._config.network.interfaces) as seen:
            while (left := deadline - loop.time()) > 0:
                try:
                    async with asyncio.timeout(left):
                        sighting = await seen.get()
                except TimeoutError:
                    break
                if sighting.spoken_network is not None:
                    found[sighting.instance] = sighting
                else:
                    found.pop(sighting.instance, None)
                deadline = min(give_up, loop.time() + MORE_SECONDS) if found else give_up
        if not found:
            raise NobodyAnswered(
                "No neighbour with open words was found on this network.",
                next_step="Your neighbour makes them with `meshnode invite --words` on the same Wi-Fi or cable; or "
                "give the address that their screen shows: `meshnode join --words ... --address HOST:PORT`.",
            )
        return tuple(OpenWindow(each.spoken_network or "", each.endpoints) for each in found.values())

    async def _try_all(self, words: Sequence[str], endpoints: Sequence[str]) -> Handed:
        """The first of one device's addresses at which it answers."""
        for endpoint in endpoints:
            try:
                connection = await self._dial_when_free(words, endpoint)
            except WordsRefused as error:
                raise _wrong(error) from error
            except HandshakeRefused as error:
                raise InviteError(
                    "The words are not good any more: the ten minutes are over, or somebody used them.",
                    next_step="Ask for new ones (`meshnode invite --words`).",
                ) from error
            except PeerError:
                continue
            return await self._token(connection)
        raise NobodyAnswered(
            f"Nobody answers at {endpoints[0]}.",
            next_step="Check that your neighbour still shows the words, and that you are on the same Wi-Fi or cable.",
        )

    async def _dial_when_free(self, words: Sequence[str], endpoint: str) -> Connection:
        """Dial; where somebody else tries just now, again in a moment (which costs no guess)."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + BUSY_SECONDS
        while True:
            try:
                return await self._dial(words, endpoint)
            except Busy as error:
                if loop.time() > deadline:
                    raise ConnectionLost("Somebody else tries these words all the time.") from error
            await asyncio.sleep(BUSY_PAUSE_SECONDS)

    async def _dial(self, words: Sequence[str], endpoint: str) -> Connection:
        host, port = split_endpoint(endpoint)
        return await dial(
            host,
            port,
            kind=LinkKind.SPOKEN,
            psk=b"",
            static_private=self._identity.device_keys.noise.private,
            ephemeral=self._random(32),
            handshakes=Handshake,
            words=exchange_of(Side.A, words, self._random),
        )

    async def _token(self, connection: Connection) -> Handed:
        try:
            async with GuestLink(connection) as guest:
                return Handed(await guest.token(), connection.remote.address)
        except PeerError as error:
            raise NobodyAnswered(
                "The words matched, but the other node went away in the middle.",
                next_step="Try the same words again; if they are not good any more, ask for new ones.",
            ) from error


def _wrong(error: WordsRefused) -> WrongWords:
    """What to say of a wrong guess; how many are left is the other side's word."""
    match error.tries_left:
        case None:
            return WrongWords()
        case 0:
            return WrongWords(
                "The words did not match, for the third time: they are not good any more.",
                next_step="Ask for new ones (`meshnode invite --words`).",
            )
        case 1:
            return WrongWords("The words did not match. One more try is left.")
        case left:
            return WrongWords(f"The words did not match. {left} more tries are left.")
