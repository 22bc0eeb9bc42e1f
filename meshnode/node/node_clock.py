"""NodeClock: what time it is, as this machine believes, and whether that can be believed.

A small computer without a battery wakes up in the past until somebody tells it the time.

Rules of this module:
1. A doubtful clock is said and stops nothing but what rests on the date alone: inviting, and letting in.
2. It is held to this node's own past, never to what others claim: a date in somebody's change has no power here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from crdt.identifiers import EARLIEST_AT_MS
from meshnode.store.store import Store

DAY_MS = 86_400_000
"""A clock that goes back by less is being set right; time zones and daylight saving are not in it anyway."""


def wall_clock_ms() -> int:
    """Milliseconds since 1970, as this machine believes."""
    return time.time_ns() // 1_000_000


class NodeClock:
    """One node's clock: call it for milliseconds since 1970."""

    def __init__(self, last_ms: int = 0, wall: Callable[[], int] = wall_clock_ms) -> None:
        """`last_ms`: what it said when this node last wrote something down, before it was started."""
        self._last_ms = last_ms
        self._wall = wall

    @classmethod
    def of(cls, store: Store) -> NodeClock:
        """The clock of a node with this store.

        The newest row counts and not the latest time: after a clock that was ahead has been set right, one start is
        enough to believe it again.
        """
        newest = store.changes_after(store.newest_row() - 1, 1)
        return cls(newest[0].received_ms if newest else 0)

    def __call__(self) -> int:
        """Now."""
        return self._wall()

    def is_unsure(self) -> bool:
        """Whether it was never set, or says that it is a day earlier than it was when this node ran last."""
        now = self._wall()
        return now < EARLIEST_AT_MS or now < self._last_ms - DAY_MS
