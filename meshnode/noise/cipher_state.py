"""CipherState: one ChaCha20-Poly1305 key and the count of what it has sealed or opened.

Rules of this module:
1. A nonce is used once: it moves after every sealing, and after an opening only if that succeeded.
2. Without a key, text passes through unchanged (the Noise specification's empty key).
"""

from __future__ import annotations

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_decrypt,
    crypto_aead_chacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from meshnode.errors import LocalProtocolError, RemoteProtocolError

KEY_BYTES = 32
TAG_BYTES = 16
LAST_NONCE = 2**64 - 1
"""Reserved by Noise for rekeying: never used to seal or open."""


class CipherState:
    """Seals or opens messages in order; one object for one direction."""

    __slots__ = ("_key", "_nonce")

    def __init__(self, key: bytes | None = None, nonce: int = 0) -> None:
        self._key = key
        self._nonce = nonce

    @property
    def has_key(self) -> bool:
        return self._key is not None

    @property
    def nonce(self) -> int:
        """How many messages were sealed or opened with this key."""
        return self._nonce

    def copy(self) -> CipherState:
        return CipherState(self._key, self._nonce)

    def encrypt(self, plaintext: bytes, associated: bytes = b"") -> bytes:
        """Seal the next message."""
        if self._key is None:
            return plaintext
        sealed = crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, associated, self._nonce_bytes(), self._key)
        self._nonce += 1
        return sealed

    def decrypt(self, sealed: bytes, associated: bytes = b"") -> bytes:
        """Open the next message.

        Raises:
            RemoteProtocolError: it was not sealed with this key as the next one; the nonce has not moved.
        """
        if self._key is None:
            return sealed
        if len(sealed) < TAG_BYTES:
            raise RemoteProtocolError("a sealed message is shorter than its tag")
        try:
            plaintext = crypto_aead_chacha20poly1305_ietf_decrypt(sealed, associated, self._nonce_bytes(), self._key)
        except CryptoError as error:
            raise RemoteProtocolError("a sealed message does not open") from error
        self._nonce += 1
        return plaintext

    def _nonce_bytes(self) -> bytes:
        if self._nonce >= LAST_NONCE:
            raise LocalProtocolError("a cipher key was used up")
        return bytes(4) + self._nonce.to_bytes(8, "little")
