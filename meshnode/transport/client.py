"""dial: opens a connection to another node.

Rules of this module:
1. One deadline over everything: name, socket, HTTP, handshake.
2. Only PeerErrors come out. A node that is away is as ordinary as one that answers.
3. The other side is believed nothing: no redirects, no cookies, no compression, no proxies.
"""

from __future__ import annotations

import asyncio
from functools import partial
from http import HTTPStatus

import aiohttp
from yarl import URL

from meshnode.errors import ConnectionLost, PeerError, RemoteProtocolError
from meshnode.transport.binary_socket import BinarySocket
from meshnode.transport.connection import RemoteEnd, spelled_address
from meshnode.transport.greeting import greet
from meshnode.transport.limits import DEFAULT_LIMITS, MESSAGE_LIMIT_BYTES, PATH, SUBPROTOCOL, TransportLimits
from meshnode.transport.secrecy import Exchange, Handshakes
from meshnode.transport.spoken_greeting import greet_with_words
from meshnode.transport.websocket_connection import WebSocketConnection

HEADER_BYTES = 1_024
"""Far more than a node's answer needs."""


async def dial(
    address: str,
    port: int,
    *,
    kind: int,
    psk: bytes,
    static_private: bytes,
    ephemeral: bytes,
    handshakes: Handshakes,
    words: Exchange | None = None,
    limits: TransportLimits = DEFAULT_LIMITS,
) -> WebSocketConnection:
    """Connect to a node and prove the keys of both sides; `ephemeral` is 32 fresh random bytes.

    With `words`, our side of an exchange about spoken words, its key takes the place of `psk`.

    Raises:
        ConnectionLost: nobody there, too slow, or too busy.
        HandshakeRefused: it belongs to another network, or does not hold the key it shows.
        WordsRefused: its words are others.
        RemoteProtocolError: it speaks something else.
    """
    spelled = spelled_address(address, port)
    initiate = partial(handshakes.initiate, kind=kind, static_private=static_private, ephemeral_private=ephemeral)
    session = _session()
    try:
        async with asyncio.timeout(limits.handshake_seconds):
            websocket = await _upgrade(session, address, port, limits)
            socket = BinarySocket(websocket, limits)
            if words is None:
                greeted = await greet(socket, kind, initiate(psk=psk))
            else:
                greeted = await greet_with_words(socket, words, initiate)
    except BaseException as error:
        await session.close()
        raise _as_peer_error(error, spelled) from error
    local = str((websocket.get_extra_info("sockname") or ("",))[0]).partition("%")[0]
    remote = RemoteEnd(greeted.ciphers.remote_static, spelled, kind, greeted.psk, local)
    return WebSocketConnection(socket, greeted.ciphers, remote, session.close)


def _session() -> aiohttp.ClientSession:
    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(_refuse_redirect)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=1, force_close=True, use_dns_cache=False),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        auto_decompress=False,
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
        trace_configs=[tracing],
    )


async def _refuse_redirect(*_: object) -> None:
    raise RemoteProtocolError("a redirect instead of a node")


async def _upgrade(
    session: aiohttp.ClientSession, address: str, port: int, limits: TransportLimits
) -> aiohttp.ClientWebSocketResponse:
    websocket = await session.ws_connect(
        URL.build(scheme="http", host=address, port=port, path=PATH),
        protocols=(SUBPROTOCOL,),
        compress=0,
        autoping=False,
        max_msg_size=MESSAGE_LIMIT_BYTES,
        heartbeat=limits.heartbeat_seconds,
        timeout=aiohttp.ClientWSTimeout(ws_close=limits.close_seconds),
    )
    if websocket.protocol != SUBPROTOCOL:
        raise RemoteProtocolError("it speaks another protocol than meshnode")
    return websocket


def _as_peer_error(error: BaseException, spelled: str) -> BaseException:
    match error:
        case PeerError():
            return error
        case aiohttp.WSServerHandshakeError(status=HTTPStatus.SERVICE_UNAVAILABLE):
            return ConnectionLost(f"{spelled} has no room for another connection now.")
        case aiohttp.WSServerHandshakeError() | aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            return RemoteProtocolError(f"{spelled} does not speak meshnode.")
        case TimeoutError() | aiohttp.ClientError() | OSError() | ValueError():
            return ConnectionLost(f"{spelled} does not answer.")
        case _:
            return error
