"""Errands: an invite goes out on a stick, the reply to it is written, and whose reply came back is let in.

Rules of this module:
1. A stick is tried out before the node is asked for anything: what cannot be written is not promised first.
2. What stands in a file is a claim; whether it holds is the node's answer.
3. Nothing is signed here without the caller's yes: `look_at_invite` and `look_at_reply` change nothing.
4. Sticks are slow: every touch of one happens beside the event loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from crdt.display import display_line
from meshnode.api.schema import Json
from meshnode.errors import ForeignFile, InviteError
from meshnode.foreign_file import foreign_files, read_foreign, try_out, write_foreign
from meshnode.membership.join_files import (
    INVITE_SUFFIX,
    MOST_BYTES,
    REPLY_SUFFIX,
    InviteFile,
    read_invite_file,
)

MOST_INVITES = 20
MOST_REPLIES = 100


class Ask(Protocol):
    """One request to the node."""

    async def __call__(self, do: str, /, **arguments: object) -> Json: ...


@dataclass(frozen=True, slots=True)
class WrittenInvite:
    """An invite that lies on a stick."""

    id: str
    path: Path
    expires_ms: int
    uses: int


@dataclass(frozen=True, slots=True)
class SeenInvite:
    """An invite file, and what the node says that it leads to."""

    path: Path
    network: str
    preview: Json
    file: InviteFile = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeenReply:
    """A reply file, and what the node says of it. `inside`: its bearer is a member already."""

    path: Path
    name: str
    inviter: str
    inside: bool
    text: str = field(repr=False)


async def write_invite(ask: Ask, folder: Path, *, uses: int, days: int) -> WrittenInvite:
    """Make an invite and put it on a stick.

    Args:
        ask: the node's answers.
        folder: where it goes; beside a file that is named itself.
        uses: how many people may come in with it.
        days: how long it is good.

    Raises:
        StorageError: the stick does not take it; no invite was made, or nobody has it.
        MeshnodeError: the node refused.
    """
    folder = _around(folder)
    await asyncio.to_thread(try_out, folder)
    status = await ask("status")
    invite = await ask("invite", uses=uses, days=days)
    network = display_line(status["network"]["name"])
    file = InviteFile(network, display_line(status["me"]["name"]), invite["token"])
    path = await asyncio.to_thread(write_foreign, folder, network, INVITE_SUFFIX, file.content())
    return WrittenInvite(invite["id"], path, invite["expires_ms"], invite["uses"])


def invites_in(given: Path) -> list[Path]:
    """The invite files in a folder; a file that is named itself is the one.

    Raises:
        InviteError: there is none.
        ForeignFile: the folder cannot be read.
    """
    found = _files(given, INVITE_SUFFIX, MOST_INVITES)
    if not found:
        raise InviteError(
            f"There is no invite file in {display_line(str(given))}.",
            next_step="A neighbour puts one there: with i and then s on their screen, or `meshnode invite --file "
            "FOLDER`.",
        )
    return found


async def look_at_invite(ask: Ask, path: Path) -> SeenInvite:
    """What an invite file leads to.

    Raises:
        ForeignFile: it cannot be read, or is no ordinary file.
        InviteError: it is damaged or much too old.
    """
    file = read_invite_file(await asyncio.to_thread(read_foreign, path, MOST_BYTES))
    preview = await ask("look_apart", code=file.code, network=file.network, inviter=file.inviter)
    return SeenInvite(path, display_line(preview["network"]), preview, file)


async def write_reply(ask: Ask, seen: SeenInvite, name: str) -> Path:
    """Answer an invite: the reply lies beside it, and the node waits to be let in from then on.

    Raises:
        StorageError: the stick does not take it.
        MeshnodeError: the node refused.
    """
    folder = seen.path.parent
    await asyncio.to_thread(try_out, folder)
    file = seen.file
    answer = await ask("join_apart", code=file.code, network=file.network, inviter=file.inviter, name=name)
    return await asyncio.to_thread(write_foreign, folder, name, REPLY_SUFFIX, str(answer["reply"]).encode())


def replies_in(given: Path) -> list[Path]:
    """The reply files in a folder; a file that is named itself is the one.

    Raises:
        InviteError: there is none.
        ForeignFile: the folder cannot be read.
    """
    found = _files(given, REPLY_SUFFIX, MOST_REPLIES)
    if not found:
        raise InviteError(
            f"There is no reply file in {display_line(str(given))}.",
            next_step="The new neighbour's machine writes one beside the invite: there, choose to join with a USB "
            "stick, or `meshnode join --file FOLDER`.",
        )
    return found


async def look_at_reply(ask: Ask, path: Path) -> SeenReply:
    """Who asks to come in.

    Raises:
        ForeignFile: it cannot be read, or is no ordinary file.
        InviteError: it is damaged, or for another neighbourhood.
    """
    text = (await asyncio.to_thread(read_foreign, path, MOST_BYTES)).decode(errors="replace")
    seen = await ask("reply", reply=text)
    return SeenReply(path, display_line(seen["name"]), display_line(seen["inviter"]), bool(seen["in"]), text)


async def let_in(ask: Ask, seen: SeenReply) -> None:
    """Let in whoever wrote a reply.

    Raises:
        InviteError: the invite is too old, used up, or taken back.
    """
    await ask("let_in", reply=seen.text)


def _files(given: Path, suffix: str, most: int) -> list[Path]:
    if given.name.endswith(suffix):
        return [given]
    if given.is_file():
        raise ForeignFile(
            f"{display_line(given.name)} is no file of meshnode: its name would end in {suffix}.",
            next_step="Name the stick's folder.",
        )
    return foreign_files(given, suffix, most)


def _around(given: Path) -> Path:
    return given.parent if given.is_file() else given
