"""Wants: what one peer is known to hold and we lack, and what of it we have asked for.

Rules of this module:
1. An id is asked for once a session: what was dealt with, and what did not come, is not asked again. What the owner
   put off may be.
2. The peer says when it has answered a WANT; what is missing then, it does not give.
3. Bounded: MAX_NEED_IDS known, MAX_WANT_IDS asked at a time, MAX_UNGIVEN_IDS disappointments.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from crdt.identifiers import ItemId, Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.item_set import LocalSets
from meshnode.sync.limits import ANSWER_SECONDS, MAX_NEED_IDS, MAX_UNGIVEN_IDS, MAX_WANT_IDS
from meshnode.sync.messages import Want
from meshnode.sync.wanted import Provider, Wanted

CLAIM_SECONDS = 1.0
"""How often it is tried to ask for what another peer was asked for."""


@dataclass(slots=True)
class _OpenWant:
    lane: Lane
    ids: set[ItemId]
    ended_after: int | None = None
    """The newest receipt when the peer said that it was done."""


class Wants:
    """One peer's share of what is lacking."""

    def __init__(self, sets: LocalSets, wanted: Wanted, provider: Provider) -> None:
        self._sets = sets
        self._wanted = wanted
        self._provider = provider
        self._unasked: dict[Lane, dict[ItemId, None]] = {lane: {} for lane in Lane}
        self._open: deque[_OpenWant] = deque()
        self._asked: dict[ItemId, Lane] = {}
        self._over: dict[ItemId, None] = {}
        self._ungiven = 0
        self._spared = dict.fromkeys(Lane, 0)
        self._coming = dict.fromkeys(Lane, 0)
        self._try_at: float | None = None

    def __len__(self) -> int:
        """How many items the peer is known to hold and we lack."""
        return len(self._asked) + sum(len(ids) for ids in self._unasked.values()) + sum(self._coming.values())

    def count(self, lane: Lane) -> int:
        """How many of one lane are lacking."""
        asked = sum(max(1, len(want.ids)) for want in self._open if want.lane is lane)
        return len(self._unasked[lane]) + asked + self._coming[lane]

    @property
    def room(self) -> int:
        """How many more may be kept."""
        return max(0, MAX_NEED_IDS - len(self._asked) - sum(len(ids) for ids in self._unasked.values()))

    def show(self, lane: Lane, ids: Iterable[ItemId]) -> int:
        """The peer holds these and we do not; how many of them are going to be asked for."""
        unasked = self._unasked[lane]
        known = (self._over, self._asked, unasked)
        fresh = self._sets.missing(lane, [item for item in ids if not any(item in each for each in known)])
        unasked.update(dict.fromkeys(fresh))
        self._try_at = None
        return len(fresh)

    def coming(self, lane: Lane, count: int) -> None:
        """The peer is going to send so many that we lack, unasked."""
        self._coming[lane] += count

    def came(self, lane: Lane, count: int, *, all_of_them: bool) -> None:
        """Items of a lane arrived; whether those were the last of the ones announced."""
        coming = self._coming[lane]
        if coming:
            self._coming[lane] = 0 if all_of_them else max(1, coming - count)

    def knows(self, item: ItemId) -> bool:
        """Whether the peer is known to hold an item that we lacked until now."""
        return item in self._asked or any(item in ids for ids in self._unasked.values())

    def settle(self, ids: Iterable[ItemId]) -> None:
        """These were dealt with: on disk, parked or refused."""
        for item in self._close(ids):
            self._remember(item)

    def put_off(self, ids: Iterable[ItemId]) -> None:
        """These came, and are not taken now: they may be asked for again once they are shown again."""
        self._close(ids)

    def _close(self, ids: Iterable[ItemId]) -> list[ItemId]:
        """No longer wait for these; those of them that had been asked for."""
        if not self._asked and not any(self._unasked.values()):
            return []
        ids = list(ids)
        asked = [item for item in ids if self._asked.pop(item, None) is not None]
        for item in ids:
            for spared, unasked in self._unasked.items():
                if item in unasked:
                    del unasked[item]
                    self._spared[spared] += 1
        for want in self._open:
            want.ids.difference_update(ids)
        if asked:
            self._try_at = None
        return asked

    # -- asking -----------------------------------------------------------------------------------------------------

    def next_wants(self, now: float) -> list[Want]:
        """What to ask for now."""
        messages: list[Want] = []
        if self._try_at is None or now >= self._try_at:
            messages = self._ask(now)
        messages += [Want(lane, (), self._take_spared(lane)) for lane in Lane if self._spared[lane]]
        return messages

    def _ask(self, now: float) -> list[Want]:
        messages: list[Want] = []
        for lane, unasked in self._unasked.items():
            while unasked and len(self._asked) < MAX_WANT_IDS:
                ids = self._claim(lane, unasked, now)
                if not ids:
                    break
                self._open.append(_OpenWant(lane, set(ids)))
                self._asked.update(dict.fromkeys(ids, lane))
                messages.append(Want(lane, tuple(ids), self._take_spared(lane)))
        waiting = any(self._unasked.values()) and len(self._asked) < MAX_WANT_IDS
        self._try_at = now + CLAIM_SECONDS if waiting else None
        return messages

    def _take_spared(self, lane: Lane) -> int:
        spared, self._spared[lane] = self._spared[lane], 0
        return spared

    def _claim(self, lane: Lane, unasked: dict[ItemId, None], now: float) -> list[ItemId]:
        """Up to one message of ids that nobody else was asked for; those that came meanwhile are dropped."""
        ids: list[ItemId] = []
        for item in unasked:
            if len(ids) + len(self._asked) >= MAX_WANT_IDS:
                break
            if self._wanted.claim(item, self._provider, now):
                ids.append(item)
        for item in ids:
            del unasked[item]
        missing = self._sets.missing(lane, ids)
        self._spared[lane] += len(ids) - len(missing)
        self._wanted.settle(set(ids).difference(missing))
        return missing

    # -- being answered ---------------------------------------------------------------------------------------------

    def answer_ended(self, newest_receipt: int) -> None:
        """The peer has answered the oldest WANT that it had not.

        Raises:
            RemoteProtocolError: there is none.
        """
        for want in self._open:
            if want.ended_after is None:
                want.ended_after = newest_receipt
                return
        raise RemoteProtocolError("an answer to a question that was not asked")

    def close_answered(self, lowest_open_receipt: int) -> None:
        """Close the answers whose items have all been dealt with.

        Raises:
            RemoteProtocolError: the peer shows ever more items that it does not give.
        """
        while self._open and (after := self._open[0].ended_after) is not None and after < lowest_open_receipt:
            want = self._open.popleft()
            self._wanted.release(want.ids, self._provider)
            for item in want.ids:
                self._asked.pop(item, None)
                self._remember(item)
            self._ungiven += len(want.ids)
            if self._ungiven > MAX_UNGIVEN_IDS:
                raise RemoteProtocolError("the peer shows items that it does not give")

    def _remember(self, item: ItemId) -> None:
        self._over[item] = None
        if len(self._over) > MAX_NEED_IDS:
            del self._over[next(iter(self._over))]

    # -- time -------------------------------------------------------------------------------------------------------

    def is_overdue(self, now: float) -> bool:
        """Whether the peer owes an answer for too long."""
        return bool(self._open) and now - self._provider.heard_at >= ANSWER_SECONDS

    def next_deadline(self) -> float | None:
        """When to look again."""
        overdue = self._provider.heard_at + ANSWER_SECONDS if self._open else None
        times = [time for time in (self._try_at, overdue) if time is not None]
        return min(times, default=None)
