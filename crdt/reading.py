"""One reading of a record for somebody who knows which device speaks for whom.

Rules of this module:
1. Reading never fails: what is malformed, missing or written by somebody who may not reads as a field's default.
2. A key of a member's own (`claim/<member>`) counts only where its author speaks for that member.
3. Nothing local goes in: the same changes and the same membership read alike on every node.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crdt.document import RecordDocument
from crdt.edits import Scalar
from crdt.fields import MEMBER_HEX, Field, Json, Prose
from crdt.history import Authority, Writers, value_after
from crdt.identifiers import MemberId, RecordId
from crdt.kinds import VERSION_KEY, Kind
from crdt.past import Merged, Past

_ENTRY_ID = re.compile("[0-9A-Za-z_.-]{0,64}")
"""What is shown and typed to name an entry; anything else under a group's keys is not an entry."""


@dataclass(frozen=True, slots=True)
class EntryRead:
    """One key of a group: who it belongs to ("" if to nobody), its id, what it says and its first writing."""

    member: str
    id: str
    content: Json
    first: Merged


@dataclass(frozen=True, slots=True)
class Reading:
    """The record's present, through one pair of eyes."""

    record: RecordId
    kind: Kind | None
    past: Past
    writers: Writers
    document: RecordDocument
    authority: Authority

    def owner(self, key: str) -> MemberId | None:
        """The member whose own key this is: the part after the first slash of a per-member field."""
        member = key.split("/", 2)[1]
        return MemberId(bytes.fromhex(member)) if MEMBER_HEX.fullmatch(member) else None

    def declared(self, key: str) -> Field | None:
        """The field a key belongs to."""
        return self.kind.field_of(key) if self.kind else None

    def standing(self, key: str) -> list[Merged]:
        """The writers of a key that count and stand, the shown one first."""
        declared = self.declared(key)
        if declared is None or not declared.per_member:
            return self.writers.standing(key)
        owner = self.owner(key)
        if owner is None:
            return []
        return self.writers.standing(key, lambda merged: self.authority.member_of(merged.signed.author) == owner)

    def raw(self, key: str) -> Scalar:
        """The stored value that counts."""
        standing = self.standing(key)
        if not standing:
            return None
        found = self.document.value(key)
        if found and found[1] == standing[0].chunk.actor:
            return found[0]
        return value_after(self.document, standing[0], key)

    def value(self, key: str) -> Json:
        """What a declared field says."""
        declared = self.declared(key)
        return declared.read(self.raw(key)) if declared else None

    def prose(self, key: str) -> str:
        """What a text says."""
        text = self.writers.text(key)
        return self.document.text(text) if text else ""

    def entries(self, group: str) -> list[EntryRead]:
        """All keys of a group that say something, in the order in which they were first written."""
        found = list(self._entries(group + "/"))
        found.sort(key=lambda read: (read.first.chunk.start_op, read.first.signed.id))
        return found

    def _entries(self, prefix: str) -> Iterator[EntryRead]:
        for key, writers in self.writers.by_key.items():
            if not key.startswith(prefix):
                continue
            declared = self.declared(key)
            if declared is None:
                continue
            content = declared.read(self.raw(key))
            if not content:
                continue
            member, rest, counted = "", key[len(prefix) :], writers
            if declared.per_member:
                member, _, rest = rest.partition("/")
                owner = self.owner(key)
                counted = [merged for merged in writers if self.authority.member_of(merged.signed.author) == owner]
            if not _ENTRY_ID.fullmatch(rest):
                continue
            first = min(counted, key=lambda merged: (merged.chunk.start_op, merged.signed.id))
            yield EntryRead(member, rest, content, first)

    def disputed(self) -> list[str]:
        """The declared single fields with more than one different value standing; groups merge by union instead."""
        return sorted(key for key, writers in self.writers.by_key.items() if len(writers) > 1 and self._differ(key))

    def _differ(self, key: str) -> bool:
        declared = self.declared(key)
        if declared is None or declared.group or isinstance(declared, Prose):
            return False
        standing = self.writers.standing(key)
        if len(standing) < 2:
            return False
        values = [declared.read(value_after(self.document, merged, key)) for merged in standing]
        return any(value != values[0] for value in values)

    def newer(self) -> bool:
        """Whether something in here needs a newer version."""
        if self.kind is None:
            return True
        version = self.document.value(VERSION_KEY)
        number = version[0] if version else None
        if isinstance(number, int) and number > self.kind.version:
            return True
        return any(not self.kind.knows(key) for key in self.writers.by_key)

    def stamp(self, merged: Merged) -> dict[str, Json]:
        """Who wrote a change and when they say it was."""
        member = self.authority.member_of(merged.signed.author)
        return {
            "member": member.hex() if member else "",
            "device": merged.signed.author.hex(),
            "at_ms": merged.signed.at_ms,
        }

    def frame(self) -> dict[str, Json]:
        """What every view says about its record."""
        order = self.past.order
        empty: dict[str, Json] = {"member": "", "device": "", "at_ms": 0}
        first = min(order, key=lambda merged: (merged.chunk.start_op, merged.signed.id), default=None)
        last = max(order, key=lambda merged: (merged.chunk.max_op, merged.signed.id), default=None)
        return {
            "id": self.record.hex(),
            "newer": self.newer(),
            "conflicts": self.disputed(),
            "created": self.stamp(first) if first else empty,
            "changed": self.stamp(last) if last else empty,
            "changes": len(order),
        }
