"""Messages: what two sides say to each other, as values.

Rules of this module:
1. One frozen class a message; PROTOCOL.md holds the same table (a test compares the two).
2. Types from 0x80 on are for additions that an older node may ignore; an unknown type below ends the link.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from crdt.identifiers import ItemId, Lane
from meshnode.sync.limits import (
    MAX_BLOCK_BYTES,
    MAX_FRAME_BODY_BYTES,
    MAX_HELLO_BYTES,
    MAX_JOIN_BYTES,
    MAX_KEYS,
    MAX_PUSH_BYTES,
    MAX_REASON_BYTES,
    MAX_WANT_IDS,
)

LOWEST_VERSION = 1
HIGHEST_VERSION = 1
IGNORABLE_FROM = 0x80
KEY_BYTES = 32


class MessageType(enum.IntEnum):
    """The first byte of a frame."""

    HELLO = 1
    READY = 2
    STATE = 3
    NEG = 4
    PULL = 5
    BLOCK = 6
    WANT = 7
    PUSH = 8
    CREDIT = 9
    BYE = 10
    ERR = 11
    OFFER = 16
    APPLY = 17
    WELCOME = 18
    REFUSED = 19
    TOKEN = 20
    NOTICE = 128
    KEYS = 129


class Step(enum.IntEnum):
    """What a STATE is for."""

    OPEN = 1
    """The dialler begins one."""
    ANSWER = 2
    """The answering side is ready for it."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """One lane at one moment."""

    count: int
    digest: bytes


LaneStates = tuple[LaneState, LaneState, LaneState]


@dataclass(frozen=True, slots=True)
class Hello:
    """Who I am and what I hold."""

    lowest: int
    highest: int
    features: int
    boot_nonce: bytes
    lanes: LaneStates
    device_statement: bytes


@dataclass(frozen=True, slots=True)
class Ready:
    """Your device is current here: everything may come now."""


@dataclass(frozen=True, slots=True)
class State:
    """What I hold now, at the beginning of a round."""

    step: Step
    round: int
    lanes: LaneStates


@dataclass(frozen=True, slots=True)
class Neg:
    """One turn of a comparison."""

    lane: Lane
    start: bool
    message: bytes
    giving: int = 0
    """So many items that the peer lacks follow as PUSH."""
    wanting: int = 0
    """So many items that the peer listed will be asked for with WANT."""


@dataclass(frozen=True, slots=True)
class Pull:
    """Send me this lane in blocks, newest first, from before a key (empty: from the newest on)."""

    lane: Lane
    before: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A run of a lane's items, compressed; `lowest` is the last key it reaches down to."""

    lane: Lane
    eof: bool
    lowest: bytes
    count: int
    stream: bytes


@dataclass(frozen=True, slots=True)
class Want:
    """Send me these items."""

    lane: Lane
    ids: tuple[ItemId, ...]
    spared: int = 0
    """So many of those announced in NEG came from elsewhere and need not be sent."""


@dataclass(frozen=True, slots=True)
class Push:
    """Items: new ones, those the peer lacks, or those it wants."""

    lane: Lane
    ends_want: bool
    """The oldest open WANT is answered with these."""
    items: tuple[bytes, ...]
    ends_giving: bool = False
    """All items announced as `giving` have been sent with these."""


@dataclass(frozen=True, slots=True)
class Credit:
    """So many bytes of PUSH and BLOCK bodies are on disk here."""

    count: int


@dataclass(frozen=True, slots=True)
class Keys:
    """The network's keys, the one to use first: your device was not there when they were handed out."""

    keys: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bye:
    """I go, in peace."""

    code: str


@dataclass(frozen=True, slots=True)
class Err:
    """I go because of what you did."""

    code: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that your person should know, as a code. Nothing follows from it on this link."""

    code: str


@dataclass(frozen=True, slots=True)
class Offer:
    """To somebody who came with an invite: this is who we are."""

    network_name: str
    statements: tuple[bytes, ...]
    invite: bytes
    """The INVITE statement, empty where it is not held."""


@dataclass(frozen=True, slots=True)
class Apply:
    """I want to join: my hello, and the INVITE statement where I hold it."""

    statements: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Welcome:
    """You belong: the witness's statement and the network's key."""

    statements: tuple[bytes, ...]
    epoch_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Token:
    """You know the words: come in with this."""

    text: str = field(repr=False)


SyncMessage = Hello | Ready | State | Neg | Pull | Block | Want | Push | Credit | Bye | Err | Notice | Keys
JoinMessage = Offer | Apply | Welcome | Refused | Token
Message = SyncMessage | JoinMessage

MAX_BODY_BYTES: dict[MessageType, int] = {
    MessageType.HELLO: MAX_HELLO_BYTES,
    MessageType.READY: 64,
    MessageType.STATE: 256,
    MessageType.NEG: MAX_FRAME_BODY_BYTES,
    MessageType.PULL: 64,
    MessageType.BLOCK: MAX_BLOCK_BYTES + 64,
    MessageType.WANT: MAX_WANT_IDS * 32 + 5,
    MessageType.PUSH: MAX_PUSH_BYTES,
    MessageType.CREDIT: 64,
    MessageType.BYE: MAX_REASON_BYTES,
    MessageType.ERR: MAX_REASON_BYTES,
    MessageType.NOTICE: MAX_REASON_BYTES,
    MessageType.OFFER: MAX_JOIN_BYTES,
    MessageType.APPLY: MAX_JOIN_BYTES,
    MessageType.WELCOME: MAX_JOIN_BYTES,
    MessageType.REFUSED: 1024,
    MessageType.TOKEN: 1024,
    MessageType.KEYS: MAX_KEYS * KEY_BYTES,
}
"""The longest body of each type."""
