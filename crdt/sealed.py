"""Sealed fields: what everybody can read of a text that only a few can open.

Under `sealed/<field>` lies base64 of one layout:

    version 1 | people 1 | devices 1 | person 32 each | (hint 4 | key box 80) each | check 24 | text box

A hint is the beginning of a device's id. What the boxes hold is the business of `meshnode.identity.sealing`.

Rules of this module:
1. crdt sees no keys and no sealed text: a plan holds a `Seal`, which the node turns into a value before it is drafted.
2. In clear, to members and hubs alike: who sealed it and when, for whom, on which of their devices it opens, and how
   long the text is to within 64 bytes. People are named in full: to all their devices later values are sealed.
3. A sealed value counts only if whoever made the record wrote it: nobody hides my text by writing over it, and nobody
   has it sealed to others in my name.
4. Reading is total. A value of a newer version is there, for nobody that this version could name.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from crdt.edits import LONGEST_STRING_BYTES, Scalar
from crdt.fields import MEMBER_HEX, Field, Json
from crdt.identifiers import MemberId

GROUP = "sealed"
VERSION = 1
HINT_BYTES = 4
MOST_PEOPLE = 32
"""What is meant for more is no secret."""
LONGEST_TEXT_BYTES = 4096
"""Leaves room for the devices of 32 people within the longest value."""
LARGEST_VALUE_BYTES = LONGEST_STRING_BYTES // 4 * 3
PAD_BYTES = 64
_PERSON_BYTES = 32
_KEY_BOX_BYTES = 80
_CHECK_BYTES = 24
_TAG_BYTES = 16
_HEAD_BYTES = 3


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A value of version 1, taken apart."""

    people: tuple[MemberId, ...]
    keys: tuple[tuple[bytes, bytes], ...]
    """Hint and key box of each device that can open it."""
    check: bytes
    text: bytes

    @property
    def head(self) -> bytes:
        """Everything before the check: what the text box vouches for."""
        counts = bytes((VERSION, len(self.people), len(self.keys)))
        return counts + b"".join(self.people) + b"".join(hint + box for hint, box in self.keys)

    @property
    def hints(self) -> frozenset[bytes]:
        """Which devices can open it."""
        return frozenset(hint for hint, _ in self.keys)

    @property
    def stored(self) -> str:
        """What lies under the key."""
        return base64.b64encode(self.head + self.check + self.text).decode("ascii")


def read_sealed(raw: Scalar) -> SealedValue | None:
    """A stored value, taken apart; None for anything that is not one of this version."""
    value = _decoded(raw)
    if len(value) < _HEAD_BYTES or value[0] != VERSION:
        return None
    people_end = _HEAD_BYTES + _PERSON_BYTES * value[1]
    keys_end = people_end + (HINT_BYTES + _KEY_BOX_BYTES) * value[2]
    text = value[keys_end + _CHECK_BYTES :]
    if len(text) < _TAG_BYTES + PAD_BYTES or (len(text) - _TAG_BYTES) % PAD_BYTES:
        return None
    people = _cut(value[_HEAD_BYTES:people_end], _PERSON_BYTES)
    keys = _cut(value[people_end:keys_end], HINT_BYTES + _KEY_BOX_BYTES)
    return SealedValue(
        people=tuple(MemberId(person) for person in people),
        keys=tuple((key[:HINT_BYTES], key[HINT_BYTES:]) for key in keys),
        check=value[keys_end : keys_end + _CHECK_BYTES],
        text=text,
    )


def is_newer(raw: Scalar) -> bool:
    """Whether this was sealed in a layout that this version does not know."""
    return _decoded(raw)[:1] > bytes((VERSION,))


def _decoded(raw: Scalar) -> bytes:
    try:
        return base64.b64decode(raw, validate=True) if isinstance(raw, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _cut(joined: bytes, size: int) -> list[bytes]:
    return [joined[at : at + size] for at in range(0, len(joined), size)]


@dataclass(frozen=True, slots=True)
class Sealed(Field):
    """The keys `sealed/<field>`, each a text for a few; the last one written by whoever made the record counts."""

    group: ClassVar[bool] = True
    of_maker: ClassVar[bool] = True

    def read(self, raw: Scalar) -> dict[str, Json]:
        """For whom it is, on which devices it opens (their hints), and a mark that each sealing makes anew."""
        value = read_sealed(raw)
        if value is None:
            return {"for": [], "devices": [], "mark": "", "newer": True} if is_newer(raw) else {}
        return {
            "for": [person.hex() for person in value.people],
            "devices": sorted(hint.hex() for hint in value.hints),
            "mark": value.check[:8].hex(),
            "newer": False,
        }


@dataclass(frozen=True, slots=True)
class People(Field):
    """Several members, by their keys in hex, as a list or with commas; kept with commas."""

    def accept(self, value: Json, today: str) -> str:
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
            raise self.bad("Name people here, with commas: Ana, Bo.")
        named = list(dict.fromkeys(word.strip() for word in words if word.strip()))
        if not all(MEMBER_HEX.fullmatch(word) for word in named):
            raise self.bad("Name people who are members here, with commas: Ana, Bo.")
        return ",".join(named)


def people_of(accepted: str) -> list[MemberId]:
    """The members in what `People` accepted."""
    return [MemberId(bytes.fromhex(word)) for word in accepted.split(",") if word]


def circle(author: MemberId, people: Sequence[MemberId]) -> tuple[MemberId, ...]:
    """For whom a text is sealed: its author first, then the others, each once."""
    return tuple(dict.fromkeys((author, *sorted(people))))
