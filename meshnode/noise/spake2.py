"""Spake2: two people who share a few spoken words come to one strong key, and nobody who listens learns the words.

SPAKE2 on Ed25519, byte for byte as the PyPI package `spake2` speaks it (asymmetric sides A and B):

    message   side "A" or "B", 1 byte | point 32           A: x*G + pw*M     B: y*G + pw*N
    shared    A: x * (theirs - pw*N)                       B: y * (theirs - pw*M)
    key       SHA-256(SHA-256(pw) | SHA-256(idA) | SHA-256(idB) | A's point | B's point | shared)

Whoever does not know the words can try one guess in one exchange, and learns only whether it was right.

Rules of this module:
1. What the other side sends is one point of the prime-order group, or refused: zero, small order, a reflection of our
   own message, another length and the wrong side are all a `RemoteProtocolError`.
2. An object serves one exchange: a second `finish` is a bug, because two answers to one message are two guesses.
3. Randomness is an argument; libsodium's arithmetic takes the same time whatever the secret.
"""

from __future__ import annotations

import enum
import hashlib
import hmac

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_is_valid_point,
    crypto_core_ed25519_scalar_reduce,
    crypto_core_ed25519_sub,
    crypto_scalarmult_ed25519_base_noclamp,
    crypto_scalarmult_ed25519_noclamp,
)
from nacl.exceptions import RuntimeError as SodiumRefusal

from meshnode.errors import LocalProtocolError, RemoteProtocolError

POINT_BYTES = 32
MESSAGE_BYTES = 1 + POINT_BYTES
KEY_BYTES = 32
RANDOM_BYTES = 64
"""Twice a scalar: reducing them leaves no bias."""
M = bytes.fromhex("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312")
N = bytes.fromhex("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3")
"""Points whose logarithm nobody knows: hashed from the letters "M" and "N"; a test makes them again."""
_SCALAR_INFO = b"SPAKE2 pw"
_PASSWORD_SCALAR_BYTES = 48


class Side(enum.Enum):
    """Which half of the exchange; the value is the first byte of its message."""

    A = b"A"
    B = b"B"


class Spake2:
    """One side of one exchange."""

    def __init__(self, side: Side, password: bytes, *, id_a: bytes, id_b: bytes, random: bytes) -> None:
        """Make this side's message.

        Args:
            side: which half this is.
            password: what both sides know.
            id_a: a name of the first side that both agree on; it goes into the key.
            id_b: the same of the second side.
            random: 64 bytes, fresh for every exchange.
        """
        if len(random) != RANDOM_BYTES:
            raise LocalProtocolError("an exchange takes 64 random bytes")
        self._side = side
        self._password = password
        self._ids = (id_a, id_b)
        self._secret: bytes | None = crypto_core_ed25519_scalar_reduce(random[::-1])
        self._scalar = _password_scalar(password)
        own, self._theirs = (M, N) if side is Side.A else (N, M)
        blinding = crypto_scalarmult_ed25519_noclamp(self._scalar, own)
        self._point = crypto_core_ed25519_add(crypto_scalarmult_ed25519_base_noclamp(self._secret), blinding)

    @property
    def message(self) -> bytes:
        """What the other side has to get: 33 bytes."""
        return self._side.value + self._point

    def finish(self, message: bytes) -> bytes:
        """Take the other side's message; the key, which is the same on both sides if the passwords are.

        Raises:
            RemoteProtocolError: that is no message of the other side.
        """
        secret, self._secret = self._secret, None
        if secret is None:
            raise LocalProtocolError("an exchange is finished once")
        point = self._read(message)
        try:
            unblinded = crypto_core_ed25519_sub(point, crypto_scalarmult_ed25519_noclamp(self._scalar, self._theirs))
            shared = crypto_scalarmult_ed25519_noclamp(secret, unblinded)
        except SodiumRefusal as error:
            raise RemoteProtocolError("an exchange of words with a point that gives no secret") from error
        points = (self._point, point) if self._side is Side.A else (point, self._point)
        hashed = b"".join(hashlib.sha256(each).digest() for each in (self._password, *self._ids))
        return hashlib.sha256(hashed + points[0] + points[1] + shared).digest()

    def _read(self, message: bytes) -> bytes:
        """The point in the other side's message (rule 1)."""
        if len(message) != MESSAGE_BYTES:
            raise RemoteProtocolError("a message about words has the wrong size")
        side, point = message[:1], message[1:]
        if side != (Side.B if self._side is Side.A else Side.A).value or point == self._point:
            raise RemoteProtocolError("a message about words comes from our own side")
        if not crypto_core_ed25519_is_valid_point(point):
            raise RemoteProtocolError("a message about words holds no point of the group")
        return point


def _password_scalar(password: bytes) -> bytes:
    """HKDF-SHA256 without a salt, 48 bytes read big-endian, modulo the group's order; little-endian as libsodium's."""
    extracted = hmac.digest(bytes(32), password, "sha256")
    first = hmac.digest(extracted, _SCALAR_INFO + b"\x01", "sha256")
    second = hmac.digest(extracted, first + _SCALAR_INFO + b"\x02", "sha256")
    wide = (first + second)[:_PASSWORD_SCALAR_BYTES]
    scalar: bytes = crypto_core_ed25519_scalar_reduce(wide[::-1].ljust(64, b"\0"))
    return scalar
