"""What `crdt` refuses; the Replica turns these into `meshnode.errors` where a person or a peer must hear of it.

CrdtError
├── ChunkRefused        foreign bytes that are not one bounded, well-formed change
├── ChangeNotApplied    automerge would not take a change that passed the bounded reader
├── BadValue            a person's input that a field does not accept
├── NotPossibleNow      an action that the record's state does not allow
└── UnknownKind         a record kind this version has no declaration for
"""

from __future__ import annotations


class CrdtError(Exception):
    """Something that crdt refused."""


class ChunkRefused(CrdtError):
    """These bytes are not one well-formed change within bounds."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class ChangeNotApplied(CrdtError):
    """Automerge did not take this change."""


class BadValue(CrdtError):
    """A field does not accept this value."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotPossibleNow(CrdtError):
    """The record's present state does not allow this action."""


class UnknownKind(CrdtError):
    """This version of meshnode does not know this kind of record."""


class RecordTooLarge(NotPossibleNow):
    """This entry has grown too large to be edited."""


class EditTooLarge(CrdtError):
    """This edit does not fit into one change; `crdt.edits.parts` splits it."""
