"""PutOff: what is to be taken later, from whom, and when it is asked for again.

Rules of this module:
1. Bounded for each device: of one that has more put off than is remembered, nothing is asked until then.
2. What is put off is asked of nobody until then: asked for by way of a neighbour, a flood would not be put off at all.
3. Of what somebody else signed, only this giver is not asked: nobody can keep away what is not theirs.
4. No clock: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crdt.identifiers import DeviceId, ItemId


@dataclass(slots=True)
class _Waiting:
    until: float
    ids: set[ItemId] = field(default_factory=set)
    of_others: set[ItemId] = field(default_factory=set)
    overfull: bool = False


class PutOff:
    """What waits, device by device."""

    def __init__(self, most_ids: int) -> None:
        self._most_ids = most_ids
        self._waiting: dict[DeviceId, _Waiting] = {}

    def __len__(self) -> int:
        return sum(len(waiting.ids) + len(waiting.of_others) for waiting in self._waiting.values())

    def add(
        self, device: DeviceId, ids: Iterable[ItemId], until: float, now: float, of_others: Iterable[ItemId] = ()
    ) -> bool:
        """Not now: these, which this device offers; whether that is news of this device."""
        waiting = self._waiting.get(device)
        news = waiting is None or waiting.until <= now
        if waiting is None or waiting.until <= now:
            waiting = self._waiting[device] = _Waiting(until)
        for kept, more in ((waiting.ids, ids), (waiting.of_others, of_others)):
            kept.update(more)
            while len(kept) > self._most_ids:
                kept.pop()
                waiting.overfull = True
        return news

    def may_ask(self, device: DeviceId, now: float) -> bool:
        """Whether anything may be asked of a device."""
        waiting = self._waiting.get(device)
        return waiting is None or not waiting.overfull or waiting.until <= now

    def holds(self, item: ItemId, now: float, device: DeviceId | None = None) -> bool:
        """Whether an item is not to be asked for, of this device where one is named."""
        waits = self._waiting.get(device) if device is not None else None
        if waits is not None and now < waits.until and item in waits.of_others:
            return True
        return any(item in waiting.ids and now < waiting.until for waiting in self._waiting.values())

    def due_at(self, device: DeviceId) -> float | None:
        """When a device is to be asked again for what it offered."""
        waiting = self._waiting.get(device)
        return waiting.until if waiting is not None else None

    def end(self, device: DeviceId) -> None:
        """It is asked again now."""
        self._waiting.pop(device, None)
