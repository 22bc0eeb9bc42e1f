"""Sealed box: a short secret that one X25519 key can open and whoever sealed it cannot; libsodium's `crypto_box_seal`.

Layout: ephemeral public key 32 | box, 16 longer than the secret.

Rules of this module:
1. Randomness is an argument: libsodium's own call takes its own, so the box is made here, byte for byte the same.
2. Opening is total: whatever the bytes, the answer is the secret or None.
3. A key of small order opens nothing that is secret: `may_seal_to` says so before anything is sealed to it.
"""

from __future__ import annotations

import functools
import hashlib

from nacl.bindings import crypto_box, crypto_box_seal_open, crypto_scalarmult
from nacl.exceptions import CryptoError

from meshnode.identity.keys import KEY_BYTES, AgreementKey, Random

SECRET_BYTES = 32
OVERHEAD_BYTES = 48
SEALED_BOX_BYTES = SECRET_BYTES + OVERHEAD_BYTES
_NONCE_BYTES = 24
_ANY_SCALAR = b"\x08" * KEY_BYTES


@functools.lru_cache(maxsize=4096)
def may_seal_to(public: bytes) -> bool:
    """Whether this is a key that only its owner can open for."""
    if len(public) != KEY_BYTES:
        return False
    try:
        crypto_scalarmult(_ANY_SCALAR, public)
    except CryptoError:
        return False
    return True


def seal_box(public: bytes, secret: bytes, random: Random) -> bytes:
    """Seal a secret to a key that `may_seal_to` accepts; 48 bytes longer, so 80 for a key.

    Args:
        public: the X25519 key that shall open it.
        secret: a key, or a short text.
        random: fresh random bytes; the same give the same box.
    """
    ephemeral = AgreementKey(random(KEY_BYTES))
    return ephemeral.public + crypto_box(secret, _nonce(ephemeral.public, public), public, ephemeral.private)


def open_box(key: AgreementKey, sealed: bytes) -> bytes | None:
    """The 32 bytes that were sealed to this key; None if these were not."""
    return open_longer_box(key, sealed) if len(sealed) == SEALED_BOX_BYTES else None


def open_longer_box(key: AgreementKey, sealed: bytes) -> bytes | None:
    """What was sealed to this key, of any length; None if this was not."""
    if len(sealed) < OVERHEAD_BYTES:
        return None
    try:
        return crypto_box_seal_open(sealed, key.public, key.private)
    except CryptoError:
        return None


def _nonce(ephemeral: bytes, public: bytes) -> bytes:
    return hashlib.blake2b(ephemeral + public, digest_size=_NONCE_BYTES).digest()
