"""RawPeer: a dialler that writes its bytes by hand, so that it can write wrong ones."""

from __future__ import annotations

import asyncio
import enum
import os
import socket
import struct

from meshnode.noise.cipher_pair import CipherPair
from meshnode.noise.handshake import Handshake
from meshnode.transport.connection import LinkKind
from tests.transport.two_nodes import LOOPBACK, PATIENCE_SECONDS, Node

UPGRADE_HEADERS = {
    "Host": "node",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "meshnode.v1",
}


class Opcode(enum.IntEnum):
    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


def request(method: str = "GET", path: str = "/m1", **changes: str | None) -> bytes:
    """A node's request; `Header_Name="x"` changes a header, `None` leaves it out."""
    headers = UPGRADE_HEADERS | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()


def websocket_frame(opcode: int, payload: bytes, *, final: bool = True, reserved: int = 0) -> bytes:
    """One client frame, masked with zeros."""
    first = (0x80 if final else 0) | reserved | opcode
    if len(payload) < 126:
        head = struct.pack("!BB", first, 0x80 | len(payload))
    elif len(payload) < 65_536:
        head = struct.pack("!BBH", first, 0x80 | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, len(payload))
    return head + bytes(4) + payload


class RawPeer:
    """One TCP connection to a node."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def reach(cls, node: Node) -> RawPeer:
        return cls(*await asyncio.open_connection(LOOPBACK, node.port))

    @classmethod
    async def upgraded(cls, node: Node) -> RawPeer:
        """A WebSocket, and nothing said in it."""
        peer = await cls.reach(node)
        peer.write(request())
        assert (await peer.read_head()).startswith(b"HTTP/1.1 101 ")
        return peer

    @classmethod
    async def linked(cls, node: Node) -> tuple[RawPeer, CipherPair]:
        """A member's link, after an honest handshake."""
        peer, handshake = await cls.upgraded(node), handshake_with(node)
        peer.send(bytes([LinkKind.MEMBER]), handshake.write_message())
        handshake.read_message((await peer.read_frame())[1])
        peer.send(handshake.write_message())
        return peer, handshake.result()

    def write(self, content: bytes) -> None:
        self.writer.write(content)

    def send(self, *messages: bytes) -> None:
        for message in messages:
            self.write(websocket_frame(Opcode.BINARY, message))

    async def read_head(self) -> bytes:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def read_frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame from the server."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            first, length = await self.reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack("!H", await self.reader.readexactly(2))
            return first & 0x0F, await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """Everything that still comes until the other side ends it."""
        collected = bytearray()
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                while chunk := await self.reader.read(65_536):
                    collected += chunk
            except ConnectionError:
                pass
        self.writer.close()
        return bytes(collected)

    def vanish(self) -> None:
        """Go like a machine that loses power, seen from its neighbours: a reset, no WebSocket goodbye."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def handshake_with(node: Node, *, psk: bytes | None = None, static: bytes | None = None) -> Handshake:
    """A dialler's handshake that this node accepts, unless told otherwise."""
    return Handshake.initiate(
        kind=LinkKind.MEMBER,
        psk=psk or node.psks[0],
        static_private=static or os.urandom(32),
        ephemeral_private=os.urandom(32),
    )
