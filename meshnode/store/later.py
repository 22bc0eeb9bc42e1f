"""Later writes: what may be lost in a crash (views, notes about peers), gathered and written beside the next commit.

Rules of this module:
1. Nothing here was acknowledged to anybody, and all of it can be learnt again.
2. The newest write of a key takes the place of an older one that still waits; what waits is shown to readers.
3. Put on the event loop's thread, taken by the writer's: every method holds the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Sql = tuple[str, tuple[object, ...]]
Note = TypeVar("Note")


@dataclass(frozen=True, slots=True)
class LaterWrite:
    """One write that waits: what it means to readers, and what it does on the disk."""

    key: bytes
    note: object
    statements: Sequence[Sql]


class LaterWrites:
    """The writes that wait, by the class of their note and their key."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._waiting: dict[tuple[type, bytes], LaterWrite] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, key: bytes, note: object, statements: Sequence[Sql]) -> None:
        """Have this written soon."""
        with self._lock:
            first = not self._waiting
            self._waiting[type(note), key] = LaterWrite(key, note, statements)
        if first:
            self._wake()

    def peek(self, kind: type[Note], key: bytes) -> Note | None:
        """The note that waits under a key."""
        with self._lock:
            write = self._waiting.get((kind, key))
        return write.note if write is not None and isinstance(write.note, kind) else None

    def waiting(self, kind: type[Note]) -> dict[bytes, Note]:
        """Every note of a class that waits, by key."""
        with self._lock:
            return {write.key: write.note for write in self._waiting.values() if isinstance(write.note, kind)}

    def snapshot(self) -> list[LaterWrite]:
        """What is to be written now, oldest first."""
        with self._lock:
            return list(self._waiting.values())

    def done(self, written: Sequence[LaterWrite]) -> None:
        """These are on the disk; what took their place meanwhile still waits."""
        with self._lock:
            for write in written:
                place = (type(write.note), write.key)
                if self._waiting.get(place) is write:
                    del self._waiting[place]
