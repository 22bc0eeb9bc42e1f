"""Ed25519 signatures: make one, check one.

Rules of this module:
1. The only place that calls libsodium's signatures. Its low-level door is used because checking runs once for every
   change of a fresh join.
2. A forged signature is `False`, never an exception: what it means is for the caller to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

SIGNATURE_BYTES = 64
PUBLIC_KEY_BYTES = 32
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One Ed25519 key pair, made from its 32-byte seed."""

    seed: bytes = field(repr=False)
    public: bytes = field(init=False)
    _secret: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        public, secret = crypto_sign_seed_keypair(self.seed)
        object.__setattr__(self, "public", public)
        object.__setattr__(self, "_secret", secret)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of `message`."""
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `public` signed `message`. Small-order keys and second spellings of a signature are refused.

    Args:
        public: 32 bytes.
        message: what was signed.
        signature: 64 bytes.
    """
    if len(public) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, public)
    except BadSignatureError:
        return False
    return True
