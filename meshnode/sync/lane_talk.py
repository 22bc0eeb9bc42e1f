"""LaneTalk: how one lane is made level with one peer: by comparing, or in blocks.

Rules of this module:
1. Whoever lacks most of a lane begins (it pulls, or compares where it cannot); otherwise the dialler begins.
2. Both sides' first messages may cross: the dialler's counts.
3. New items are sent live from before the first fingerprint is taken, so nothing falls between.
4. While another peer gives the lane in blocks, nothing of it is compared: most differences are on their way.
5. A list that outgrew its bound, and a queue that was dropped, are made good by one more comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crdt.identifiers import Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.allowance import Allowance
from meshnode.sync.blocks import BlockCutter
from meshnode.sync.item_set import ItemSet, LocalSets
from meshnode.sync.limits import (
    MAX_HAVE_IDS,
    MAX_NEG_BYTES,
    MAX_RANGES,
    MAX_ROUNDS,
    PULL_SHARE,
    REST_SECONDS,
    RETRY_SECONDS,
)
from meshnode.sync.messages import LaneState, Neg, SyncMessage
from meshnode.sync.negentropy import VERSION_1
from meshnode.sync.outgoing import Outgoing
from meshnode.sync.pulling import Pulling
from meshnode.sync.reconcile import Bounds, Role, first_message, geometric_message, reconcile
from meshnode.sync.transitions import BUSY, Act, LanePhase, next_lane_phase
from meshnode.sync.wants import Wants

NOTHING_LEFT = bytes((VERSION_1,))
UNKNOWN = LaneState(0, b"")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the lanes of one session share."""

    dialler: bool
    sets: LocalSets
    wants: Wants
    allowance: Allowance
    say: Callable[[SyncMessage], None]


class LaneTalk:
    """One lane of one session."""

    def __init__(self, lane: Lane, around: Surroundings, outgoing: Outgoing, pulling: Pulling) -> None:
        self.lane = lane
        self.phase = LanePhase.WAITING if around.dialler else LanePhase.EXPECTING
        self.theirs = UNKNOWN
        self.peer_ready = False
        """Whether the peer takes more than a first fingerprint."""
        self._around = around
        self._outgoing = outgoing
        self._pulling = pulling
        self._cutter: BlockCutter | None = None
        self._held: Neg | None = None
        self._opening = False
        self._turns = 0
        self._again_at: float | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a comparison or blocks are under way."""
        return self.phase in BUSY

    @property
    def is_level(self) -> bool:
        """Whether it has been compared and nothing has to be compared again."""
        return self.phase is LanePhase.LEVEL and self._again_at is None

    def own_set(self) -> ItemSet:
        """The lane's keys here."""
        return self._around.sets.lane(self.lane)

    # -- beginning --------------------------------------------------------------------------------------------------

    def new_round(self, mine: LaneState, theirs: LaneState) -> None:
        """Both sides have said what they hold: settle who begins. Both come to the same answer."""
        self.theirs = theirs
        if mine.digest == theirs.digest:
            self._step(Act.EQUAL)
            return
        lacking = mine.count * PULL_SHARE < theirs.count
        abundant = theirs.count * PULL_SHARE < mine.count
        ours = lacking or (self._around.dialler and not abundant)
        self._step(Act.OUR_TURN if ours else Act.THEIR_TURN)

    def advance(self, now: float, *, may_begin: bool, is_quiet: bool) -> None:
        """Take the next step, if there is one to take now."""
        if self.phase is LanePhase.PULLING and self._pulling.is_over:
            self._pulling.end()
            self._step(Act.ALL_TAKEN)
        if self._held is not None and self._may_answer(self._held, now):
            held, self._held = self._held, None
            self._answer(held, now)
        if not may_begin:
            return
        if self.phase is LanePhase.WAITING:
            self._begin(now)
        elif self._again_at is not None and self._again_at <= now and self.phase is LanePhase.LEVEL and is_quiet:
            self._start()

    def _begin(self, now: float) -> None:
        if self._pulling.waits_for_other(now):
            return
        lacks_little = len(self.own_set()) * PULL_SHARE >= self.theirs.count
        if lacks_little or not self._pulling.may_begin or not self._around.sets.takes(self.lane):
            self._start()
        elif self.peer_ready:
            self._step(Act.PULL)
            self._around.say(self._pulling.begin(self.theirs.count))

    def _start(self) -> None:
        self._step(Act.START)
        self._again_at = None
        self._opening, self._turns = True, 0
        self._outgoing.resume()
        items = self.own_set()
        message = first_message(items) if self.lane is Lane.STATEMENTS else geometric_message(items)
        self._around.say(Neg(self.lane, True, message))

    def dropped(self, now: float) -> None:
        """The queue of new items was dropped."""
        if self._again_at is None:
            self._again_at = now + REST_SECONDS

    def compare_again(self, now: float) -> None:
        """What was put off may be taken now."""
        if self._again_at is None or self._again_at > now:
            self._again_at = now

    # -- comparing --------------------------------------------------------------------------------------------------

    def receive_neg(self, neg: Neg) -> None:
        """A turn of the peer's; it is answered as soon as there is time for it.

        Raises:
            RemoteProtocolError: it is not the peer's turn.
        """
        if neg.start:
            if self._opening and self._around.dialler and self.phase is LanePhase.COMPARING:
                return
            if self.phase is LanePhase.COMPARING and not self._opening:
                raise RemoteProtocolError("a comparison begins within another one")
            self._step(Act.STARTED)
            self._cutter = None
            self._again_at = None
            self._turns = 0
            self._outgoing.resume()
        elif self.phase is not LanePhase.COMPARING or self._held is not None:
            raise RemoteProtocolError("a turn that is not the peer's")
        self._opening = False
        self._held = neg

    def _may_answer(self, neg: Neg, now: float) -> bool:
        if neg.message == NOTHING_LEFT:
            return True
        return self._around.allowance.ready_at(now) <= now and not self._pulling.waits_for_other(now)

    def _answer(self, neg: Neg, now: float) -> None:
        self._around.wants.coming(self.lane, neg.giving)
        self._outgoing.announced(neg.wanting)
        if neg.message == NOTHING_LEFT:
            self._step(Act.FINISHED)
            return
        self._turns += 1
        wants = self._around.wants
        bounds = Bounds(MAX_NEG_BYTES, MAX_RANGES, MAX_HAVE_IDS, max(1, wants.room))
        answer = reconcile(self.own_set(), neg.message, Role.SYMMETRIC, bounds)
        self._around.allowance.spend(answer.work, now)
        giving = self._outgoing.lacks(answer.have, now)
        wanting = wants.show(self.lane, answer.need)
        cut = self._turns >= MAX_ROUNDS and not answer.finished
        self._around.say(Neg(self.lane, False, NOTHING_LEFT if cut else answer.message, giving, wanting))
        if cut or answer.finished:
            self._step(Act.FINISHED)
        if cut:
            self._again_at = now + RETRY_SECONDS
        elif answer.overfull:
            # What moved nothing (the peer has been given it, we put it off) would move nothing a moment later either.
            self._again_at = now if giving or wanting else now + RETRY_SECONDS

    # -- giving blocks ----------------------------------------------------------------------------------------------

    def receive_pull(self, before: bytes) -> None:
        """The peer takes the lane in blocks.

        Raises:
            RemoteProtocolError: not now.
        """
        self._step(Act.PULLED)
        self._cutter = BlockCutter(self.lane, self._around.sets, before)

    @property
    def cutter(self) -> BlockCutter | None:
        """Where the next block comes from, while the peer pulls."""
        return self._cutter

    def blocks_ended(self) -> None:
        """The last block went out."""
        self._cutter = None
        self._step(Act.ALL_GIVEN)

    @property
    def waits_for_blocks(self) -> bool:
        """Whether another peer is giving the lane in blocks; afterwards this one's is compared."""
        return self.phase is LanePhase.WAITING and self._pulling.try_at is not None

    # -- telling ----------------------------------------------------------------------------------------------------

    def they_lack(self) -> int:
        """Items not known to be there, beyond those on their way: exact while giving blocks, else a lower bound."""
        match self.phase:
            case LanePhase.LEVEL | LanePhase.PULLING:
                return 0
            case LanePhase.SERVING:
                return self._cutter.left() if self._cutter else 0
            case _:
                return max(0, len(self.own_set()) - self.theirs.count)

    def i_lack(self) -> int:
        """Items not known to be here, beyond those asked for: a lower bound."""
        match self.phase:
            case LanePhase.LEVEL | LanePhase.SERVING:
                return 0
            case _:
                return max(0, self.theirs.count - len(self.own_set()))

    def next_deadline(self, now: float) -> float | None:
        """When to look again."""
        if self._held is not None:
            return self._pulling.try_at or self._around.allowance.ready_at(now)
        if self.phase is LanePhase.WAITING:
            return self._pulling.try_at
        return self._again_at if self.phase is LanePhase.LEVEL else None

    def _step(self, act: Act) -> None:
        self.phase = next_lane_phase(self.phase, act)
