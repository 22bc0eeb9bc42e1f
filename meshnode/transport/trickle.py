"""Trickle: a log that hostile traffic cannot flood.

Rules of this module:
1. A few lines a minute for each reason; then only a count, told with the next line.
2. Reasons are our own fixed sentences, never text from outside: so their number is bounded too.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

MINUTE_SECONDS = 60.0


@dataclass(slots=True)
class _Reason:
    since: float
    said: int = 0
    unsaid: int = 0


class Trickle:
    """Says what strangers do, but not too often."""

    def __init__(
        self, log: logging.Logger, lines_a_minute: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._log = log
        self._lines_a_minute = lines_a_minute
        self._monotonic = monotonic
        self._reasons: dict[str, _Reason] = {}

    def say(self, address: str, reason: str) -> None:
        """One line about one peer, or only a count."""
        now = self._monotonic()
        state = self._reasons.setdefault(reason, _Reason(now))
        if now - state.since >= MINUTE_SECONDS:
            state.since, state.said = now, 0
        if state.said >= self._lines_a_minute:
            state.unsaid += 1
            return
        state.said += 1
        more = f" (and {state.unsaid} more like it)" if state.unsaid else ""
        state.unsaid = 0
        self._log.info("%s: %s%s", address, reason, more)
