"""The first frames of a link by spoken words: the two messages of an exchange in the clear, then the handshake.

    -> kind 3    -> exchange    <- exchange    -> handshake 1    <- handshake 2    -> handshake 3

The key of the exchange is the handshake's pre-shared key and both messages are in its prologue, so the first message of
the handshake proves the words to the answering side, the second proves them to the dialler, and whoever changes a byte
between the two is refused. A frame of one byte instead of an answer says why not: 255 somebody else tries just now,
else how many tries are left.

Rules of this module:
1. While no words are good, not one byte is answered. While some are, the announcement says so to everybody anyway.
2. Only a first handshake message of the right size that does not open is a guess, and costs a try.
3. A try that was begun is always ended: right, wrong, or broken off.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from meshnode.errors import ConnectionLost, HandshakeRefused, PeerError, WordsRefused
from meshnode.transport.binary_socket import BinarySocket
from meshnode.transport.connection import LinkKind
from meshnode.transport.greeted import Greeted
from meshnode.transport.secrecy import Exchange, Handshake, Handshakes, SpokenDoor, Try

BUSY = 255
CONFIRM_SECONDS = 4.0
"""From our message to the proof of the words: one round trip, and nobody else can try meanwhile."""
FAREWELL_SECONDS = 1.0
"""How long a refused dialler may take to read why, before the socket is dropped."""


class Busy(ConnectionLost):
    """Somebody else tries the words just now."""


async def greet_with_words(socket: BinarySocket, exchange: Exchange, initiate: Callable[..., Handshake]) -> Greeted:
    """The dialler's side; `initiate` still takes the key and the exchange's messages.

    Raises:
        Busy: somebody else tries; nothing was guessed.
        WordsRefused: the words are not the other side's.
        HandshakeRefused: no words are good there.
    """
    await socket.send(bytes([LinkKind.SPOKEN]))
    await socket.send(exchange.message)
    answer = await _answer(socket)
    handshake = initiate(psk=exchange.finish(answer), spoken=exchange.message + answer)
    await socket.send(handshake.write_message())
    answer = await _answer(socket)
    try:
        handshake.read_message(answer)
    except HandshakeRefused as error:
        raise WordsRefused from error
    await socket.send(handshake.write_message())
    return Greeted(LinkKind.SPOKEN, handshake.psk, handshake.result())


async def _answer(socket: BinarySocket) -> bytes:
    try:
        answer = await socket.receive()
    except ConnectionLost as error:
        raise HandshakeRefused("The other side hung up: no words are good there now.") from error
    if len(answer) != 1:
        return answer
    if answer[0] == BUSY:
        raise Busy
    raise WordsRefused(answer[0])


async def answer_words(
    socket: BinarySocket,
    handshakes: Handshakes,
    door: SpokenDoor,
    keys: tuple[bytes, bytes],
    proved: Callable[[], None],
) -> Greeted:
    """The side that was dialled, after the kind byte; arguments as for `answer_greeting`.

    Raises:
        HandshakeRefused: no words are good now, or these are not the ones.
        RemoteProtocolError: not a greeting.
    """
    theirs = await socket.receive()
    attempt = door.knock()
    if attempt is None:
        await _say_and_wait(socket, BUSY)
        raise HandshakeRefused("somebody else tries the words just now")
    try:
        answer = attempt.exchange.message
        psk = attempt.exchange.finish(theirs)
        await socket.send(answer)
        static, ephemeral = keys
        respond = partial(handshakes.respond, static_private=static, ephemeral_private=ephemeral)
        handshake = respond(kind=LinkKind.SPOKEN, psks=[psk], spoken=theirs + answer)
        first = await _soon(socket)
    except BaseException:
        attempt.broken_off()
        raise
    await _judge(socket, handshake, first, attempt)
    proved()
    try:
        await socket.send(handshake.write_message())
        handshake.read_message(await socket.receive())
    except BaseException:
        attempt.broken_off()
        raise
    return Greeted(LinkKind.SPOKEN, handshake.psk, handshake.result())


async def _judge(socket: BinarySocket, handshake: Handshake, first: bytes, attempt: Try) -> None:
    """Whether the first message shows the words (rule 2)."""
    try:
        handshake.read_message(first)
    except HandshakeRefused as error:
        await _say_and_wait(socket, attempt.wrong())
        raise HandshakeRefused("a try with other words") from error
    except BaseException:
        attempt.broken_off()
        raise
    attempt.right()


async def _soon(socket: BinarySocket) -> bytes:
    """The next message, if it comes while it is worth holding others up."""
    try:
        async with asyncio.timeout(CONFIRM_SECONDS):
            return await socket.receive()
    except TimeoutError as error:
        raise ConnectionLost("a try at the words that did not go on") from error


async def _say_and_wait(socket: BinarySocket, why: int) -> None:
    """Say it, and let the dialler read it: dropping the socket at once could overtake the byte."""
    with contextlib.suppress(PeerError, TimeoutError):
        await socket.send(bytes([why]))
        async with asyncio.timeout(FAREWELL_SECONDS):
            await socket.receive()
