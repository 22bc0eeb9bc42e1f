"""Join files: an invite that goes to a newcomer on a stick, and the reply that comes back.

    meshnode invite 1                  meshnode reply 1
    network: Maple Street              network: Maple Street
    from: Ana                          name: Bo
    code: MESH1:...                    invite: (base32 of the INVITE statement)
                                       hello: (base32 of the HELLO statement)

Rules of this module:
1. Names in a file are claims, shown as such; what counts is in the code and in the signed statements.
2. Unknown lines are for later versions and ignored; whatever is damaged is a `DamagedCode`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from crdt.display import display_line
from meshnode.errors import DamagedCode

INVITE_SUFFIX = ".meshnode-invite"
REPLY_SUFFIX = ".meshnode-reply"
MOST_BYTES = 16 * 1024
"""Two statements in base32 have less than half of that."""
_INVITE = "meshnode invite 1"
_REPLY = "meshnode reply 1"
_NAME_LETTERS = 64


@dataclass(frozen=True, slots=True)
class InviteFile:
    """What goes out: a full token, and who says that it is from whom."""

    network: str
    inviter: str
    code: str = field(repr=False)

    def content(self) -> bytes:
        """The file."""
        return _written(_INVITE, {"network": self.network, "from": self.inviter, "code": self.code})


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """What comes back: the newcomer's hello, and the INVITE statement for whoever does not hold it."""

    network: str
    name: str
    invite: bytes
    hello: bytes

    def content(self) -> bytes:
        """The file."""
        statements = {"invite": _base32(self.invite), "hello": _base32(self.hello)}
        return _written(_REPLY, {"network": self.network, "name": self.name} | statements)


def read_invite_file(content: bytes) -> InviteFile:
    """What an invite file says.

    Raises:
        DamagedCode: it is none.
    """
    lines = _lines(content, _INVITE, "invite")
    return InviteFile(_name(lines, "network"), _name(lines, "from"), lines.get("code", ""))


def read_reply_file(content: bytes) -> ReplyFile:
    """What a reply file says; the statements are not checked here.

    Raises:
        DamagedCode: it is none.
    """
    lines = _lines(content, _REPLY, "reply")
    return ReplyFile(_name(lines, "network"), _name(lines, "name"), _bytes(lines, "invite"), _bytes(lines, "hello"))


def _written(head: str, lines: dict[str, str]) -> bytes:
    return "".join(f"{line}\n" for line in (head, *(f"{key}: {value}" for key, value in lines.items()))).encode()


def _lines(content: bytes, head: str, what: str) -> dict[str, str]:
    """The lines below the head, by what stands before their colon."""
    try:
        first, *rest = content.decode().splitlines()
    except ValueError as error:
        raise _damaged(what) from error
    if first.strip() != head:
        raise _damaged(what)
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in rest)}


def _name(lines: dict[str, str], key: str) -> str:
    return display_line(lines.get(key, ""))[:_NAME_LETTERS]


def _base32(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=")


def _bytes(lines: dict[str, str], key: str) -> bytes:
    letters = lines.get(key, "")
    try:
        return base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError) as error:
        raise _damaged("reply") from error


def _damaged(what: str) -> DamagedCode:
    return DamagedCode(
        f"This {what} file is damaged, or is none.",
        next_step="Copy it again from where it was made, or ask for a new one.",
    )
