"""Armour: bytes as text that people paste, scan or type: "MESH1:" and base32 in upper case without padding.

Rules of this module:
1. Spaces, line breaks and lower case do no harm; any other difference is a `DamagedCode`, never another code.
2. The bytes end with a check (BLAKE2b of all before it) and begin with a version, which also tells what they are.
3. An address may follow a code: after "@" for people, after "/" in a QR code, whose compact alphabet has no "@".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from meshnode.errors import DamagedCode

PREFIX = "MESH1:"
LONGEST_TEXT = 1024
"""A full token with spaces between all groups of four and an address is less than half of that."""
_PREFIX_AS_TYPED = re.compile(r"^MESH1:?")
"""People leave out the colon, or all of it; 1 is no letter of base32, so that nothing else can be meant."""
_SPACE = re.compile(r"[\s\u2500-\u257f]+")
"""And the frame of a window that a code was copied out of with the mouse."""
_ADDRESS_MARKS = re.compile(r"[@/]")


def armour(content: bytes, check_bytes: int) -> str:
    """Content and its check as text."""
    return PREFIX + base64.b32encode(content + _check(content, check_bytes)).decode().rstrip("=")


def unarmour(text: str) -> bytes:
    """The bytes of a code as people typed, pasted or scanned it; an address after it is left to `read_address`.

    Raises:
        DamagedCode: and nothing else, whatever the text.
    """
    if len(text) > LONGEST_TEXT:
        raise DamagedCode()
    letters = _ADDRESS_MARKS.split(_SPACE.sub("", text), maxsplit=1)[0].upper()
    letters = _PREFIX_AS_TYPED.sub("", letters, count=1)
    try:
        packed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError) as error:
        raise DamagedCode() from error
    if base64.b32encode(packed).decode().rstrip("=") != letters:
        raise DamagedCode()  # bits that no code sets: each code has one spelling
    return packed


def checked(packed: bytes, check_bytes: int, versions: frozenset[int]) -> bytes:
    """The content, without its check.

    Raises:
        DamagedCode: the check is wrong, or the version is none of these.
    """
    content = packed[:-check_bytes]
    if _check(content, check_bytes) != packed[-check_bytes:]:
        raise DamagedCode()
    if content[0] not in versions:
        raise DamagedCode("This code was made by a newer meshnode.", next_step="Update meshnode, then try it again.")
    return content


def read_address(text: str) -> str:
    """The `ip:port` that follows a code, empty if none does."""
    parts = _ADDRESS_MARKS.split(_SPACE.sub("", text), maxsplit=1)
    if len(parts) == 1:
        return ""
    host, _, port = parts[1].lower().rpartition(":")
    return f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"


def _check(content: bytes, count: int) -> bytes:
    return hashlib.blake2b(content, digest_size=count).digest()
