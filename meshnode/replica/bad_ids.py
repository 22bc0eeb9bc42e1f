"""Bad ids: what need not be fetched again because of what it is, not because it is here.

Rules of this module:
1. Only ids whose refusal is final: it rests on the bytes that the id covers, or on a record that was forgotten.
2. In memory and bounded: what was dropped is fetched once more, and refused again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crdt.identifiers import ItemId


@dataclass(slots=True)
class BadIds:
    """Ids refused for good."""

    limit: int = 100_000
    ids: dict[ItemId, None] = field(default_factory=dict)

    def remember(self, item: ItemId) -> None:
        """Keep the id; the oldest goes when there are too many."""
        self.ids[item] = None
        if len(self.ids) > self.limit:
            self.ids.pop(next(iter(self.ids)))
