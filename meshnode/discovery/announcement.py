"""Announcement: what one node shouts into the local network, and what it makes of what others shout.

Rules of this module:
1. Pure: bytes and text in, values out. The nonce and the keys are arguments.
2. Nothing that names a host, a member, a device or (outside a spoken-code window) a network is ever part of it.
   Everything that an outsider sees follows from a random nonce and keys that he does not have.
3. Reading is total: whatever bytes a stranger sends, the answer is a value or None, never an exception.

    instance  hex(nonce)._meshnode._tcp.local.        server  hex(nonce).local.
    TXT       v=1
              t=hex(BLAKE2b-64(nonce, key K_disc, person "meshnode-disc-v1"))
              j=hex of up to eight BLAKE2b-64(nonce, key psk_join, same person), newest first, while invites are open
              w=1 and n=<network name> during a spoken-code window

Host and instance carry the same nonce because two hosts with one `server` name resolve to each other's address.
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

SERVICE_TYPE = "_meshnode._tcp.local."
VERSION = b"1"
NONCE_BYTES = 8
TAG_BYTES = 8
TAG_PERSON = b"meshnode-disc-v1"
MAX_JOIN_TAGS = 8
"""Keeps the TXT record in one small packet; the newest invites are those that somebody is just typing in."""
MAX_NAME_BYTES = 64


@dataclass(frozen=True, slots=True)
class DiscoveryKeys:
    """What this node can recognise others by, and be recognised by.

    `disc_keys`: K_disc of the epochs held, the current one first; empty outside any network: then nothing is announced.
    `join_psks`: psk_join of the invites that are open, newest first; a would-be joiner puts the one of its code here.
    `spoken_network`: the network's name while a spoken-code window is open, else None.
    """

    disc_keys: tuple[bytes, ...] = field(default=(), repr=False)
    join_psks: tuple[bytes, ...] = field(default=(), repr=False)
    spoken_network: str | None = None


class Recognition(enum.Enum):
    """What an announcement means to the holder of certain keys."""

    MEMBER = "member"
    INVITER = "inviter"
    SPOKEN = "spoken"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One announcement, ours or a foreign one, in plain values."""

    nonce: bytes
    tag: bytes | None
    join_tags: tuple[bytes, ...] = ()
    spoken_network: str | None = None

    @property
    def instance(self) -> str:
        """The nonce in hex: how this announcement is told from others."""
        return self.nonce.hex()

    @property
    def service_name(self) -> str:
        return f"{self.nonce.hex()}.{SERVICE_TYPE}"

    @property
    def server_name(self) -> str:
        return f"{self.nonce.hex()}.local."


def tag_of(nonce: bytes, key: bytes) -> bytes:
    """The eight bytes by which holders of `key` recognise an announcement."""
    return blake2b(nonce, digest_size=TAG_BYTES, key=key, person=TAG_PERSON).digest()


def announce(nonce: bytes, keys: DiscoveryKeys) -> Announcement | None:
    """Our announcement under these keys, or None while there is nobody who could recognise it."""
    if not keys.disc_keys:
        return None
    return Announcement(
        nonce=nonce,
        tag=tag_of(nonce, keys.disc_keys[0]),
        join_tags=tuple(tag_of(nonce, psk) for psk in keys.join_psks[:MAX_JOIN_TAGS]),
        spoken_network=keys.spoken_network,
    )


def txt_of(announcement: Announcement) -> dict[str, str]:
    """The TXT record's keys and values."""
    txt = {"v": VERSION.decode()}
    if announcement.tag is not None:
        txt["t"] = announcement.tag.hex()
    if announcement.join_tags:
        txt["j"] = b"".join(announcement.join_tags).hex()
    if announcement.spoken_network is not None:
        txt["w"] = "1"
        txt["n"] = announcement.spoken_network.encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    return txt


def nonce_in(service_name: str) -> bytes | None:
    """The nonce in a service name, or None when it is not the name of a meshnode."""
    instance, dot, rest = service_name.partition(".")
    if not dot or rest.lower() != SERVICE_TYPE:
        return None
    nonce = _hex(instance.encode(errors="replace"))
    return nonce if nonce is not None and len(nonce) == NONCE_BYTES else None


def read_announcement(service_name: str, txt: Mapping[bytes, bytes | None]) -> Announcement | None:
    """A foreign announcement; None when it is malformed or of a version we do not know."""
    nonce = nonce_in(service_name)
    if nonce is None or txt.get(b"v") != VERSION:
        return None
    tag = _hex(txt.get(b"t"))
    joined = _hex(txt.get(b"j")) or b""
    if (tag is not None and len(tag) != TAG_BYTES) or len(joined) % TAG_BYTES:
        return None
    tags = tuple(joined[start : start + TAG_BYTES] for start in range(0, len(joined), TAG_BYTES))
    spoken = _printable(txt.get(b"n")) if txt.get(b"w") == b"1" else None
    return Announcement(nonce, tag, tags[:MAX_JOIN_TAGS], spoken)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an announcement means to us, and for an inviter which of our psk_join it answers to."""

    recognition: Recognition
    join_psk: bytes | None = field(default=None, repr=False)


def recognise(announcement: Announcement, keys: DiscoveryKeys) -> Recognised:
    """Judge a foreign announcement with the keys we hold; membership goes before invites."""
    if announcement.tag is not None:
        for key in keys.disc_keys:
            if hmac.compare_digest(tag_of(announcement.nonce, key), announcement.tag):
                return Recognised(Recognition.MEMBER)
    for psk in keys.join_psks:
        expected = tag_of(announcement.nonce, psk)
        if any(hmac.compare_digest(expected, tag) for tag in announcement.join_tags):
            return Recognised(Recognition.INVITER, psk)
    if announcement.spoken_network is not None:
        return Recognised(Recognition.SPOKEN)
    return Recognised(Recognition.STRANGER)


def _hex(value: bytes | None) -> bytes | None:
    """Bytes from lower- or upper-case hex without any blanks; None for everything else."""
    if not value or not value.isalnum():
        return None
    try:
        return bytes.fromhex(value.decode("ascii"))
    except ValueError:
        return None


def _printable(value: bytes | None) -> str | None:
    """A foreign name as a person may see it: valid UTF-8, short, nothing that moves the cursor or hides text."""
    if not value or len(value) > MAX_NAME_BYTES:
        return None
    try:
        text = "".join(letter for letter in value.decode() if letter.isprintable()).strip()
    except UnicodeDecodeError:
        return None
    return text or None
