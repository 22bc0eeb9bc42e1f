"""Events: what the lower rooms tell those who listen, without knowing who they are.

Rules of this module:
1. Publishing never waits and never fails: a listener that raises is logged and stays subscribed.
2. An event is published only after what it tells of is on disk.
3. Everything runs on the event loop's thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from crdt.identifiers import ChangeId, DeviceId, ItemKey, Lane, RecordId

log = logging.getLogger("meshnode.events")


@dataclass(frozen=True, slots=True)
class ItemsCommitted:
    """Signed things that were new here, per lane, with their keys and bytes: links push them on."""

    lane: Lane
    items: tuple[tuple[ItemKey, bytes], ...]


@dataclass(frozen=True, slots=True)
class ItemsWithdrawn:
    """Signed things that are not in the set any more, per lane: links need not push them."""

    lane: Lane
    keys: tuple[ItemKey, ...]


@dataclass(frozen=True, slots=True)
class RecordsChanged:
    """Records whose view may have changed."""

    records: frozenset[RecordId]
    changes: tuple[ChangeId, ...]


@dataclass(frozen=True, slots=True)
class MembershipChanged:
    """The fold of the statements gives a new answer."""


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """Whom this node links with, or with which keys, is another than before; the statements are the same."""


@dataclass(frozen=True, slots=True)
class PeersChanged:
    """A link came, went or settled, or what a peer lacks changed."""

    device: DeviceId | None = None


@dataclass(frozen=True, slots=True)
class TroubleChanged:
    """A sentence about this node's health came or went."""


Event = (
    ItemsCommitted | ItemsWithdrawn | RecordsChanged | MembershipChanged | AccessChanged | PeersChanged | TroubleChanged
)
Listener = Callable[[Event], None]


class Events:
    """One node's event stream."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; the result ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell every listener."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
