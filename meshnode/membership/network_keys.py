"""Network keys: what a network's epoch key and an invite's secret are turned into.

Rules of this module:
1. Each use has its own derived key: none of them tells anything about another.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from meshnode.identity.signing import SigningKey

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class InviteSecrets:
    """What the bearer of an invite's secret can do: countersign a hello, and knock with a short code."""

    key: SigningKey
    psk_join: bytes = field(repr=False)


def link_psk(epoch_key: bytes) -> bytes:
    """The outer key of links between members: strangers are refused at the first message."""
    return _from_epoch(epoch_key, b"meshnode-psk-v1")


def discovery_key(epoch_key: bytes) -> bytes:
    """The key under which members recognise each other's announcements."""
    return _from_epoch(epoch_key, b"meshnode-dkey-v1")


def invite_secrets(secret: bytes) -> InviteSecrets:
    """The keys in an invite's 16-byte secret."""
    return InviteSecrets(SigningKey(_digest(secret, b"meshnode-inv-key")), _digest(secret, b"meshnode-inv-psk"))


def _digest(secret: bytes, person: bytes) -> bytes:
    return hashlib.blake2b(secret, digest_size=KEY_BYTES, person=person).digest()


def _from_epoch(epoch_key: bytes, person: bytes) -> bytes:
    return hashlib.blake2b(digest_size=KEY_BYTES, key=epoch_key, person=person).digest()
