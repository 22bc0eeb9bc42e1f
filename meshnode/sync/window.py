"""Window: items sent and not yet acknowledged, and whether more may go.

Rules of this module:
1. Credit comes back in the order of sending, a message at a time.
2. More credit than was used is the peer's fault.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from crdt.identifiers import Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.limits import MAX_PUSH_BYTES, WINDOW_BYTES


@dataclass(frozen=True, slots=True)
class _Sent:
    ends_at: int
    lane: Lane
    items: int


class Window:
    """What is on its way to one peer."""

    def __init__(self) -> None:
        self._sent: deque[_Sent] = deque()
        self._sent_bytes = 0
        self._credited_bytes = 0

    @property
    def has_room(self) -> bool:
        """Whether the largest message would fit."""
        return self._sent_bytes - self._credited_bytes + MAX_PUSH_BYTES <= WINDOW_BYTES

    def sent(self, lane: Lane, size: int, items: int) -> None:
        """A message of `size` bytes of body went out."""
        self._sent_bytes += size
        self._sent.append(_Sent(self._sent_bytes, lane, items))

    def credit(self, size: int) -> None:
        """The peer has put so many bytes on disk.

        Raises:
            RemoteProtocolError: it was never sent so many.
        """
        self._credited_bytes += size
        if self._credited_bytes > self._sent_bytes:
            raise RemoteProtocolError("credit for items that were not sent")
        while self._sent and self._sent[0].ends_at <= self._credited_bytes:
            self._sent.popleft()

    def items(self, lane: Lane | None = None) -> int:
        """How many items are on their way."""
        return sum(sent.items for sent in self._sent if lane is None or sent.lane is lane)

    def holds(self, lane: Lane) -> bool:
        """Whether any message of a lane is on its way."""
        return any(sent.lane is lane for sent in self._sent)
