"""One reading of a record for somebody who knows which device speaks for whom.

Rules of this module:
1. Reading never fails: what is malformed, missing or written by somebody who may not reads as a field's default.
2. A key of a member's own (`claim/<member>`) counts only where its author speaks for that member.
3. What a hub signed counts in fields declared `at_hub`, for whoever stood there; never once the owner of the key has
   written it on a device of their own, were that overwritten ever so often.
4. Nothing local goes in: the same changes and the same membership read alike on every node.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crdt.acting import person_of, read_by
from crdt.document import RecordDocument
from crdt.edits import Scalar
from crdt.fields import MEMBER_HEX, Field, Json, Prose
from crdt.history import Authority, Writers, value_after
from crdt.identifiers import MemberId, NetworkId, RecordId
from crdt.kinds import BY_KEY, VERSION_KEY, Kind
from crdt.past import Merged, Past
from crdt.sealed import GROUP, Sealed

_ENTRY_ID = re.compile("[0-9A-Za-z_.-]{0,64}")
"""What is shown and typed to name an entry; anything else under a group's keys is not an entry."""


@dataclass(frozen=True, slots=True)
class EntryRead:
    """One key of a group: who it belongs to ("" if to nobody), its id, what it says, its first and its last writing."""

    member: str
    id: str
    content: Json
    first: Merged
    last: Merged


@dataclass(frozen=True, slots=True)
class Reading:
    """The record's present, through one pair of eyes."""

    record: RecordId
    network: NetworkId
    kind: Kind | None
    past: Past
    writers: Writers
    document: RecordDocument
    authority: Authority

    def owner(self, key: str) -> MemberId | None:
        """The member whose own key this is: the part after the first slash of a per-member field."""
        member = key.split("/", 2)[1]
        return MemberId(bytes.fromhex(member)) if MEMBER_HEX.fullmatch(member) else None

    def has_gone(self, member: str) -> bool:
        """Whether the owner of a key, in hex, does nothing here any more."""
        return bool(MEMBER_HEX.fullmatch(member)) and self.authority.has_gone(MemberId(bytes.fromhex(member)))

    def declared(self, key: str) -> Field | None:
        """The field a key belongs to."""
        return self.kind.field_of(key) if self.kind else None

    @property
    def maker(self) -> MemberId | None:
        """Whoever made the record."""
        first = self._first
        return self.authority.member_of(first.signed.author) if first else None

    @property
    def _first(self) -> Merged | None:
        return min(self.past.order, key=lambda merged: (merged.chunk.start_op, merged.signed.id), default=None)

    def standing(self, key: str) -> list[Merged]:
        """The writers of a key that count and stand, the shown one first."""
        return self.writers.standing(key, self.counted(key))

    def counted(self, key: str) -> list[Merged]:
        """The writers of a key that count, in the order of merging; the others' writing is as if it had never been."""
        writers = self.writers.by_key.get(key, [])
        declared = self.declared(key)
        if declared is None or (declared.at_hub and not declared.per_member):
            return writers
        if not (declared.per_member or declared.of_maker):
            return [merged for merged in writers if not self.authority.is_hub(merged.signed.author)]
        owner = self.maker if declared.of_maker else self.owner(key)
        if owner is None:
            return []
        own = self._by_own_device(writers, owner)
        if own or not declared.at_hub:
            return own
        return [merged for merged in writers if (by := self.by(merged)) and person_of(by, self.network) == owner]

    def _by_own_device(self, writers: list[Merged], owner: MemberId) -> list[Merged]:
        return [merged for merged in writers if self.authority.member_of(merged.signed.author) == owner]

    def is_owners_word(self, key: str) -> bool:
        """Whether this is a member's own key and a device of theirs wrote it: what a hub writes there is not read."""
        declared = self.declared(key)
        owner = self.owner(key) if declared is not None and declared.per_member else None
        return owner is not None and bool(self._by_own_device(self.writers.by_key.get(key, []), owner))

    def by(self, merged: Merged) -> str:
        """Who acted when a hub signed this change: a member's key in hex or a name; "" if nobody, or no hub did."""
        if not self.authority.is_hub(merged.signed.author):
            return ""
        actor = merged.chunk.actor
        if actor not in self.writers.by_hub:
            said = value_after(self.document, merged, BY_KEY) if BY_KEY in merged.chunk.operations.targets else None
            self.writers.by_hub[actor] = read_by(said)
        return self.writers.by_hub[actor]

    def at_hub(self, merged: Merged) -> dict[str, Json]:
        """Who acted at which hub, as far as that is how a change came to be."""
        by = self.by(merged)
        return {"by": by, "at": merged.signed.author.hex()} if by else {}

    def raw(self, key: str) -> Scalar:
        """The stored value that counts."""
        standing = self.standing(key)
        return self._stored(key, standing[0]) if standing else None

    def _stored(self, key: str, merged: Merged) -> Scalar:
        """What one of the writers of a key stored there."""
        found = self.document.value(key)
        if found and found[1] == merged.chunk.actor:
            return found[0]
        return value_after(self.document, merged, key)

    def value(self, key: str) -> Json:
        """What a declared field says."""
        declared = self.declared(key)
        return declared.read(self.raw(key)) if declared else None

    def values(self, key: str) -> list[tuple[Json, Merged]]:
        """Every value of a declared field that stands, each with the change that wrote it, the shown one first."""
        declared = self.declared(key)
        if declared is None:
            return []
        return [(declared.read(self._stored(key, merged)), merged) for merged in self.standing(key)]

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
        for key in self.writers.by_key:
            if not key.startswith(prefix):
                continue
            declared = self.declared(key)
            if declared is None:
                continue
            counted = self.counted(key)
            shown = self.writers.standing(key, counted)
            content = declared.read(self._stored(key, shown[0])) if shown else None
            if not content:
                continue
            member, rest = "", key[len(prefix) :]
            if declared.per_member:
                member, _, rest = rest.partition("/")
            if not _ENTRY_ID.fullmatch(rest):
                continue
            first = min(counted, key=lambda merged: (merged.chunk.start_op, merged.signed.id))
            yield EntryRead(member, rest, content, first, shown[0])

    def sealed(self) -> dict[str, dict[str, Json]]:
        """What can be said of every sealed text, by field: for whom it is, who sealed it and when."""
        found: dict[str, dict[str, Json]] = {}
        if self.kind is None or GROUP not in self.kind.index:
            return found
        for key in sorted(self.writers.by_key):
            if isinstance(self.declared(key), Sealed) and (said := self.value(key)):
                found[key.partition("/")[2]] = said | self.stamp(self.standing(key)[0])
        return found

    def disputed(self) -> list[str]:
        """The declared single fields with more than one different value standing; groups merge by union instead."""
        return sorted(key for key, writers in self.writers.by_key.items() if len(writers) > 1 and self._differ(key))

    def _differ(self, key: str) -> bool:
        declared = self.declared(key)
        if declared is None or declared.group or declared.shows_all or isinstance(declared, Prose):
            return False
        standing = self.standing(key)
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
        if any(said["newer"] for said in self.sealed().values()):
            return True
        return any(not self.kind.knows(key) for key in self.writers.by_key)

    def stamp(self, merged: Merged) -> dict[str, Json]:
        """Who wrote a change and when they say it was."""
        member = self.authority.member_of(merged.signed.author)
        return {
            "member": member.hex() if member else "",
            "device": merged.signed.author.hex(),
            "at_ms": merged.signed.at_ms,
        } | self.at_hub(merged)

    def frame(self) -> dict[str, Json]:
        """What every view says about its record."""
        order = self.past.order
        empty: dict[str, Json] = {"member": "", "device": "", "at_ms": 0}
        first = self._first
        last = max(order, key=lambda merged: (merged.chunk.max_op, merged.signed.id), default=None)
        return {
            "id": self.record.hex(),
            "newer": self.newer(),
            "conflicts": self.disputed(),
            "created": self.stamp(first) if first else empty,
            "changed": self.stamp(last) if last else empty,
            "changes": len(order),
        }
