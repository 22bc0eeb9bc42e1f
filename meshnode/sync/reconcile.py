"""Reconciliation of one set with a peer's, range by range, from fingerprints down to ids.

Rules of this module:
1. Pure: a set and a message in, a message and two lists of ids out.
2. Roles INITIATOR and ANSWERER give byte for byte what negentropy v1's reference implementations give. SYMMETRIC is
   ours: whoever gets a list of ids settles that range at once, so that no list ever has to be answered.
3. A message that would grow beyond the limit is cut: one fingerprint stands for all that is left.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from crdt.identifiers import ItemId
from meshnode.sync.fingerprint import TIME_BYTES
from meshnode.sync.item_set import AFTER_ALL, ItemSet
from meshnode.sync.negentropy import (
    VERSION_1,
    FingerprintRange,
    IdListRange,
    RangeWriter,
    SkipRange,
    minimal_bound,
    read_ranges,
)

SPLIT_WAYS = 16
LEAF_ITEMS = 32
"""A range of fewer items is told id by id."""
FIRST_RANGES = 32
NEWEST_ITEMS = 8
"""How many items the newest range of a geometric first message holds; each older one is larger by one factor."""
CUT_MARGIN_BYTES = 200
"""Room kept for the closing fingerprint, as the reference implementations keep it."""
KEYS_AT_A_TIME = 4096
NO_LIMIT = 2**62


class Role(enum.Enum):
    """How lists of ids are treated."""

    INITIATOR = "initiator"
    ANSWERER = "answerer"
    SYMMETRIC = "symmetric"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer may cost."""

    message_bytes: int = 0
    """0: no limit, as in the reference implementations."""
    ranges: int = NO_LIMIT
    have_ids: int = NO_LIMIT
    need_ids: int = NO_LIMIT


@dataclass(frozen=True, slots=True)
class Answer:
    """What one message led to."""

    message: bytes
    have: list[ItemId]
    """Ids held here that the peer lacks."""
    need: list[ItemId]
    """Ids the peer holds that are lacking here, as far as this range tells."""
    work: int
    """Fingerprints taken and lists read: a measure of time spent."""
    overfull: bool = False
    """A list outgrew its bound: settle these, then compare again."""

    @property
    def finished(self) -> bool:
        """Whether no range is left to talk about."""
        return len(self.message) == 1


def first_message(items: ItemSet) -> bytes:
    """The reference implementations' opening: 16 even ranges."""
    writer = RangeWriter()
    return bytes((VERSION_1,)) + _split(items, writer, 0, len(items), AFTER_ALL)


def geometric_message(items: ItemSet) -> bytes:
    """Our opening: 32 ranges, the newer the smaller, because what differs is mostly new."""
    count, writer = len(items), RangeWriter()
    if count < LEAF_ITEMS:
        return bytes((VERSION_1,)) + _split(items, writer, 0, count, AFTER_ALL)
    factor = (count / NEWEST_ITEMS) ** (1 / (FIRST_RANGES - 1))
    ages = {min(count, round(NEWEST_ITEMS * factor**step)) for step in range(FIRST_RANGES - 1)}
    cuts = [*sorted(count - age for age in ages if age < count), count]
    return bytes((VERSION_1,)) + _fingerprints(items, writer, 0, cuts, AFTER_ALL)


def reconcile(items: ItemSet, message: bytes, role: Role, bounds: Bounds) -> Answer:
    """Answer a peer's message.

    Raises:
        RemoteProtocolError: it is not a negentropy v1 message, or has more ranges than allowed.
    """
    ranges = read_ranges(message, bounds.ranges)
    return _Answering(items, role, bounds).answer(ranges)


@dataclass(slots=True)
class _Answering:
    items: ItemSet
    role: Role
    bounds: Bounds
    have: list[ItemId] = field(default_factory=list)
    need: list[ItemId] = field(default_factory=list)
    output: bytearray = field(default_factory=lambda: bytearray((VERSION_1,)))
    writer: RangeWriter = field(default_factory=RangeWriter)
    work: int = 0
    overfull: bool = False

    def answer(self, ranges: list[SkipRange | FingerprintRange | IdListRange]) -> Answer:
        lower, skipped_to = 0, b""
        for each in ranges:
            upper = max(lower, self.items.lower_bound(each.upper))
            part, reached = self._answer_range(each, lower, upper, skipped_to)
            if self.overfull:
                return Answer(bytes((VERSION_1,)), self.have, self.need, self.work, overfull=True)
            if isinstance(each, IdListRange):
                # Lists were measured while they were written; what they hold is said already.
                self.output += part
                if self._too_long(0):
                    self._cut(reached)
                    break
            elif self._too_long(len(part)):
                self._cut(lower if self.role is Role.SYMMETRIC else reached)
                break
            else:
                self.output += part
            skipped_to = b"" if part else each.upper
            lower = upper
        return Answer(bytes(self.output), self.have, self.need, self.work)

    def _cut(self, begin: int) -> None:
        """Let one fingerprint stand for everything from `begin` on."""
        self.output += self.writer.fingerprint(AFTER_ALL, self.items.fingerprint(begin, len(self.items)))

    def _answer_range(
        self, each: SkipRange | FingerprintRange | IdListRange, lower: int, upper: int, skipped_to: bytes
    ) -> tuple[bytes, int]:
        """What to say about one range (nothing: skip it), and up to which item that speaks."""
        self.work += 1
        match each:
            case SkipRange():
                return b"", upper
            case FingerprintRange(fingerprint=theirs):
                if self.items.fingerprint(lower, upper) == theirs:
                    return b"", upper
                self.work += SPLIT_WAYS if upper - lower >= LEAF_ITEMS else 1
                return self._skip(skipped_to) + _split(self.items, self.writer, lower, upper, each.upper), upper
            case IdListRange(ids=ids):
                self.work += len(ids) // LEAF_ITEMS
                if self.role is not Role.ANSWERER:
                    self._settle(set(ids), lower, upper)
                    return b"", upper
                return self._list_ids(each.upper, lower, upper, skipped_to)

    def _skip(self, skipped_to: bytes) -> bytes:
        return self.writer.skip(skipped_to) if skipped_to else b""

    def _settle(self, theirs: set[ItemId], lower: int, upper: int) -> None:
        """Sort a range's ids into those that either side lacks."""
        for start in range(lower, upper, KEYS_AT_A_TIME):
            self.work += 1
            for key in self.items.keys(start, min(upper, start + KEYS_AT_A_TIME)):
                item = ItemId(key[TIME_BYTES:])
                if item in theirs:
                    theirs.discard(item)
                else:
                    self.have.append(item)
            if len(self.have) > self.bounds.have_ids:
                del self.have[self.bounds.have_ids :]
                self.overfull = True
                return
        self.need += theirs
        if len(self.need) > self.bounds.need_ids:
            del self.need[self.bounds.need_ids :]
            self.overfull = True

    def _list_ids(self, bound: bytes, lower: int, upper: int, skipped_to: bytes) -> tuple[bytes, int]:
        """The reference implementations' answer to a list: our own list, as much of it as fits."""
        before = self._skip(skipped_to)
        ids: list[bytes] = []
        for index, key in enumerate(self.items.keys(lower, upper), lower):
            if self._too_long(len(ids) * (len(key) - TIME_BYTES)):
                return before + self.writer.id_list(key, ids), index
            ids.append(key[TIME_BYTES:])
        return before + self.writer.id_list(bound, ids), upper

    def _too_long(self, more: int) -> bool:
        limit = self.bounds.message_bytes
        return bool(limit) and len(self.output) + more > limit - CUT_MARGIN_BYTES


def _split(items: ItemSet, writer: RangeWriter, lower: int, upper: int, bound: bytes) -> bytes:
    """A range as 16 fingerprints, or as a list when it is small."""
    count = upper - lower
    if count < SPLIT_WAYS * 2:
        return writer.id_list(bound, [key[TIME_BYTES:] for key in items.keys(lower, upper)])
    each, larger = divmod(count, SPLIT_WAYS)
    cuts = [lower + each * step + min(step, larger) for step in range(1, SPLIT_WAYS + 1)]
    return _fingerprints(items, writer, lower, cuts, bound)


def _fingerprints(items: ItemSet, writer: RangeWriter, lower: int, cuts: list[int], bound: bytes) -> bytes:
    """Ranges that end before each of the `cuts`, the last of them at `bound`."""
    output, last = b"", cuts[-1]
    for cut in cuts:
        upper = bound if cut == last else minimal_bound(items.key_at(cut - 1), items.key_at(cut))
        output += writer.fingerprint(upper, items.fingerprint(lower, cut))
        lower = cut
    return output
