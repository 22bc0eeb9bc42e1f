"""Allowance: how much work a peer may cause now.

Rules of this module:
1. Work may overdraw it; then the peer waits until it is made up for. Nobody is refused for having much to compare.
"""

from __future__ import annotations

from meshnode.sync.limits import WORK_BURST, WORK_PER_SECOND


class Allowance:
    """Counts work units and lets them come back with time."""

    def __init__(self, now: float) -> None:
        self._left = float(WORK_BURST)
        self._counted_at = now

    def spend(self, units: int, now: float) -> None:
        """So much was done."""
        self._refill(now)
        self._left -= units

    def ready_at(self, now: float) -> float:
        """When the next piece of work may begin; `now` or earlier when it may at once."""
        self._refill(now)
        return now if self._left >= 0 else now - self._left / WORK_PER_SECOND

    def _refill(self, now: float) -> None:
        gained = max(0.0, now - self._counted_at) * WORK_PER_SECOND
        self._left = min(float(WORK_BURST), self._left + gained)
        self._counted_at = max(now, self._counted_at)
