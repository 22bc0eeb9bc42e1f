"""Receipts: items that arrived and are not yet on disk, and the credit that is due for those that are.

Rules of this module:
1. Credit is given only for what the owner reported as dealt with.
2. A peer that sends beyond the window breaks the protocol; so memory is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

from crdt.identifiers import Lane
from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.sync.limits import WINDOW_BYTES


@dataclass(frozen=True, slots=True)
class _Open:
    lane: Lane
    size: int
    items: tuple[bytes, ...]


class Receipts:
    """One peer's deliveries."""

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}
        self._in_hand: set[bytes] = set()
        self._unacknowledged = 0
        self._due = 0
        self.newest = 0
        self.total_bytes = 0

    def __len__(self) -> int:
        return len(self._open)

    def count(self, lane: Lane) -> int:
        """How many deliveries of a lane are not on disk."""
        return sum(1 for delivery in self._open.values() if delivery.lane is lane)

    @property
    def lowest_open(self) -> int:
        """The oldest receipt that is not on disk; beyond the newest when all are."""
        return next(iter(self._open), self.newest + 1)

    def take(self, lane: Lane, size: int, items: tuple[bytes, ...]) -> int:
        """Items arrived in a message body of `size` bytes; their receipt.

        Raises:
            RemoteProtocolError: more than the window allows.
        """
        self._arrived(size)
        self.newest += 1
        self._open[self.newest] = _Open(lane, size, items)
        self._in_hand.update(items)
        return self.newest

    def take_empty(self, size: int) -> None:
        """A message without items: nothing to put on disk."""
        self._arrived(size)
        self._due += size

    def _arrived(self, size: int) -> None:
        self.total_bytes += size
        self._unacknowledged += size
        if self._unacknowledged > WINDOW_BYTES:
            raise RemoteProtocolError("more items than there was credit for")

    def in_hand(self, item: bytes) -> bool:
        """Whether the peer just gave this item, so that it need not be given back."""
        return item in self._in_hand

    def committed(self, receipt: int) -> Lane:
        """This delivery has been dealt with.

        Raises:
            LocalProtocolError: there is no such receipt.
        """
        delivery = self._open.pop(receipt, None)
        if delivery is None:
            raise LocalProtocolError(f"receipt {receipt} is not open")
        self._in_hand.difference_update(delivery.items)
        self._due += delivery.size
        return delivery.lane

    @property
    def has_credit(self) -> bool:
        """Whether there is credit to give."""
        return self._due > 0

    def credit_due(self) -> int:
        """How much credit to give now; asked once, given once."""
        due, self._due = self._due, 0
        self._unacknowledged -= due
        return due
