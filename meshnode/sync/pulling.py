"""Pulling: one lane's blocks on their way in, and how far down they are on disk.

Rules of this module:
1. One provider of blocks at a time for the whole node; one attempt a session.
2. The place to go on from is moved only by what is on disk, in order.
"""

from __future__ import annotations

from collections import deque

from crdt.identifiers import Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.blocks import BlockTaker
from meshnode.sync.limits import PULL_SURPLUS_ITEMS
from meshnode.sync.messages import Block, Pull
from meshnode.sync.receipts import Receipts
from meshnode.sync.wanted import Provider, Wanted

TRY_SECONDS = 1.0
"""How often it is looked whether another peer's blocks have ended."""


class Pulling:
    """One lane of one session."""

    def __init__(self, lane: Lane, wanted: Wanted, provider: Provider) -> None:
        self._lane = lane
        self._wanted = wanted
        self._provider = provider
        self._taker: BlockTaker | None = None
        self._coming: deque[tuple[int, bytes]] = deque()
        self._done: set[int] = set()
        self._ended = False
        self._begun = False
        self.try_at: float | None = None

    @property
    def may_begin(self) -> bool:
        """Whether this session has not pulled yet."""
        return not self._begun

    @property
    def is_over(self) -> bool:
        """Whether the last block is on disk."""
        return self._ended and not self._coming

    def waits_for_other(self, now: float) -> bool:
        """Whether another peer sends this lane's blocks; then `try_at` says when to look again."""
        elsewhere = self._wanted.is_pulled_elsewhere(self._lane, self._provider, now)
        self.try_at = now + TRY_SECONDS if elsewhere else None
        return elsewhere

    def begin(self, their_count: int) -> Pull:
        """Ask for blocks."""
        self._wanted.claim_pull(self._lane, self._provider)
        self._begun = True
        before = self._wanted.reached(self._lane)
        self._taker = BlockTaker(self._lane, before, their_count + PULL_SURPLUS_ITEMS)
        return Pull(self._lane, before)

    def take(self, block: Block, size: int, receipts: Receipts) -> tuple[int, tuple[bytes, ...]]:
        """A block arrived; its receipt and items.

        Raises:
            RemoteProtocolError: it was not asked for, or is not the next one.
        """
        if self._taker is None or self._ended:
            raise RemoteProtocolError("a block that was not asked for")
        items = self._taker.take(block)
        self._ended = block.eof
        if not items:
            receipts.take_empty(size)
            return 0, ()
        receipt = receipts.take(self._lane, size, items)
        self._coming.append((receipt, block.lowest))
        return receipt, items

    def committed(self, receipt: int) -> None:
        """A receipt is on disk; if it was a block's, go on from below it."""
        if not self._coming:
            return
        self._done.add(receipt)
        while self._coming and self._coming[0][0] in self._done:
            done, lowest = self._coming.popleft()
            self._done.discard(done)
            self._wanted.reach(self._lane, lowest)
        if not self._coming:
            self._done.clear()

    def end(self) -> None:
        """All is on disk: others may be asked again."""
        self._taker = None
        self._ended = False
        self._wanted.end_pull(self._lane, self._provider)
