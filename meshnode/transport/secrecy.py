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

    def initiate(
        self, *, kind: int, psk: bytes, static_private: bytes, ephemeral_private: bytes, spoken: bytes = b""
    ) -> Handshake: ...

    def respond(
        self, *, kind: int, psks: Sequence[bytes], static_private: bytes, ephemeral_private: bytes, spoken: bytes = b""
    ) -> Handshake: ...


class Exchange(Protocol):
    """One side of an exchange about spoken words; `meshnode.noise.spake2.Spake2` fits."""

    @property
    def message(self) -> bytes:
        """What the other side has to get."""
        ...

    def finish(self, message: bytes) -> bytes:
        """The key that comes of the other side's message, the same on both sides if the words are."""
        ...


class Try(Protocol):
    """Somebody's one guess at spoken words, while it is under way."""

    @property
    def exchange(self) -> Exchange:
        """Our side, fresh for this try."""
        ...

    def right(self) -> None:
        """They know the words."""
        ...

    def wrong(self) -> int:
        """They do not; how many tries are left."""
        ...

    def broken_off(self) -> None:
        """It ended without a guess."""
        ...


class SpokenDoor(Protocol):
    """Lets people try spoken words, one at a time."""

    def knock(self) -> Try | None:
        """Begin a try; None while somebody else tries.

        Raises:
            HandshakeRefused: no words are good now.
        """
        ...
