"""The past of one record: which changes have merged, which wait, which stay aside; and who came before whom.

Rules of this module (what merges is a function of the set of changes, so that every node shows the same):
1. A change merges when all its dependencies have merged, its operations are numbered on from the highest of them, and
   every earlier operation it speaks of exists in its own past and is what it is taken for. One without dependencies
   begins the record, and merges only if its author and time may: else anyone could begin anybody's record again.
2. A change whose dependency is missing waits. One that breaks rule 1 stays aside for ever, with all that depend on it.
3. No two changes have one actor: admission lets a change through only under the actor that commits to its content.
4. Ancestors are kept as bits of one integer a change, by place in the order of merging.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from crdt.chunk import Chunk
from crdt.identifiers import ActorId, ChangeHash, ChangeId, DeviceId
from crdt.operations import OpId


@dataclass(frozen=True, slots=True)
class SignedChange:
    """One change with what its envelope said."""

    id: ChangeId
    author: DeviceId
    at_ms: int
    received_ms: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Merged:
    """A change in its place in the record's past."""

    signed: SignedChange
    chunk: Chunk
    place: int
    ancestors: int
    """Bit i is set if the change at place i came before this one."""

    def follows(self, other: Merged) -> bool:
        """Whether its author had seen the other change."""
        return bool(self.ancestors >> other.place & 1)


Offered = tuple[SignedChange, Chunk]


class Past:
    """A growing set of changes in the order of causes."""

    def __init__(self, begins: Callable[[SignedChange], bool]) -> None:
        """An empty past.

        Args:
            begins: whether a change without dependencies may begin the record; the same answer on every node.
        """
        self._begins = begins
        self.order: list[Merged] = []
        self.heads: set[ChangeHash] = set()
        self.size_bytes = 0
        self._by_hash: dict[ChangeHash, Merged] = {}
        self._by_actor: dict[ActorId, Merged] = {}
        self._aside: set[ChangeHash] = set()
        self._waiting: dict[ChangeHash, list[Offered]] = {}

    @property
    def waiting(self) -> int:
        """How many changes wait for one that is not here."""
        return sum(len(changes) for changes in self._waiting.values())

    @property
    def set_aside(self) -> int:
        """How many changes will never merge."""
        return len(self._aside)

    def find(self, actor: ActorId) -> Merged | None:
        """The merged change of an actor, if it has merged."""
        return self._by_actor.get(actor)

    def offer(self, signed: SignedChange, chunk: Chunk) -> list[Merged]:
        """Take one change that was not offered before; return what merges now, dependencies first."""
        merged: list[Merged] = []
        ready: list[Offered] = [(signed, chunk)]
        while ready:
            offered = ready.pop()
            hash_ = offered[1].hash
            missing = self._missing(offered[1])
            if missing is not None:
                self._waiting.setdefault(missing, []).append(offered)
                continue
            place = None if self._depends_on_aside(offered[1]) else self._merge(*offered)
            if place is None:
                self._aside.add(hash_)
            else:
                merged.append(place)
            ready += self._waiting.pop(hash_, [])
        return merged

    def withdraw_last(self) -> None:
        """Put the change that merged last aside: automerge would not take it."""
        last = self.order.pop()
        del self._by_hash[last.chunk.hash], self._by_actor[last.chunk.actor]
        self.size_bytes -= len(last.signed.raw)
        self._aside.add(last.chunk.hash)
        followed = {dep for merged in self.order for dep in merged.chunk.deps}
        self.heads = {merged.chunk.hash for merged in self.order} - followed

    def bits(self, heads: Collection[ChangeHash]) -> int:
        """These changes and everything before them."""
        bits = 0
        for head in heads:
            merged = self._by_hash[head]
            bits |= merged.ancestors | 1 << merged.place
        return bits

    def max_op(self, heads: Collection[ChangeHash]) -> int:
        """The highest operation number in the past of these heads."""
        return max((self._by_hash[head].chunk.max_op for head in heads), default=0)

    def _missing(self, chunk: Chunk) -> ChangeHash | None:
        for dep in chunk.deps:
            if dep not in self._by_hash and dep not in self._aside:
                return dep
        return None

    def _depends_on_aside(self, chunk: Chunk) -> bool:
        return not self._aside.isdisjoint(chunk.deps)

    def _merge(self, signed: SignedChange, chunk: Chunk) -> Merged | None:
        if chunk.actor in self._by_actor or chunk.start_op != 1 + self.max_op(chunk.deps):
            return None
        if not chunk.deps and not self._begins(signed):
            return None
        ancestors = self.bits(chunk.deps)
        if not all(self._exists(reference, ancestors) for reference in chunk.operations.references):
            return None
        if any(not self._makes_text(text, ancestors) for text in chunk.operations.text_references):
            return None
        merged = Merged(signed, chunk, len(self.order), ancestors)
        self.order.append(merged)
        self._by_hash[chunk.hash] = self._by_actor[chunk.actor] = merged
        self.heads.difference_update(chunk.deps)
        self.heads.add(chunk.hash)
        self.size_bytes += len(signed.raw)
        return merged

    def _known(self, operation: OpId, ancestors: int) -> Merged | None:
        """The change of an operation, if it lies in this past and has so many operations."""
        merged = self._by_actor.get(operation.actor)
        if merged is None or not ancestors >> merged.place & 1:
            return None
        return merged if merged.chunk.start_op <= operation.counter <= merged.chunk.max_op else None

    def _exists(self, reference: tuple[OpId, str | OpId], ancestors: int) -> bool:
        operation, written = reference
        merged = self._known(operation, ancestors)
        if merged is None:
            return False
        return merged.chunk.operations.targets[operation.counter - merged.chunk.start_op] == written

    def _makes_text(self, text: OpId, ancestors: int) -> bool:
        merged = self._known(text, ancestors)
        return merged is not None and text.counter - merged.chunk.start_op in merged.chunk.operations.made_texts
