"""Outgoing: one lane's items that are to go to one peer: new ones, those it lacks, those it asked for.

Rules of this module:
1. New items first: they are what people look at.
2. Items it lacks or asked for are kept as ids and read when there is room to send them.
3. A queue of new items beyond QUEUE_BYTES is dropped, and nothing more is kept, until a comparison replaces it.
4. What left the set is not sent any more, wherever it stands; an answer without it still ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice

from crdt.identifiers import ItemId, Lane
from meshnode.sync.item_set import LocalSets
from meshnode.sync.limits import FETCH_ITEMS, MAX_NEED_IDS, PUSH_BATCH_BYTES, QUEUE_BYTES
from meshnode.sync.messages import Push

GIVEN_SECONDS = 600.0
"""After so long an item may be given again: the peer may have had to drop it."""


@dataclass(slots=True)
class _Reading:
    """Ids on their way to becoming bytes."""

    ids: deque[ItemId]
    read: deque[tuple[ItemId, bytes]] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self.ids) + len(self.read)

    def withdraw(self, gone: Set[ItemId]) -> None:
        self.ids = deque(item for item in self.ids if item not in gone)
        self.read = deque(each for each in self.read if each[0] not in gone)


class Outgoing:
    """One lane's items for one peer."""

    def __init__(self, lane: Lane, sets: LocalSets) -> None:
        self.lane = lane
        self._sets = sets
        self._live: dict[bytes, ItemId] = {}
        self._live_bytes = 0
        self._lacking = _Reading(deque())
        self._answers: deque[_Reading] = deque()
        self._given: dict[ItemId, float] = {}
        self._giving = False
        self.dropped = 0
        """New items not kept since the queue was dropped."""
        self.to_be_asked = 0
        """Items that the peer said it will ask for and has not yet."""

    def __len__(self) -> int:
        """How many items the peer is known to lack."""
        unsent = len(self._live) + len(self._lacking) + self.asked
        return unsent + self.dropped + self.to_be_asked

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to send."""
        return not (self._live or self._giving or self._answers)

    @property
    def asked(self) -> int:
        """How many ids the peer waits for."""
        return sum(len(answer) for answer in self._answers)

    # -- filling ----------------------------------------------------------------------------------------------------

    def publish(self, item: ItemId, payload: bytes, now: float) -> None:
        """A new item."""
        if self.dropped:
            self.dropped += 1
            return
        self._live[payload] = item
        self._live_bytes += len(payload)
        self._give(item, now)
        if self._live_bytes > QUEUE_BYTES:
            self.dropped = len(self._live)
            self._live.clear()
            self._live_bytes = 0
            self._given.clear()

    def withdraw(self, ids: Iterable[ItemId]) -> None:
        """These are not in the set any more."""
        gone = set(ids)
        for payload in [payload for payload, item in self._live.items() if item in gone]:
            self.shown(payload)
        for reading in (self._lacking, *self._answers):
            reading.withdraw(gone)
        for item in gone:
            # Should it come back, it may be given again.
            self._given.pop(item, None)

    def resume(self) -> None:
        """A comparison begins: from here on new items are kept again."""
        self.dropped = 0

    def shown(self, payload: bytes) -> None:
        """The peer has this item itself."""
        if payload in self._live:
            del self._live[payload]
            self._live_bytes -= len(payload)

    def lacks(self, ids: Iterable[ItemId], now: float) -> int:
        """The peer lacks these; how many of them it was not given lately."""
        fresh = [item for item in ids if now - self._given.get(item, -GIVEN_SECONDS) >= GIVEN_SECONDS]
        for item in fresh:
            self._give(item, now)
        self._lacking.ids.extend(fresh)
        self._giving = self._giving or bool(fresh)
        return len(fresh)

    def announced(self, count: int) -> None:
        """The peer will ask for so many."""
        self.to_be_asked += count

    def answer(self, ids: Sequence[ItemId], spared: int) -> None:
        """The peer asks for these, and no longer for so many others."""
        self.to_be_asked = max(0, self.to_be_asked - len(ids) - spared)
        if ids:
            self._answers.append(_Reading(deque(ids)))

    def _give(self, item: ItemId, now: float) -> None:
        self._given.pop(item, None)
        self._given[item] = now
        if len(self._given) > MAX_NEED_IDS:
            del self._given[next(iter(self._given))]

    # -- emptying ---------------------------------------------------------------------------------------------------

    def next_push(self) -> Push | None:
        """The next message, if there is anything to send."""
        if self._live:
            items = tuple(_batch(self._live))
            for payload in items:
                self.shown(payload)
            return Push(self.lane, False, items)
        if self._giving:
            items = self._read_batch(self._lacking)
            self._giving = bool(self._lacking)
            return Push(self.lane, False, items, ends_giving=not self._giving)
        if self._answers:
            items = self._read_batch(self._answers[0])
            ends = not self._answers[0]
            if ends:
                self._answers.popleft()
            return Push(self.lane, ends, items)
        return None

    def _read_batch(self, source: _Reading) -> tuple[bytes, ...]:
        """Up to a message's worth of items that are still held."""
        items: list[bytes] = []
        size = 0
        while source:
            if not source.read:
                ids = [source.ids.popleft() for _ in range(min(FETCH_ITEMS, len(source.ids)))]
                source.read.extend(self._fetch(ids))
                continue
            size += len(source.read[0][1])
            if items and size > PUSH_BATCH_BYTES:
                break
            items.append(source.read.popleft()[1])
        return tuple(items)

    def _fetch(self, ids: list[ItemId]) -> Iterable[tuple[ItemId, bytes]]:
        found = self._sets.items(self.lane, ids)
        if len(found) == len(ids):
            return zip(ids, found, strict=True)
        # Which of them are gone is told by asking for each.
        return [(item, payload) for item in ids for payload in self._sets.items(self.lane, [item])]


def _batch(payloads: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for number, payload in enumerate(islice(payloads, PUSH_BATCH_BYTES)):
        size += len(payload)
        if number and size > PUSH_BATCH_BYTES:
            return
        yield payload
