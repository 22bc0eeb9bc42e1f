"""Double dial: which of two links with one device stays.

Rules of this module:
1. Pure, and the same answer on both sides without a word about it.
"""

from __future__ import annotations

from dataclasses import dataclass

from crdt.identifiers import DeviceId

DOUBLE_DIAL_SECONDS = 5.0
"""Two links that came up this close together were dialled past each other; a later one replaces a dead one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Who opened a link, and when it was up by our clock."""

    by: DeviceId
    at: float


def second_stays(first: Opened, second: Opened) -> bool:
    """Which of two links with one device stays; both sides come to the same answer.

    Dialled past each other: the one that the lower device id opened. Otherwise the second: nobody dials whom he has a
    living link with, so the first is dead and does not know it yet.
    """
    if first.by == second.by or second.at - first.at > DOUBLE_DIAL_SECONDS:
        return True
    return second.by < first.by
