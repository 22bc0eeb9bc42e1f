"""The first frames of a link: the kind byte in the clear, then the three messages of the handshake.

Rules of this module:
1. The answering side sends nothing before the first message has opened: a stranger gets not one byte.
2. No deadlines here; both callers hold one over the whole greeting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from meshnode.errors import ConnectionLost, HandshakeRefused, RemoteProtocolError
from meshnode.transport.binary_socket import BinarySocket
from meshnode.transport.connection import LinkKind
from meshnode.transport.greeted import Greeted
from meshnode.transport.secrecy import Handshake, Handshakes, SpokenDoor
from meshnode.transport.spoken_greeting import answer_words

Psks = Callable[[int], Sequence[bytes]]
"""The pre-shared keys that a node would accept for a kind of link, the likeliest first."""


KIND_FRAMES = frozenset(bytes([kind]) for kind in LinkKind)


async def greet(socket: BinarySocket, kind: int, handshake: Handshake) -> Greeted:
    """The dialler's side.

    Raises:
        HandshakeRefused: the other side does not know our key, or does not hold the keys it shows.
    """
    await socket.send(bytes([kind]))
    await socket.send(handshake.write_message())
    try:
        answer = await socket.receive()
    except ConnectionLost as error:
        raise HandshakeRefused("The other side hung up: it belongs to another neighbourhood, or is busy.") from error
    handshake.read_message(answer)
    await socket.send(handshake.write_message())
    return Greeted(kind, handshake.psk, handshake.result())


async def answer_greeting(
    socket: BinarySocket,
    handshakes: Handshakes,
    psks: Psks,
    *,
    door: SpokenDoor,
    keys: tuple[bytes, bytes],
    proved: Callable[[], None],
) -> Greeted:
    """The side that was dialled; `keys` are its static and a fresh ephemeral key, `proved` is told after message 1.

    Raises:
        HandshakeRefused: a stranger, or somebody who does not hold the keys shown.
        RemoteProtocolError: not a greeting.
    """
    kind = _read_kind(await socket.receive())
    if kind is LinkKind.SPOKEN:
        return await answer_words(socket, handshakes, door, keys, proved)
    static, ephemeral = keys
    handshake = handshakes.respond(kind=kind, psks=psks(kind), static_private=static, ephemeral_private=ephemeral)
    handshake.read_message(await socket.receive())
    proved()
    await socket.send(handshake.write_message())
    handshake.read_message(await socket.receive())
    return Greeted(kind, handshake.psk, handshake.result())


def _read_kind(frame: bytes) -> LinkKind:
    if frame not in KIND_FRAMES:
        raise RemoteProtocolError("an unknown kind of link")
    return LinkKind(frame[0])
