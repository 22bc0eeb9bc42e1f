"""Unapplied commits: what is on the disk, or about to be, and not yet in the event loop's indexes.

Rules of this module:
1. The writer announces keys before its COMMIT: whoever then reads them from the disk finds them hidden here.
2. Commits are applied in the order in which they were made. One whose submitter went away is applied with the next.
3. The writer's thread announces, withdraws and adds; the event loop's thread takes. Each call is one atomic step.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from crdt.identifiers import ItemKey
from meshnode.store.batch import Committed


class Unapplied:
    """The commits between the writer and the indexes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[ItemKey] = set()
        self._commits: deque[Committed] = deque()

    def hides(self, key: ItemKey) -> bool:
        """Whether a key that is on the disk is not yet in its index."""
        return key in self._keys

    def announce(self, keys: Iterable[ItemKey]) -> None:
        """These are about to be committed."""
        with self._lock:
            self._keys.update(keys)

    def withdraw(self, keys: Iterable[ItemKey]) -> None:
        """These were not committed after all."""
        with self._lock:
            self._keys.difference_update(keys)

    def add(self, committed: Committed) -> None:
        """This is on the disk."""
        with self._lock:
            self._commits.append(committed)

    def take_through(self, committed: Committed) -> list[Committed]:
        """The commits up to and including this one; none when it was taken already."""
        with self._lock:
            if not any(each is committed for each in self._commits):
                return []
            taken: list[Committed] = []
            while not taken or taken[-1] is not committed:
                taken.append(self._commits.popleft())
                for keys in taken[-1].keys.values():
                    self._keys.difference_update(keys)
            return taken
