"""Publishing: what a commit tells links, screens and whoever else listens.

Rules of this module:
1. Called when the commit is on the disk and everything that listeners may ask for has been brought up to date.
2. What came into the set goes out lane by lane, the urgent one first; then what left it.
"""

from __future__ import annotations

from crdt.identifiers import ItemKey, Lane, RecordId, item_key, lane_of
from meshnode.events import Events, ItemsCommitted, ItemsWithdrawn, MembershipChanged, RecordsChanged
from meshnode.store.store import Committed


def publish_statements(events: Events, committed: Committed, other_views: frozenset[RecordId]) -> None:
    """Tell of new statements, and of the records that show something else because of them."""
    items = tuple((item_key(0, statement.id), statement.data) for statement in committed.statements)
    events.publish(ItemsCommitted(Lane.STATEMENTS, items))
    events.publish(MembershipChanged())
    if other_views:
        events.publish(RecordsChanged(other_views, ()))


def publish_changes(events: Events, committed: Committed) -> None:
    """Tell of changes that came, came back, left or were wiped."""
    by_lane: dict[Lane, list[tuple[ItemKey, bytes]]] = {Lane.URGENT: [], Lane.ORDINARY: []}
    for change in (*committed.changes, *committed.restored):
        by_lane[lane_of(change.record)].append((item_key(change.at_ms, change.id), change.envelope))
    for lane, items in by_lane.items():
        if items:
            events.publish(ItemsCommitted(lane, tuple(items)))
    for lane, keys in committed.removed.items():
        events.publish(ItemsWithdrawn(lane, tuple(keys)))
    touched = committed.moved | {change.record for change in committed.changes}
    events.publish(RecordsChanged(touched, tuple(change.id for change in committed.changes)))
