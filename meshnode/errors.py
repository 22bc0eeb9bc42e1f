"""One tree of errors. The class docstring is the sentence a person reads, `code` is what the API sends.

MeshnodeError
├── UsageError               what was typed cannot be meant
│   ├── BadInput             a value or name that is not understood
│   ├── UnknownRecord        no such task, listing, ...
│   ├── ForeignFile          a file from elsewhere that is not taken
│   ├── NotPossible          understood, but the state of things forbids it
│   └── WhoActs              at a hub nobody was named
├── NoNetwork                this profile belongs to no neighbourhood yet
├── AlreadyMember            this profile belongs to a neighbourhood already
├── InviteError              the invite did not work
│   ├── DamagedCode          typed or copied wrongly
│   ├── InviteExpired        too old, by the clock of the node that answered
│   ├── InviteUsed           used as often as it may be
│   ├── ClockUnsure          the node that answered does not know the date
│   ├── WrongWords           spoken words that are not the ones on the other screen
│   └── NobodyAnswered       no device of that neighbourhood was found
├── NodeAway                 the node's process does not answer
├── NodeBusy                 another process has this profile open
├── StorageError             the disk or the database
│   ├── DiskFull
│   ├── StorageDamaged
│   └── NewerStorage         written by a newer meshnode
├── KeyFileError             the key file is missing, damaged or readable by others
├── ConfigError              the settings file cannot be read
├── PeerError                a peer's fault: close the link, keep the node
│   ├── RemoteProtocolError  broke the protocol
│   │   ├── TooOld           speaks newer versions only: update here
│   │   └── TooNew           speaks older versions only: update there
│   ├── HandshakeRefused     is not one of us
│   │   └── WordsRefused     does not know the same spoken words
│   ├── NotAMember           proved a key that no current member has
│   └── ConnectionLost       went away without saying so
└── LocalProtocolError       our own bug in a protocol core
"""

from __future__ import annotations

from typing import ClassVar


class MeshnodeError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    next_step: ClassVar[str] = ""
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "", *, next_step: str = "") -> None:
        super().__init__(message or (self.__class__.__doc__ or "").strip())
        self.what_next = next_step or self.next_step

    @property
    def sentence(self) -> str:
        """What happened, and what to do next, for a person."""
        return f"{self} {self.what_next}".strip()


class UsageError(MeshnodeError):
    """That cannot be meant."""

    code = "usage"
    exit_code = 2


class BadInput(UsageError):
    """That was not understood."""

    code = "bad-input"


class UnknownRecord(UsageError):
    """There is no such entry on this node."""

    code = "unknown-record"
    exit_code = 3
    next_step = "See `meshnode task list` for what there is."


class ForeignFile(UsageError):
    """This file is not taken."""

    code = "foreign-file"
    next_step = "Have the file made again, and copy it to an ordinary folder or stick."


class NotPossible(UsageError):
    """That is not possible now."""

    code = "not-possible"
    exit_code = 4


class WhoActs(UsageError):
    """This machine is a hub that many people use: say who acts."""

    code = "who-acts"
    next_step = "At the screen, pick your name; with a command, add --as NAME."


class NoNetwork(MeshnodeError):
    """This profile belongs to no neighbourhood yet."""

    code = "no-network"
    exit_code = 5
    next_step = "Start one with `meshnode init NAME`, or join one with `meshnode join CODE`."


class AlreadyMember(MeshnodeError):
    """This profile belongs to a neighbourhood already."""

    code = "already-member"
    exit_code = 6
    next_step = "Use another profile for another neighbourhood: `meshnode --profile NAME ...`."


class InviteError(MeshnodeError):
    """The invite did not work."""

    code = "invite"
    exit_code = 7
    next_step = "Ask for a new one: a neighbour makes it with `meshnode invite`."


class DamagedCode(InviteError):
    """This code is damaged: a character is wrong, missing or too many."""

    code = "damaged-code"
    next_step = "Copy it again, all of it, or ask for a new one."


class InviteExpired(InviteError):
    """This invite is too old."""

    code = "invite-expired"


class InviteUsed(InviteError):
    """This invite has been used as often as it may be."""

    code = "invite-used"


class ClockUnsure(InviteError):
    """The clock of the node that answered is not set, so it cannot tell whether an invite still holds."""

    code = "clock-unsure"
    next_step = (
        "The invite is still good: try again near another neighbour's node, or with its address "
        "(`meshnode join CODE --address HOST:PORT`), or have the clock of that node set."
    )


class WrongWords(InviteError):
    """The words did not match."""

    code = "wrong-words"
    next_step = "Check them with your neighbour, letter by letter, or ask for new ones (`meshnode invite --words`)."


class NobodyAnswered(InviteError):
    """Nobody of that neighbourhood was found on this network."""

    code = "nobody-answered"
    next_step = (
        "Check that a neighbour's meshnode is running on the same Wi-Fi or cable, "
        "or give its address: `meshnode join CODE --address HOST:PORT` (the neighbour sees it in `meshnode status`). "
        "Nobody answers a short code that was used, taken back or has run out, either: then ask for a new one."
    )


class NodeAway(MeshnodeError):
    """The node of this profile is not running."""

    code = "node-away"
    exit_code = 8
    next_step = "Start it with `meshnode` (with a screen) or `meshnode run` (without)."


class NodeBusy(MeshnodeError):
    """Another meshnode has this profile open."""

    code = "node-busy"
    exit_code = 9
    next_step = "Stop that one first, or use another profile: `meshnode --profile NAME`."


class StorageError(MeshnodeError):
    """The disk did not take what was written. Nothing was acknowledged."""

    code = "storage"
    exit_code = 10


class DiskFull(StorageError):
    """The disk is full. Nothing was changed."""

    code = "disk-full"
    next_step = "Make room; meshnode goes on by itself."


class StorageDamaged(StorageError):
    """The database is damaged."""

    code = "storage-damaged"


class NewerStorage(StorageError):
    """This profile was written by a newer meshnode."""

    code = "newer-storage"
    next_step = "Update meshnode on this machine; nothing was changed."


class KeyFileError(MeshnodeError):
    """The key file cannot be used."""

    code = "key-file"
    exit_code = 11


class ConfigError(MeshnodeError):
    """The settings file cannot be read."""

    code = "config"
    exit_code = 12


class PeerError(MeshnodeError):
    """A peer did something that ended the link."""

    code = "peer"


class RemoteProtocolError(PeerError):
    """The peer broke the protocol."""

    code = "remote-protocol"


class TooOld(RemoteProtocolError):
    """This meshnode is too old for the other side's."""

    code = "too-old"
    next_step = "Update meshnode here."


class TooNew(RemoteProtocolError):
    """The other side's meshnode is too old for this one."""

    code = "too-new"
    next_step = "Ask them to update meshnode."


class HandshakeRefused(PeerError):
    """The other side is not one of us."""

    code = "handshake-refused"


class WordsRefused(HandshakeRefused):
    """The other side does not know the same spoken words."""

    code = "words-refused"

    def __init__(self, tries_left: int | None = None) -> None:
        super().__init__()
        self.tries_left = tries_left
        """As the other side says, where it says so; nothing proves it."""


class NotAMember(PeerError):
    """The other device belongs to no current member."""

    code = "not-a-member"


class ConnectionLost(PeerError):
    """The connection was cut off."""

    code = "connection-lost"


class LocalProtocolError(MeshnodeError):
    """A bug in meshnode: its own protocol rules were broken."""

    code = "local-protocol"
