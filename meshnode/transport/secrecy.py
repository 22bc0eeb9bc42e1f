"""What this room needs of a handshake. `meshnode.noise.handshake.Handshake` fits; the two rooms never meet.

Rules of this module:
1. Shapes only. Whoever builds the node passes the real thing in.
2. Refusals are `HandshakeRefused` and `RemoteProtocolError`; whatever is refused once stays refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Ciphers(Protocol):
    """Seals and opens the frames of one link, in order."""

    @property
    def remote_static(self) -> bytes: ...

    def encrypt(self, frame: bytes) -> bytes: ...

    def decrypt(self, sealed: bytes) -> bytes: ...


class Handshake(Protocol):
    """One side of one handshake."""

    @property
    def psk(self) -> bytes: ...

    def write_message(self) -> bytes: ...

    def read_message(self, message: bytes) -> None: ...

    def result(self) -> Ciphers: ...


class Handshakes(Protocol):
    """Makes handshakes."""

    def initiate(self, *, kind: int, psk: bytes, static_private: bytes, ephemeral_private: bytes) -> Handshake: ...

    def respond(
        self, *, kind: int, psks: Sequence[bytes], static_private: bytes, ephemeral_private: bytes
    ) -> Handshake: ...
