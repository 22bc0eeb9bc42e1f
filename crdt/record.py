"""One open record: its changes in, its view, history and drafts out.

Rules of this module:
1. Changes arrive in any order and more than once; the view depends on which are here, on nothing else.
2. Automerge's document is a cache: if it panics or will not take a change, the record is rebuilt from the changes
   without that one. Other records never notice.
3. Limits of a record's size are kept when drafting, never when adding: what others have signed belongs to the set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from crdt import catalog
from crdt.account import Account, Conflict, HistoryEntry
from crdt.chunk import MOST_ROWS, Chunk, read_chunk, zeroed_body
from crdt.document import RecordDocument
from crdt.edits import LONGEST_STRING_BYTES, Edit, Put, Scalar, Splice, rows
from crdt.errors import BadValue, ChangeNotApplied, ChunkRefused, EditTooLarge, NotPossibleNow, RecordTooLarge
from crdt.history import Authority, Writers, value_after
from crdt.identifiers import ChangeHash, ChangeId, MemberId, NetworkId, RecordId, made_record_id
from crdt.kinds import View
from crdt.operations import LONGEST_KEY
from crdt.past import Merged, Past, SignedChange
from crdt.reading import Reading

MOST_CHANGES = 2000
"""At 2,000 changes an edit costs 4 ms and opening 70 ms on a laptop, several times that on a small hub.

Being below what a change may name as dependencies and actors, it also makes every draft readable."""
MOST_BYTES = 2 * 1024 * 1024
_DRAFTS_REMEMBERED = 16

__all__ = ["Conflict", "HistoryEntry", "OpenRecord", "SignedChange"]


class OpenRecord:
    """A record in memory."""

    def __init__(
        self, record: RecordId, network: NetworkId, empty: Callable[[], RecordDocument] = RecordDocument
    ) -> None:
        """Open a record without changes.

        Args:
            record: its id.
            network: the network it belongs to, which its id commits to.
            empty: makes the document to begin with; only a test of containment needs another one.
        """
        self.id = record
        self._network = network
        self._empty = empty
        self._kind = catalog.kind_of(record)
        self._known: dict[ChangeId, tuple[SignedChange, Chunk]] = {}
        self._hashes: set[ChangeHash] = set()
        self._unreadable = 0
        self._drafts: dict[bytes, None] = {}
        self._past = Past(self._may_begin)
        self._writers = Writers()
        self._document = empty()

    @property
    def merged(self) -> int:
        """How many changes the view shows."""
        return len(self._past.order)

    @property
    def waiting(self) -> int:
        """How many changes wait for one that is not here yet."""
        return self._past.waiting

    @property
    def set_aside(self) -> int:
        """How many changes will never be shown."""
        return self._past.set_aside + self._unreadable

    @property
    def change_count(self) -> int:
        """How many changes were added."""
        return len(self._known) + self._unreadable

    @property
    def changes(self) -> list[SignedChange]:
        """Every readable change that was added, merged or not."""
        return [signed for signed, _ in self._known.values()]

    @property
    def begun(self) -> bool:
        """Whether it can be edited: what it began with has merged, or anyone may begin it."""
        return bool(self._past.order) or self._kind is None or self._kind.derived

    def _may_begin(self, signed: SignedChange) -> bool:
        if self._kind is not None and self._kind.derived:
            return True
        return self.id == made_record_id(self._network, self.id[0], signed.author, signed.at_ms)

    def add(self, changes: Iterable[SignedChange]) -> bool:
        """Take changes in any order; say whether the view may have changed."""
        fresh = self._fresh(changes)
        merged = [new for signed, chunk in fresh for new in self._past.offer(signed, chunk)]
        if not merged:
            return False
        trusted = bool(self._drafts) and all(zeroed_body(new.signed.raw) in self._drafts for new in merged)
        try:
            self._document = self._document.with_changes(
                [new.signed.raw for new in merged], self._past.heads, trusted=trusted
            )
        except ChangeNotApplied:
            self._rebuild()
            return True
        for new in merged:
            self._writers.add(new, self._past)
        return True

    def _fresh(self, changes: Iterable[SignedChange]) -> list[tuple[SignedChange, Chunk]]:
        fresh = []
        for signed in changes:
            if signed.id in self._known:
                continue
            try:
                chunk = read_chunk(signed.raw)
            except ChunkRefused:
                self._unreadable += 1
                continue
            if chunk.hash in self._hashes:
                continue
            self._hashes.add(chunk.hash)
            self._known[signed.id] = (signed, chunk)
            fresh.append((signed, chunk))
        return fresh

    def _rebuild(self) -> None:
        """Start again from the changes, one by one in an order that is the same everywhere."""
        self._past, self._writers, self._document = Past(self._may_begin), Writers(), self._empty()
        for signed, chunk in sorted(self._known.values(), key=lambda known: (known[1].start_op, known[1].hash)):
            # A dependency has a lower start_op than what builds on it, so at most this one change merges now.
            for merged in self._past.offer(signed, chunk):
                self._rebuild_with(merged)

    def _rebuild_with(self, merged: Merged) -> None:
        try:
            self._document = self._document.with_changes([merged.signed.raw], self._past.heads)
        except ChangeNotApplied:
            self._past.withdraw_last()
        else:
            self._writers.add(merged, self._past)

    def draft(self, edits: Sequence[Edit]) -> bytes:
        """A raw change by the zero actor that makes these edits; the record stays as it is.

        Raises:
            BadValue: a string or key is too long.
            NotPossibleNow: nothing would change, or the text to edit does not exist.
            RecordTooLarge: the record may not grow further.
            EditTooLarge: split it with `crdt.edits.parts`.
            UnknownKind: this version does not know what such a record holds.
        """
        kind = catalog.require_kind(self.id)
        if self.merged >= MOST_CHANGES or self._past.size_bytes >= MOST_BYTES:
            raise RecordTooLarge(
                "This entry has grown too large to be edited. Start a new one and link it to this one."
            )
        if not self._past.order:
            edits = [*(Splice(key, 0, 0, "") for key in kind.proses), *edits]
        self._check(edits)
        raw = self._document.draft(edits, self._writers.text)
        if raw is None:
            raise NotPossibleNow("That changes nothing.")
        try:
            read_chunk(raw)
        except ChunkRefused as refused:
            raise EditTooLarge(str(refused)) from refused
        self._drafts[zeroed_body(raw)] = None
        if len(self._drafts) > _DRAFTS_REMEMBERED:
            del self._drafts[next(iter(self._drafts))]
        return raw

    def _check(self, edits: Sequence[Edit]) -> None:
        lengths: dict[str, int] = {}
        if sum(map(rows, edits)) > MOST_ROWS:
            raise EditTooLarge("too many rows")
        for edit in edits:
            if len(edit.key) > LONGEST_KEY or len(edit.key.encode()) > LONGEST_KEY:
                raise BadValue(edit.key, "This name is too long.")
            if isinstance(edit, Put):
                if isinstance(edit.value, str) and len(edit.value.encode()) > LONGEST_STRING_BYTES:
                    raise BadValue(edit.key, "That is too long: keep it within 16,000 characters.")
                continue
            text = self._writers.text(edit.key)
            if text is None and self._past.order:
                raise NotPossibleNow("This entry has no such text to edit.")
            if edit.key not in lengths:
                lengths[edit.key] = len(self._document.text(text)) if text else 0
            if edit.index < 0 or edit.delete < 0 or edit.index + edit.delete > lengths[edit.key]:
                raise NotPossibleNow("The text has changed meanwhile; look at it again.")
            lengths[edit.key] += len(edit.insert) - edit.delete

    def reading(self, authority: Authority) -> Reading:
        """The record's present, for whoever takes this authority's word for who speaks for whom."""
        return Reading(self.id, self._network, self._kind, self._past, self._writers, self._document, authority)

    def view(self, authority: Authority) -> View:
        """The record as people see it."""
        return catalog.show(self.reading(authority))

    def standing(self, key: str, authority: Authority) -> list[tuple[SignedChange, Scalar]]:
        """The values under a key that count and stand, as stored, each with the change that wrote it; shown first."""
        reading = self.reading(authority)
        return [(merged.signed, value_after(self._document, merged, key)) for merged in reading.standing(key)]

    def history(self, authority: Authority) -> list[HistoryEntry]:
        """Every merged change with what it did, newest first in the order of causes."""
        return Account(self.reading(authority)).history()

    def conflicts(self, authority: Authority) -> list[Conflict]:
        """Every disputed field with all values that stand."""
        return Account(self.reading(authority)).conflicts()

    def undo(self, change: ChangeId, authority: Authority, by: MemberId | None = None) -> list[Edit]:
        """The edits that put back what a change overwrote, wherever nobody has written since.

        Args:
            change: the change to undo; the undoing change can be undone in the same way.
            authority: whose word decides which writing counts.
            by: who undoes: keys of other members' own are left alone, for writing them would not count.

        Raises:
            NotPossibleNow: somebody wrote since, or there is nothing to put back.
        """
        return Account(self.reading(authority)).undo(change, by)
