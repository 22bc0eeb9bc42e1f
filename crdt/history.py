"""Who wrote which key when, what stands now, what is disputed, and what undoing a change would write.

Rules of this module:
1. A change wrote the keys its rows name (a text counts as its key). The writers of a key that no other writer of it
   has seen stand; if their values differ, the key is disputed until a person writes it again.
2. Where only some authors count (`reading` says which), the others' writing is as if it had never been.
3. Times are never compared: order comes from causality and, between strangers, from operation numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crdt.document import RecordDocument
from crdt.edits import Scalar
from crdt.identifiers import ActorId, DeviceId, MemberId
from crdt.operations import OpId
from crdt.past import Merged, Past


class Authority(Protocol):
    """Who speaks for whom; the membership of a network is one."""

    def member_of(self, device: DeviceId) -> MemberId | None:
        """The member that a device speaks for, if it speaks for one."""
        ...

    def is_hub(self, device: DeviceId) -> bool:
        """Whether a device is a hub, or was one: it speaks for nobody, and signs for whoever stands there."""
        ...

    def has_gone(self, member: MemberId) -> bool:
        """Whether somebody was a member and is one no more: they do nothing here any more."""
        ...


class Writers:
    """The writers of every key of one record."""

    def __init__(self) -> None:
        self.by_key: dict[str, list[Merged]] = {}
        self.by_hub: dict[ActorId, str] = {}
        """Who acted in which change of a hub, as far as somebody has asked."""
        self._texts: dict[str, OpId] = {}

    def add(self, merged: Merged, past: Past) -> None:
        """Note what a change wrote; changes come in the order of merging."""
        operations = merged.chunk.operations
        for key in self.written(merged, past):
            self.by_key.setdefault(key, []).append(merged)
        for position in operations.made_texts:
            made = operations.targets[position]
            assert isinstance(made, str)
            text = OpId(merged.chunk.actor, merged.chunk.start_op + position)
            known = self._texts.get(made)
            if known is None or _rank(text) > _rank(known):
                self._texts[made] = text

    @staticmethod
    def written(merged: Merged, past: Past) -> list[str]:
        """The keys that a change wrote, each once, in its own order."""
        keys = [target for target in merged.chunk.operations.targets if isinstance(target, str)]
        keys += [text_key(text, past) for text in sorted(merged.chunk.operations.text_references)]
        return list(dict.fromkeys(keys))

    def text(self, key: str) -> OpId | None:
        """The text under a key."""
        return self._texts.get(key)

    @staticmethod
    def standing(key: str, writers: Sequence[Merged]) -> list[Merged]:
        """Those of some writers of a key that no other one of them has seen; the one automerge shows comes first."""
        standing: list[Merged] = []
        seen = 0
        for merged in reversed(writers):
            if not seen >> merged.place & 1:
                standing.append(merged)
            seen |= merged.ancestors
        if len(standing) > 1:
            standing.sort(key=lambda merged: _rank(_last_write(merged, key)), reverse=True)
        return standing


def text_key(text: OpId, past: Past) -> str:
    """The key under which a merged text was made."""
    merged = past.find(text.actor)
    assert merged is not None
    key = merged.chunk.operations.targets[text.counter - merged.chunk.start_op]
    assert isinstance(key, str)
    return key


def _rank(operation: OpId) -> tuple[int, bytes]:
    return operation.counter, operation.actor


def _last_write(merged: Merged, key: str) -> OpId:
    targets = merged.chunk.operations.targets
    position = next((at for at in range(len(targets) - 1, -1, -1) if targets[at] == key), 0)
    return OpId(merged.chunk.actor, merged.chunk.start_op + position)


def value_after(document: RecordDocument, merged: Merged, key: str) -> Scalar:
    """What a change made of a key."""
    found = document.value(key, [merged.chunk.hash])
    return found[0] if found else None


def value_before(document: RecordDocument, merged: Merged, key: str) -> Scalar:
    """What stood under a key when a change was written."""
    if not merged.chunk.deps:
        return None
    found = document.value(key, merged.chunk.deps)
    return found[0] if found else None
