"""Connection: the seam between whoever speaks and whatever carries the frames.

Rules of this module:
1. Four verbs and nothing else; tests/transport/connection_acceptance.py says what they promise.
2. A frame is cleartext here; whoever implements the seam seals it.
3. Everything that a peer can cause is a PeerError. After the first one the connection is over.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Protocol


class LinkKind(enum.IntEnum):
    """The first byte of every link: with which key the dialler knocks."""

    MEMBER = 0
    TOKEN = 1
    SHORT_CODE = 2
    SPOKEN = 3
    DEVICE = 4


@dataclass(frozen=True, slots=True)
class RemoteEnd:
    """Who is at the other end, as far as the handshake proved it."""

    noise_key: bytes
    """The public X25519 key that the peer has proved to hold."""

    address: str
    """Where it is, as `10.0.0.7:4711` or `[fe80::1%eth0]:4711`."""

    kind: int
    """The kind of link, see LinkKind."""

    psk: bytes = field(repr=False)
    """The pre-shared key that both sides knew: tells which epoch, or which invite, the dialler came with."""
    local_ip: str = ""
    """Our own address on this connection, without a scope: when it is gone from this machine, so is the connection."""


class Connection(Protocol):
    """Carries frames to one peer and back, in order."""

    @property
    def remote(self) -> RemoteEnd:
        """Who is at the other end."""
        ...

    async def send(self, frame: bytes) -> None:
        """Hand over one frame of up to 65,519 bytes; waits while the peer is slow.

        Raises:
            ConnectionLost: the peer is gone, or reads nothing.
        """
        ...

    async def receive(self) -> bytes:
        """The next frame. One caller at a time.

        Raises:
            ConnectionLost: the connection ended. Whether that was polite, the frames before it say.
            RemoteProtocolError: what arrived cannot be a frame of this peer.
        """
        ...

    async def close(self) -> None:
        """End the connection after what was sent; never raises, and may be called again."""
        ...


def spelled_address(host: str, port: int) -> str:
    """Host and port as people type them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
