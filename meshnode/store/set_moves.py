"""SetMoves: the keys that came into the lanes and those that went out of them, taken together.

Rules of this module:
1. What came and went again within one piece of work is in neither: only the difference is counted.
2. Nothing here knows why a change moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crdt.identifiers import ItemKey, Lane

KeysByLane = Mapping[Lane, Iterable[ItemKey]]


@dataclass(slots=True)
class SetMoves:
    """What one piece of work does to the lanes."""

    added: dict[Lane, dict[ItemKey, None]] = field(default_factory=dict)
    removed: dict[Lane, dict[ItemKey, None]] = field(default_factory=dict)

    def add(self, lane: Lane, keys: Iterable[ItemKey]) -> None:
        """These are in the set from now on; they were not."""
        _move(keys, self.removed.setdefault(lane, {}), self.added.setdefault(lane, {}))

    def remove(self, lane: Lane, keys: Iterable[ItemKey]) -> None:
        """These are not in the set any more; they were."""
        _move(keys, self.added.setdefault(lane, {}), self.removed.setdefault(lane, {}))

    def follow(self, added: KeysByLane, removed: KeysByLane) -> None:
        """What a later piece of work did, after this."""
        for lane, keys in removed.items():
            self.remove(lane, keys)
        for lane, keys in added.items():
            self.add(lane, keys)


def _move(keys: Iterable[ItemKey], out_of: dict[ItemKey, None], into: dict[ItemKey, None]) -> None:
    for key in keys:
        if key in out_of:
            del out_of[key]
        else:
            into[key] = None


def without_empty(keys: Mapping[Lane, dict[ItemKey, None]]) -> dict[Lane, list[ItemKey]]:
    """The lanes in which something moved."""
    return {lane: list(moved) for lane, moved in keys.items() if moved}
