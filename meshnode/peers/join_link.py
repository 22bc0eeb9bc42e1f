"""Join links: the short conversation with somebody who comes with an invite, from either side.

Rules of this module:
1. OFFER, APPLY, then WELCOME or REFUSED; anything else ends it. Each side may say BYE before.
2. One deadline over everything; nobody waits for somebody who is thinking it over.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from meshnode.errors import ConnectionLost, InviteError, InviteExpired, InviteUsed, PeerError, RemoteProtocolError
from meshnode.sync.codec import body_limit, decode, encode
from meshnode.sync.frames import Assembler
from meshnode.sync.messages import Apply, Bye, Err, Message, Offer, Refused, Welcome
from meshnode.transport.connection import Connection

JOIN_SECONDS = 60.0
_REFUSALS = {error.code: error for error in (InviteError, InviteExpired, InviteUsed)}


class _JoinLink:
    """One side's end of a join link."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._assembler = Assembler(body_limit)
        self._deadline = asyncio.timeout(JOIN_SECONDS)
        self._polite = False

    async def __aenter__(self) -> Self:
        await self._deadline.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._polite:
                with contextlib.suppress(PeerError, TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._say(Bye("closed"))
            await self._connection.close()
        finally:
            try:
                await self._deadline.__aexit__(kind, error, trace)
            except TimeoutError as late:
                raise ConnectionLost("The other node took too long.") from late

    async def _say(self, message: Message) -> None:
        for frame in encode(message):
            await self._connection.send(frame)

    async def _hear(self) -> Message:
        while True:
            whole = self._assembler.take(await self._connection.receive())
            if whole is None:
                continue
            message = decode(*whole)
            if isinstance(message, Bye | Err):
                self._polite = True
                raise ConnectionLost("The other side ended the conversation.")
            return message


class GuestLink(_JoinLink):
    """The joiner's side."""

    async def offer(self) -> Offer:
        """What the host shows.

        Raises:
            InviteError: the host refuses at once.
        """
        message = await self._answer()
        if not isinstance(message, Offer):
            raise RemoteProtocolError("something else than an offer")
        return message

    async def apply(self, statements: Sequence[bytes]) -> Welcome:
        """Ask to be let in.

        Raises:
            InviteError: the host refuses, with its sentence.
        """
        await self._say(Apply(tuple(statements)))
        message = await self._answer()
        if not isinstance(message, Welcome):
            raise RemoteProtocolError("something else than a welcome")
        return message

    async def _answer(self) -> Message:
        message = await self._hear()
        if isinstance(message, Refused):
            raise _REFUSALS.get(message.code, InviteError)(message.sentence)
        return message


class HostLink(_JoinLink):
    """The side that lets in."""

    async def show(self, offer: Offer) -> None:
        """Say who we are."""
        await self._say(offer)

    async def application(self) -> tuple[bytes, ...]:
        """The statements of a joiner who said yes."""
        message = await self._hear()
        if not isinstance(message, Apply):
            raise RemoteProtocolError("something else than an application")
        return message.statements

    async def welcome(self, welcome: Welcome) -> None:
        """They are in."""
        await self._say(welcome)

    async def refuse(self, code: str, sentence: str) -> None:
        """They are not, and why."""
        with contextlib.suppress(PeerError):
            await self._say(Refused(code, sentence))
