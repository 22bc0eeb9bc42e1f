"""Wanted: who was asked for what, shared by all sessions of a node, so that nothing is fetched twice at once.

Rules of this module:
1. One provider an id; five seconds without a word from it, and the next peer may be asked.
2. One provider of blocks a lane; where its blocks ended is kept, so that another link goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crdt.identifiers import ItemId, Lane
from meshnode.sync.limits import PROVIDER_SECONDS


@dataclass(slots=True, eq=False)
class Provider:
    """One session, as the others see it."""

    heard_at: float

    def is_silent(self, now: float) -> bool:
        """Whether it has had its time."""
        return now - self.heard_at >= PROVIDER_SECONDS


class Wanted:
    """The node's open questions."""

    def __init__(self) -> None:
        self._providers: dict[ItemId, Provider] = {}
        self._pulls: dict[Lane, Provider] = {}
        self._reached: dict[Lane, bytes] = {}

    def __len__(self) -> int:
        return len(self._providers)

    def claim(self, item: ItemId, provider: Provider, now: float) -> bool:
        """Whether `provider` may be asked for an item; if so, the others wait."""
        holder = self._providers.get(item)
        if holder is not None and holder is not provider and not holder.is_silent(now):
            return False
        self._providers[item] = provider
        return True

    def settle(self, items: Iterable[ItemId]) -> None:
        """These are here, or will never be."""
        if self._providers:
            for item in items:
                self._providers.pop(item, None)

    def release(self, items: Iterable[ItemId], provider: Provider) -> None:
        """This provider did not give these."""
        for item in items:
            if self._providers.get(item) is provider:
                del self._providers[item]

    def leave(self, provider: Provider) -> None:
        """This provider is gone."""
        self.release([item for item, holder in self._providers.items() if holder is provider], provider)
        for lane in [lane for lane, holder in self._pulls.items() if holder is provider]:
            del self._pulls[lane]

    # -- blocks -----------------------------------------------------------------------------------------------------

    def is_pulled_elsewhere(self, lane: Lane, provider: Provider, now: float) -> bool:
        """Whether somebody else is sending this lane in blocks."""
        holder = self._pulls.get(lane)
        return holder is not None and holder is not provider and not holder.is_silent(now)

    def claim_pull(self, lane: Lane, provider: Provider) -> None:
        """From now on `provider` sends this lane in blocks."""
        self._pulls[lane] = provider

    def reached(self, lane: Lane) -> bytes:
        """The lowest key down to which blocks are on disk; empty when none are, or all."""
        return self._reached.get(lane, b"")

    def reach(self, lane: Lane, lowest: bytes) -> None:
        """Blocks down to this key are on disk."""
        self._reached[lane] = lowest

    def end_pull(self, lane: Lane, provider: Provider) -> None:
        """All blocks of a lane are on disk."""
        self._reached.pop(lane, None)
        if self._pulls.get(lane) is provider:
            del self._pulls[lane]
