"""Join links: carry the short conversation with somebody who comes with an invite, from either side.

Rules of this module:
1. What may be said when is `sync.join`'s business; here are only the connection and the clock.
2. However the block ends, the other side is told before the connection closes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

from meshnode.errors import (
    ClockUnsure,
    ConnectionLost,
    InviteError,
    InviteExpired,
    InviteUsed,
    PeerError,
    RemoteProtocolError,
)
from meshnode.sync.events import PeerLeft
from meshnode.sync.join import JoinEvent, JoinGuest, JoinHost
from meshnode.sync.messages import Apply, Offer, Refused, Token, Welcome
from meshnode.transport.connection import Connection

GOODBYE_SECONDS = 0.5
_REFUSALS = {error.code: error for error in (InviteError, InviteExpired, InviteUsed, ClockUnsure)}

End = TypeVar("End", JoinHost, JoinGuest)


class _JoinLink(Generic[End]):
    """One end of a join link on its connection."""

    def __init__(self, connection: Connection, end: End) -> None:
        self._connection = connection
        self._end: End = end
        self._arrived: list[JoinEvent] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.bye("closed")
        with contextlib.suppress(PeerError, TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._flush()
        await self._connection.close()

    async def _flush(self) -> None:
        for frame in self._end.frames_to_send():
            await self._connection.send(frame)

    async def _hear(self) -> JoinEvent:
        """What the other side says next.

        Raises:
            ConnectionLost: they went, or took too long.
            RemoteProtocolError: they said what may not be said now.
        """
        await self._flush()
        while not self._arrived:
            try:
                async with asyncio.timeout_at(self._end.next_deadline()):
                    frame = await self._connection.receive()
            except TimeoutError as error:
                self._end.tick(_now())
                raise ConnectionLost("The other node took too long.") from error
            self._end.receive_frame(frame, _now())
            self._arrived += self._end.events_received()
        event = self._arrived.pop(0)
        if isinstance(event, PeerLeft):
            raise ConnectionLost("The other side ended the conversation.")
        return event


class GuestLink(_JoinLink[JoinGuest]):
    """The joiner's side."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, JoinGuest(_now()))

    async def offer(self) -> Offer:
        """What the host shows.

        Raises:
            InviteError: the host refuses at once.
        """
        event = await self._answer()
        if not isinstance(event, Offer):
            raise RemoteProtocolError("something else than an offer")
        return event

    async def token(self) -> str:
        """The text of the token that the host gives for spoken words.

        Raises:
            InviteError: the host refuses.
        """
        event = await self._answer()
        if not isinstance(event, Token):
            raise RemoteProtocolError("something else than a token")
        return event.text

    async def apply(self, statements: Sequence[bytes]) -> Welcome:
        """Ask to be let in.

        Raises:
            InviteError: the host refuses, with its sentence.
        """
        self._end.apply(tuple(statements))
        event = await self._answer()
        if not isinstance(event, Welcome):
            raise RemoteProtocolError("something else than a welcome")
        return event

    async def _answer(self) -> JoinEvent:
        event = await self._hear()
        if isinstance(event, Refused):
            raise _REFUSALS.get(event.code, InviteError)(event.sentence)
        return event


class HostLink(_JoinLink[JoinHost]):
    """The side that lets in."""

    def __init__(self, connection: Connection, opening: Offer | Refused | Token) -> None:
        super().__init__(connection, JoinHost(opening, _now()))

    async def application(self) -> tuple[bytes, ...]:
        """The statements of a joiner who said yes; none if the opening was not an offer."""
        event = await self._hear()
        if not isinstance(event, Apply):
            raise RemoteProtocolError("something else than an application")
        return event.statements

    async def said(self) -> None:
        """Send what was said so far.

        Raises:
            ConnectionLost: they are gone.
        """
        await self._flush()

    def welcome(self, welcome: Welcome) -> None:
        """They are in; said when the block ends."""
        self._end.welcome(welcome.statements, welcome.epoch_key)

    def refuse(self, code: str, sentence: str) -> None:
        """They are not, and why; said when the block ends."""
        self._end.refuse(code, sentence)


def _now() -> float:
    return asyncio.get_running_loop().time()
