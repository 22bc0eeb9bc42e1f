"""Unapplied commits: what is on the disk, or about to be, and not yet in the event loop's indexes.

Rules of this module:
1. The writer announces moves before its COMMIT: whoever then reads keys from the disk has them undone here.
2. Commits are applied one by one, in the order in which they were made. One whose submitter went away is applied with
   the next.
3. What an index holds of a key that moves is told by the first of its moves that wait: it came, so it is not there; it
   left, so it still is.
4. The writer's thread announces, withdraws and adds; the event loop's thread takes and reads. Each call is one atomic
   step.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence

from crdt.identifiers import ItemKey, Lane
from meshnode.store.batch import Committed

CAME, LEFT = True, False


class Unapplied:
    """The commits between the writer and the indexes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moves: dict[Lane, dict[ItemKey, deque[bool]]] = {lane: {} for lane in Lane}
        self._commits: deque[Committed] = deque()

    def undone(self, lane: Lane, low: bytes, high: bytes | None, on_disk: Sequence[ItemKey]) -> list[ItemKey]:
        """The keys of a range as the index knows them, from those that were just read from the disk."""
        with self._lock:
            first = {key: moves[0] for key, moves in self._moves[lane].items() if low <= key < (high or key + b"\0")}
        if not first:
            return list(on_disk)
        kept = [key for key in on_disk if first.get(key, LEFT) is LEFT]
        return sorted({*kept, *(key for key, move in first.items() if move is LEFT)})

    def announce(self, commits: Sequence[Committed]) -> None:
        """These are about to be committed."""
        with self._lock:
            for committed in commits:
                for lane, key, move in _moves_of(committed):
                    self._moves[lane].setdefault(key, deque()).append(move)

    def withdraw(self, commits: Sequence[Committed]) -> None:
        """These, announced last, were not committed after all."""
        with self._lock:
            for committed in reversed(commits):
                for lane, key, _ in _moves_of(committed):
                    self._drop(lane, key, newest=True)

    def add(self, committed: Committed) -> None:
        """This is on the disk."""
        with self._lock:
            self._commits.append(committed)

    def take_through(self, committed: Committed) -> Iterator[Committed]:
        """The commits up to and including this one, each to be applied before the next is asked for; none when it was
        taken already."""
        with self._lock:
            waits = any(each is committed for each in self._commits)
        while waits:
            with self._lock:
                taken = self._commits.popleft()
                for lane, key, _ in _moves_of(taken):
                    self._drop(lane, key, newest=False)
            waits = taken is not committed
            yield taken

    def _drop(self, lane: Lane, key: ItemKey, *, newest: bool) -> None:
        moves = self._moves[lane][key]
        if newest:
            moves.pop()
        else:
            moves.popleft()
        if not moves:
            del self._moves[lane][key]


def _moves_of(committed: Committed) -> Iterator[tuple[Lane, ItemKey, bool]]:
    for lane, keys in committed.removed.items():
        for key in keys:
            yield lane, key, LEFT
    for lane, keys in committed.keys.items():
        for key in keys:
            yield lane, key, CAME
