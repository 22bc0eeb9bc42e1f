"""Allowance: an amount that is used up and comes back steadily.

Rules of this module:
1. It may be overdrawn; then whoever uses it waits until that is made up for. Nobody is refused for having much to say.
2. No clock: `now` is an argument, of a clock that only goes forward.
"""

from __future__ import annotations


class Allowance:
    """Counts units and lets them come back with time.

    Args:
        most: units there are at first, and never more.
        per_second: units that come back in a second.
        left: units there are now, where that is less.
    """

    def __init__(self, now: float, most: float, per_second: float, left: float | None = None) -> None:
        self._most = most
        self._per_second = per_second
        self._left = most if left is None else min(left, most)
        self._counted_at = now

    def left(self, now: float) -> float:
        """Units that may be used now; below zero when it is overdrawn."""
        self._refill(now)
        return self._left

    def spend(self, units: float, now: float) -> None:
        """So much was used."""
        self._refill(now)
        self._left -= units

    def ready_at(self, now: float) -> float:
        """When the next piece may begin; `now` when it may at once."""
        self._refill(now)
        return now if self._left >= 0 else now - self._left / self._per_second

    def _refill(self, now: float) -> None:
        gained = max(0.0, now - self._counted_at) * self._per_second
        self._left = min(self._most, self._left + gained)
        self._counted_at = max(now, self._counted_at)
