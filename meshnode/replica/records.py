"""Records: open records and their views, both caches over the signed changes.

Rules of this module:
1. Everything here can be dropped at any moment and built again from the store.
2. A record is opened when somebody asks for it; the least recently used one is closed again.
3. A view is taken from disk while it is fresh: no change came since (a flag that the insert of a change keeps), and
   its authors speak for the same people and the same people are gone (a mark in front of its text).
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from crdt.identifiers import DeviceId, MemberId, NetworkId, RecordId
from crdt.record import OpenRecord, SignedChange
from meshnode.identity.envelope import parse_envelope
from meshnode.membership.fold import Membership
from meshnode.store.store import Store, StoredChange

OPEN_RECORDS = 128
"""About 10 KB each: what a person has on screen, not the whole board."""

MARK_BYTES = 8

View = dict[str, Any]


class Records:
    """The records of one replica, opened on demand."""

    def __init__(self, store: Store, network: NetworkId) -> None:
        self._store = store
        self._network = network
        self._open: OrderedDict[RecordId, OpenRecord] = OrderedDict()
        self._membership: Membership | None = None
        self._mark = ""

    def judge_by(self, membership: Membership) -> bool:
        """Read from now on with this answer to who may speak for whom; whether that changes what views show."""
        before, self._membership = self._mark, membership
        # A device speaks for one member for ever, or for nobody: until its statement is here, or once two claim it.
        # A hub speaks for nobody, and signs for whoever stands there.
        nobodies = [
            author + bytes([membership.is_hub(author)])
            for author in self._store.authors()
            if membership.member_of(author) is None
        ]
        gone = [member for member in membership.members if membership.has_gone(member)]
        marked = b"".join((*sorted(nobodies), b"/", *sorted(gone)))
        self._mark = hashlib.blake2b(marked, digest_size=MARK_BYTES).hexdigest()
        return before not in ("", self._mark)

    def member_of(self, device: DeviceId) -> MemberId | None:
        """The person a device speaks for."""
        return self._membership.member_of(device) if self._membership else None

    def is_hub(self, device: DeviceId) -> bool:
        """Whether a device signs for whoever stands at its screen."""
        return self._membership is not None and self._membership.is_hub(device)

    def has_gone(self, member: MemberId) -> bool:
        """Whether somebody belonged once and does no more."""
        return self._membership is not None and self._membership.has_gone(member)

    def exists(self, record: RecordId) -> bool:
        """Whether anything at all was written in this record."""
        return self._store.has_record(record)

    def open(self, record: RecordId) -> OpenRecord:
        """The record with every change that is on disk; empty when there is none."""
        if (known := self._open.get(record)) is not None:
            self._open.move_to_end(record)
            return known
        opened = OpenRecord(record, self._network)
        opened.add(_signed(change) for change in self._store.changes_of(record))
        self._open[record] = opened
        while len(self._open) > OPEN_RECORDS:
            self._open.popitem(last=False)
        return opened

    def merge(self, changes: Iterable[StoredChange]) -> None:
        """Bring committed changes into those of their records that are open."""
        for change in changes:
            if (opened := self._open.get(change.record)) is not None:
                opened.add((_signed(change),))

    def close(self, records: Iterable[RecordId]) -> None:
        """Changes left these, or came back: what is open of them is read anew when it is asked for."""
        for record in records:
            self._open.pop(record, None)

    def view(self, record: RecordId) -> View:
        """What people see of a record."""
        cached = self._store.view(record)
        if cached is not None and not cached.stale and cached.text.startswith(self._mark):
            view: View = json.loads(cached.text.removeprefix(self._mark))
            return view
        return self.refresh(record)

    def refresh(self, record: RecordId) -> View:
        """Compute a view anew and keep it."""
        view = self.open(record).view(self)
        self._store.keep_view(record, self._mark + json.dumps(view, ensure_ascii=False, separators=(",", ":")))
        return view

    def refresh_stale(self, limit: int) -> int:
        """Compute up to `limit` views that changes have made stale; how many were."""
        stale = self._store.stale_records(limit)
        for record in stale:
            self.refresh(record)
        return len(stale)

    def views(self, kind: int | None = None) -> Iterator[View]:
        """Every view that shows a change, of one kind or of all, in the order of their ids."""
        for record in list(self._store.records(kind)):
            view = self.view(record)
            if view["changes"]:
                yield view


def _signed(change: StoredChange) -> SignedChange:
    return SignedChange(change.id, change.author, change.at_ms, change.received_ms, parse_envelope(change.envelope).raw)
