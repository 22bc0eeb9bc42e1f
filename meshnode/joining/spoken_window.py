"""Spoken window: ten minutes in which three words, said from one neighbour to another, let one person in.

Rules of this module:
1. One conversation at a time, and three guesses. A guess is counted only where somebody tried to prove other words;
   whoever knocks, hangs up or sends nonsense costs the window nothing.
2. The first right words get a token and end the window; if they cannot be given it, the window stays open.
3. The invite is made when the words have matched, not before: a window that nobody used leaves no statement behind.
4. Words are shown to the person at this node, announced and logged nowhere.
"""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from crdt.identifiers import MemberId, StatementId
from meshnode.errors import HandshakeRefused, InviteError, MeshnodeError, PeerError
from meshnode.identity.spoken_words import RANDOM_BYTES, pick_words
from meshnode.joining.join_link import HostLink
from meshnode.joining.spoken_exchange import exchange_of
from meshnode.noise.spake2 import Side, Spake2
from meshnode.sync.messages import Refused, Token
from meshnode.transport.connection import Connection

log = logging.getLogger("meshnode.peers")

WINDOW_SECONDS = 600.0
TRIES = 3


class WindowState(enum.Enum):
    """How a window stands, or why it ended."""

    OPEN = "open"
    MATCHED = "matched"
    """The words were right, and a token was given."""
    GUESSED = "guessed"
    """Three wrong tries."""
    OVER = "over"
    """Nobody came in time."""
    CLOSED = "closed"
    """The person closed it."""


@dataclass(slots=True)
class SpokenWindow:
    """One window and how it stands."""

    words: tuple[str, ...] = field(repr=False)
    closes_at: float
    """On the monotonic clock."""
    state: WindowState = WindowState.OPEN
    tries_left: int = TRIES
    invite: StatementId | None = None
    """The invite that was made when the words matched."""
    back: MemberId | None = None
    """Who came back with a key card since then: an invite opens their door and is not used up."""


@dataclass(frozen=True, slots=True)
class SpokenToken:
    """A fresh single-use token and the invite it is for."""

    text: str = field(repr=False)
    invite: StatementId


class _Attempt:
    """One conversation: what the transport calls a try."""

    def __init__(self, windows: SpokenWindows, window: SpokenWindow, exchange: Spake2) -> None:
        self._windows = windows
        self.window = window
        self.exchange = exchange

    def right(self) -> None:
        """They proved the words; nobody else may try while they are given the token."""

    def wrong(self) -> int:
        """Count the guess; how many are left."""
        self._windows.guessed(self)
        return self.window.tries_left

    def broken_off(self) -> None:
        """No guess was made: the next may try."""
        self._windows.free(self)


class SpokenWindows:
    """The windows of one node, one at a time: the door that the transport asks."""

    def __init__(
        self,
        fresh_token: Callable[[], Awaitable[SpokenToken]],
        random: Callable[[int], bytes],
        on_change: Callable[[], None],
        seconds: float = WINDOW_SECONDS,
    ) -> None:
        self._fresh_token = fresh_token
        self._random = random
        self._on_change = on_change
        self._seconds = seconds
        self._attempt: _Attempt | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.last: SpokenWindow | None = None
        """The window that is open, or the one before that."""

    @property
    def is_open(self) -> bool:
        """Whether words are good now."""
        return self.last is not None and self.last.state is WindowState.OPEN

    def open(self) -> SpokenWindow:
        """Open a window with new words; one that is open still is closed."""
        self.close()
        loop = asyncio.get_running_loop()
        window = SpokenWindow(pick_words(self._random(RANDOM_BYTES)), loop.time() + self._seconds)
        self._timer = loop.call_at(window.closes_at, self._end, window, WindowState.OVER)
        self.last = window
        self._on_change()
        return window

    def close(self) -> None:
        """Close the window, if one is open."""
        if self.last is not None:
            self._end(self.last, WindowState.CLOSED)

    def came_back(self, member: MemberId) -> None:
        """Somebody was let in with a token and a key card: with that of these words, if they were given one."""
        if self.last is not None and self.last.invite is not None and self.last.back is None:
            self.last.back = member

    # -- the door ---------------------------------------------------------------------------------------------------

    def knock(self) -> _Attempt | None:
        """Begin a try; None while somebody else tries.

        Raises:
            HandshakeRefused: no window is open.
        """
        if self.last is None or not self.is_open:
            raise HandshakeRefused("no window for spoken words is open")
        if self._attempt is not None:
            return None
        self._attempt = _Attempt(self, self.last, exchange_of(Side.B, self.last.words, self._random))
        return self._attempt

    def guessed(self, attempt: _Attempt) -> None:
        """A wrong guess."""
        self.free(attempt)
        window = attempt.window
        window.tries_left -= 1
        log.info("spoken words were guessed wrong; tries left: %d", window.tries_left)
        if window.tries_left <= 0:
            self._end(window, WindowState.GUESSED)
        self._on_change()

    def free(self, attempt: _Attempt) -> None:
        """A try is over; another may begin."""
        if self._attempt is attempt:
            self._attempt = None

    # -- who knows the words ----------------------------------------------------------------------------------------

    async def receive(self, connection: Connection) -> None:
        """Give somebody who proved the words their token (rule 2)."""
        attempt = self._attempt
        try:
            await self._give(connection, attempt.window if attempt else None)
        finally:
            if attempt is not None:
                self.free(attempt)

    async def _give(self, connection: Connection, window: SpokenWindow | None) -> None:
        opening: Token | Refused
        if window is None or window.state is not WindowState.OPEN:
            opening = Refused(InviteError.code, "These words are not good any more.")
        else:
            try:
                token = await self._fresh_token()
            except MeshnodeError as error:
                opening = Refused(InviteError.code, str(error))
            else:
                window.invite, window.back = token.invite, None
                opening = Token(token.text)
        try:
            async with HostLink(connection, opening) as guest:
                await guest.said()
        except PeerError as error:
            log.info("somebody who knew the words went: %s", error.code)
            return
        if isinstance(opening, Token) and window is not None:
            self._end(window, WindowState.MATCHED)

    def _end(self, window: SpokenWindow, state: WindowState) -> None:
        if window.state is WindowState.OPEN:
            window.state = state
            if self._timer is not None:
                self._timer.cancel()
            self._on_change()
