"""What a kind of record is: its code, name, version, fields, how it is shown, and how its changes are called.

Rules of this module:
1. A kind is declared once, in its board; everything that must know fields or names asks the declaration.
2. A record that a newer version wrote is shown with what this version understands, and marked `newer`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crdt.edits import Edit
from crdt.fields import Field, Prose

if TYPE_CHECKING:
    from crdt.reading import Reading

View = dict[str, Any]
"""A record as people see it: JSON values only."""

VERSION_KEY = "v"
"""The version of its kind that wrote a record. A record written by a higher one needs a newer meshnode."""
BY_KEY = "by"
"""Who stood at the hub that signed a change (`crdt.acting`)."""
FRAME_KEYS = frozenset({VERSION_KEY, BY_KEY})
"""Keys of every record, whatever its kind; no people's field, so never in dispute and never taken back."""
OF_GROUP = "of"
"""What a derived record is about, as its first change says it (`crdt.boards.series_day`)."""


def is_frame(key: str) -> bool:
    """Whether a key says something about the record itself, not something that people wrote."""
    return key in FRAME_KEYS or key.startswith(f"{OF_GROUP}/")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a change made of one key: `field` is the declared name, `key` the very key."""

    field: str
    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Kind:
    """The declaration of one kind of record."""

    code: int
    name: str
    version: int
    fields: Sequence[Field]
    show: Callable[[Reading], View]
    call: Callable[[Sequence[FieldChange]], str]
    """What a change that was not the first did, in a word."""
    undo_first: Sequence[Edit] = ()
    """What undoes the change that made the record, since records are never deleted."""
    derived: bool = False
    """Its records' ids follow from what they are about, so that several nodes begin the same one. Otherwise a record's
    id follows from who made it, and only they can have begun it."""
    index: dict[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index.update({declared.key: declared for declared in self.fields})

    @property
    def proses(self) -> list[str]:
        """The keys of its texts, which the first change makes."""
        return [declared.key for declared in self.fields if isinstance(declared, Prose)]

    def field_of(self, key: str) -> Field | None:
        """The declared field that a key belongs to."""
        head, slash, _ = key.partition("/")
        declared = self.index.get(head)
        return declared if declared is not None and declared.group == bool(slash) else None

    def knows(self, key: str) -> bool:
        """Whether this version understands a key."""
        return key in FRAME_KEYS or self.field_of(key) is not None
