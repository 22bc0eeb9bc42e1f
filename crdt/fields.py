"""The kinds of field a record may have: how each reads what it finds, and what it accepts from a person.

Rules of this module:
1. Reading is total: whatever lies under a key, a field answers with a value of its own type, the default if need be.
2. Accepting is strict and kind: `BadValue` says what to write instead.
3. An empty string clears any field: keys are never deleted, and every field reads "" as its default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from crdt.display import display_line, display_text
from crdt.edits import LONGEST_STRING_BYTES, Scalar
from crdt.errors import BadValue

Json = Any
"""str, int, bool, list or dict of these: what a view is made of."""

MEMBER_HEX = re.compile("[0-9a-f]{64}")
RECORD_HEX = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record, or (`group`) all keys that begin with it and a slash."""

    key: str
    title: str
    help: str = ""

    at_hub: bool = False
    """Whether it counts when a hub signed it, for whoever stood there. What a hub writes elsewhere is never read."""

    group: ClassVar[bool] = False
    per_member: ClassVar[bool] = False
    of_maker: ClassVar[bool] = False
    """It counts only if whoever made the record wrote it."""
    shows_all: ClassVar[bool] = False
    """All its current values are shown side by side (`crdt.marks`): several of them are no dispute about one field."""

    def read(self, raw: Scalar) -> Json:
        """What a stored value means; never fails."""
        return raw if isinstance(raw, str) else ""

    def accept(self, value: Json, today: str) -> Scalar:
        """What to store for a person's input.

        Args:
            value: as typed or as JSON.
            today: the civil day in the network's zone, for words like "tomorrow".

        Raises:
            BadValue: with a sentence that says what to write instead.
        """
        raise NotImplementedError

    def bad(self, sentence: str) -> BadValue:
        """The refusal of an input of this field."""
        return BadValue(self.key, sentence)


@dataclass(frozen=True, slots=True)
class Line(Field):
    """One line of text."""

    longest: int = 200
    required: bool = False

    def read(self, raw: Scalar) -> str:
        return display_line(raw) if isinstance(raw, str) else ""

    def accept(self, value: Json, today: str) -> str:
        if not isinstance(value, str):
            raise self.bad(f"Write the {self.title.lower()} as text.")
        line = display_line(value)
        if self.required and not line:
            raise self.bad(f"Write a {self.title.lower()}, for example in five words.")
        if len(line) > self.longest:
            raise self.bad(f"Keep the {self.title.lower()} within {self.longest} characters; this has {len(line)}.")
        return line


@dataclass(frozen=True, slots=True)
class Prose(Field):
    """A text of several lines that merges letter by letter; what is accepted is the whole new text."""

    longest: int = 20_000

    def accept(self, value: Json, today: str) -> str:
        if not isinstance(value, str):
            raise self.bad(f"Write the {self.title.lower()} as text.")
        text = display_text(value)
        if len(text) > self.longest:
            raise self.bad(f"Keep the {self.title.lower()} within {self.longest} characters; this has {len(text)}.")
        return text


@dataclass(frozen=True, slots=True)
class Choice(Field):
    """One of a few words; the first is the default."""

    options: tuple[str, ...] = ()

    def read(self, raw: Scalar) -> str:
        return raw if isinstance(raw, str) and raw in self.options else self.options[0]

    def accept(self, value: Json, today: str) -> str:
        word = value.strip().lower() if isinstance(value, str) else ""
        if word not in self.options:
            raise self.bad(f"Choose one of: {', '.join(self.options)}.")
        return word


@dataclass(frozen=True, slots=True)
class Number(Field):
    """A whole number."""

    least: int = 0
    most: int = 999
    default: int = 0

    def read(self, raw: Scalar) -> int:
        whole = isinstance(raw, int) and not isinstance(raw, bool)
        return raw if whole and self.least <= raw <= self.most else self.default  # type: ignore[operator, return-value]

    def accept(self, value: Json, today: str) -> int:
        sentence = f"Write the {self.title.lower()} as a number from {self.least} to {self.most}."
        if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,15}\s*", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise self.bad(sentence)
        return value


@dataclass(frozen=True, slots=True)
class Member(Field):
    """A member, by key in hex; "" for nobody."""

    def read(self, raw: Scalar) -> str:
        return raw if isinstance(raw, str) and MEMBER_HEX.fullmatch(raw) else ""

    def accept(self, value: Json, today: str) -> str:
        if not isinstance(value, str) or not MEMBER_HEX.fullmatch(value):
            raise self.bad("Choose a member.")
        return value


@dataclass(frozen=True, slots=True)
class Reference(Field):
    """Another record, by id in hex."""

    kinds: tuple[str, ...] = ()
    """Names of the kinds it may be of; none given: any."""

    def accept(self, value: Json, today: str) -> str:
        if not isinstance(value, str) or not RECORD_HEX.fullmatch(value):
            raise self.bad("Choose an entry to link to.")
        return value


@dataclass(frozen=True, slots=True)
class Entry(Field):
    """A group of keys `key/<id>`, each holding a small JSON object of strings, numbers and booleans; anyone may write.

    What is read may be shown as it is."""

    group: ClassVar[bool] = True

    def read(self, raw: Scalar) -> Mapping[str, Json]:
        return read_object(raw)


def read_object(raw: Scalar) -> dict[str, Json]:
    """What a stored JSON object says, as far as it may be shown; {} for anything else."""
    if not isinstance(raw, str) or not raw.startswith("{"):
        return {}
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return {name: _plain(value) for name, value in found.items() if isinstance(value, (str, int))}


def _plain(value: str | int) -> str | int:
    """What may be shown and sent on: JSON can spell half a surrogate pair, and numbers that others cannot hold."""
    if isinstance(value, str):
        return display_text(value)
    return value if abs(value) < 2**53 else 0


@dataclass(frozen=True, slots=True)
class MemberEntry(Entry):
    """A group of keys `key/<member>` or `key/<member>/<id>`: each counts only if that member wrote it.

    With `at_hub` also for whoever stood at a hub that wrote it, until that member's own device writes the same key."""

    per_member: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Link(Field):
    """A group of keys `key/<record>`, each holding how that record is related; "" for no longer."""

    group: ClassVar[bool] = True

    def read(self, raw: Scalar) -> str:
        return display_line(raw) if isinstance(raw, str) else ""


def entry_text(content: Mapping[str, Json]) -> str:
    """The text of an entry, "" when there is none."""
    text = content.get("text")
    return text if isinstance(text, str) else ""


def entry(field: str, **content: Json) -> str:
    """The JSON of an entry, always spelt alike.

    Raises:
        BadValue: it is longer than a value may be.
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if len(text.encode()) > LONGEST_STRING_BYTES:
        raise BadValue(field, "That is too long: keep it within 16,000 characters.")
    return text
