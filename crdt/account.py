"""The account of a record: what each change did, what is disputed, and what would undo a change.

Rules of this module:
1. Newest first means: a change comes before everything it had seen; strangers are ordered by operation numbers and id.
2. Undoing writes back what stood before, key by key, and only where the change's own writing still stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crdt.display import display_line, display_text
from crdt.edits import Edit, Put, Scalar, splices
from crdt.errors import NotPossibleNow
from crdt.fields import Json, Prose
from crdt.history import Writers, value_after, value_before
from crdt.identifiers import ChangeId, DeviceId, MemberId
from crdt.kinds import BY_KEY, OF_GROUP, VERSION_KEY, FieldChange, is_frame
from crdt.past import Merged
from crdt.reading import Reading
from crdt.sealed import Sealed


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change, for people."""

    change: ChangeId
    author: DeviceId
    member: MemberId | None
    by: str
    """Who acted, where the author is a hub: a member's key in hex or a name."""
    at_ms: int
    received_ms: int
    what: str
    fields: Sequence[FieldChange]
    undoable: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One of the values that stand in a disputed field."""

    value: Json
    author: DeviceId
    member: MemberId | None
    by: str
    """As in `HistoryEntry`."""
    at_ms: int
    change: ChangeId


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field with more than one different value; the first is the one shown meanwhile."""

    field: str
    values: Sequence[Standing]


class Account:
    """The account of one reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._past = reading.past
        self._document = reading.document
        self._standing_writers: dict[str, list[Merged]] = {}

    def history(self) -> list[HistoryEntry]:
        """Every merged change, newest first."""
        newest_first = sorted(
            self._past.order, key=lambda merged: (merged.chunk.start_op, merged.signed.id), reverse=True
        )
        return [self._entry(merged) for merged in newest_first]

    def _entry(self, merged: Merged) -> HistoryEntry:
        keys = Writers.written(merged, self._past)
        changes = [self._field_change(merged, key) for key in keys if not is_frame(key)]
        kind, signed = self._reading.kind, merged.signed
        first = not merged.chunk.deps
        # A derived record has no maker: its first change did what any other does.
        made = first and not (kind is not None and kind.derived)
        what = "add" if made else kind.call(changes) if kind else "change"
        return HistoryEntry(
            change=signed.id,
            author=signed.author,
            member=self._reading.authority.member_of(signed.author),
            by=self._reading.by(merged),
            at_ms=signed.at_ms,
            received_ms=signed.received_ms,
            what=what,
            fields=[change for change in changes if change.before != change.after],
            undoable=bool(self._undo_edits(merged, None)),
        )

    def _field_change(self, merged: Merged, key: str) -> FieldChange:
        declared = self._reading.declared(key)
        name = declared.key if declared else display_line(key)
        before, after = self._texts(merged, key)
        if before is not None and after is not None:
            return FieldChange(name, key, display_text(before), display_text(after))
        raw = value_before(self._document, merged, key), value_after(self._document, merged, key)
        read = declared.read if declared else _plain
        return FieldChange(name, key, read(raw[0]), read(raw[1]))

    def _texts(self, merged: Merged, key: str) -> tuple[str | None, str | None]:
        """A text before and after a change; None twice where the key holds no text that the change knew."""
        text = self._reading.writers.text(key)
        if text is None or not isinstance(self._reading.declared(key), Prose):
            return None, None
        maker = self._past.find(text.actor)
        if maker is None or not (maker is merged or merged.follows(maker)):
            return None, None
        before = "" if maker is merged else self._document.text(text, merged.chunk.deps)
        return before, self._document.text(text, [merged.chunk.hash])

    def conflicts(self) -> list[Conflict]:
        """Every disputed field."""
        return [Conflict(key, self._standing(key)) for key in self._reading.disputed()]

    def _standing(self, key: str) -> list[Standing]:
        declared = self._reading.declared(key)
        assert declared is not None  # only declared keys are disputed
        return [
            Standing(
                value=declared.read(value_after(self._document, merged, key)),
                author=merged.signed.author,
                member=self._reading.authority.member_of(merged.signed.author),
                by=self._reading.by(merged),
                at_ms=merged.signed.at_ms,
                change=merged.signed.id,
            )
            for merged in self._reading.standing(key)
        ]

    def undo(self, change: ChangeId, by: MemberId | None) -> list[Edit]:
        """The edits that undo a change.

        Raises:
            NotPossibleNow: there are none.
        """
        merged = next((merged for merged in self._past.order if merged.signed.id == change), None)
        if merged is None:
            raise NotPossibleNow("This change is not part of what is shown here.")
        edits = self._undo_edits(merged, by)
        if not edits and any(map(self._is_sealed, Writers.written(merged, self._past))):
            raise NotPossibleNow("A sealed text is not taken back: write it anew, or forget the whole note.")
        if not edits:
            raise NotPossibleNow("This cannot be undone any more: somebody has changed the same thing since.")
        return edits

    def _undo_edits(self, merged: Merged, by: MemberId | None) -> list[Edit]:
        kind = self._reading.kind
        first = not merged.chunk.deps
        if first and kind is not None and kind.undo_first:
            return [edit for edit in kind.undo_first if not self._written_since(merged, edit.key)]
        edits: list[Edit] = []
        keys = Writers.written(merged, self._past)
        if first and any(map(self._is_sealed, keys)):
            return []
        for key in keys:
            declared = self._reading.declared(key)
            if key == BY_KEY or key.startswith(f"{OF_GROUP}/") or self._is_sealed(key):
                continue
            if declared is None and (self._reading.writers.text(key) or (first and key == VERSION_KEY)):
                continue
            if declared is not None and declared.per_member and by is not None and self._reading.owner(key) != by:
                continue
            edits += self._undo_text(merged, key) if isinstance(declared, Prose) else self._undo_key(merged, key)
        return edits

    def _is_sealed(self, key: str) -> bool:
        """What was sealed by another change, and for whoever was there then, is never put back."""
        return isinstance(self._reading.declared(key), Sealed)

    def _written_since(self, merged: Merged, key: str) -> bool:
        return any(writer is not merged for writer in self._reading.counted(key))

    def _writers(self, key: str) -> list[Merged]:
        """The standing writers of a key that count, asked once: a long history asks for each change."""
        if key not in self._standing_writers:
            self._standing_writers[key] = self._reading.standing(key)
        return self._standing_writers[key]

    def _undo_key(self, merged: Merged, key: str) -> list[Edit]:
        standing = self._writers(key)
        if merged not in standing:
            return []
        others = {_storable(value_after(self._document, other, key)) for other in standing if other is not merged} or {
            _storable(value_before(self._document, merged, key))
        }
        # Undoing one side of a conflict leaves the other side; of several others, a person must choose.
        if len(others) > 1 or (len(standing) == 1 and others == {value_after(self._document, merged, key)}):
            return []
        return [Put(key, others.pop())]

    def _undo_text(self, merged: Merged, key: str) -> list[Edit]:
        before, after = self._texts(merged, key)
        if before is None or after is None or self._writers(key) != [merged]:
            return []
        return splices(key, after, before)


def _storable(value: Scalar) -> str | int | bool:
    return value if isinstance(value, (str, int)) else ""


def _plain(value: Scalar) -> Json:
    """A value of a key that this version does not know, as it may be shown."""
    return display_text(value) if isinstance(value, str) else value if isinstance(value, int) else ""
