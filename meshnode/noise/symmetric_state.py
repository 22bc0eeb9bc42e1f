"""SymmetricState: what both sides of a handshake have agreed on so far, as a chaining key and a hash.

Rules of this module:
1. Names and steps are those of the Noise specification, section 5.2, for SHA-256.
2. `copy` is independent of its original, so that a try that fails leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import hmac

from meshnode.noise.cipher_state import CipherState

HASH_BYTES = 32


class SymmetricState:
    """The running hash and key of one handshake."""

    __slots__ = ("_chaining_key", "_cipher", "_hash")

    def __init__(self, protocol_name: bytes) -> None:
        short = len(protocol_name) <= HASH_BYTES
        self._hash = protocol_name.ljust(HASH_BYTES, b"\0") if short else hashlib.sha256(protocol_name).digest()
        self._chaining_key = self._hash
        self._cipher = CipherState()

    @property
    def handshake_hash(self) -> bytes:
        """Names this handshake: equal on both sides, and different for every session."""
        return self._hash

    @property
    def has_key(self) -> bool:
        return self._cipher.has_key

    def copy(self) -> SymmetricState:
        twin = SymmetricState.__new__(SymmetricState)
        twin._chaining_key, twin._hash, twin._cipher = self._chaining_key, self._hash, self._cipher.copy()
        return twin

    def mix_hash(self, content: bytes) -> None:
        self._hash = hashlib.sha256(self._hash + content).digest()

    def mix_key(self, material: bytes) -> None:
        self._chaining_key, key, _ = _hkdf(self._chaining_key, material)
        self._cipher = CipherState(key)

    def mix_key_and_hash(self, material: bytes) -> None:
        self._chaining_key, hashed, key = _hkdf(self._chaining_key, material)
        self.mix_hash(hashed)
        self._cipher = CipherState(key)

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        sealed = self._cipher.encrypt(plaintext, self._hash)
        self.mix_hash(sealed)
        return sealed

    def decrypt_and_hash(self, sealed: bytes) -> bytes:
        """Open with what was agreed so far; raises RemoteProtocolError and changes nothing if that fails."""
        plaintext = self._cipher.decrypt(sealed, self._hash)
        self.mix_hash(sealed)
        return plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        """The initiator's sending cipher and the responder's."""
        first, second, _ = _hkdf(self._chaining_key, b"")
        return CipherState(first), CipherState(second)


def _hkdf(chaining_key: bytes, material: bytes) -> tuple[bytes, bytes, bytes]:
    """Three outputs of HKDF; whoever needs two drops the last, which the specification allows."""
    secret = hmac.digest(chaining_key, material, "sha256")
    first = hmac.digest(secret, b"\x01", "sha256")
    second = hmac.digest(secret, first + b"\x02", "sha256")
    return first, second, hmac.digest(secret, second + b"\x03", "sha256")
