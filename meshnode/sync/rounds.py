"""Rounds: moments at which both sides say what they hold, so that both agree which lanes to compare.

Rules of this module:
1. The two HELLOs are round 0. The dialler opens every further one: it learns of every statement that is new on either
   side, because new statements are pushed.
2. A round begins when neither side is comparing anything and all statements on their way have arrived.
3. Change lanes are compared only in rounds that found the statements settled: equal, or just as they were in the round
   before, so that the comparison in between changed nothing. A peer that does not take a flood of statements (its quota
   says when) still has the changes compared; what their authors may do is judged again when more statements come.
"""

from __future__ import annotations

from dataclasses import dataclass

from crdt.identifiers import Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.item_set import LocalSets
from meshnode.sync.limits import RETRY_DOUBLINGS, RETRY_SECONDS
from meshnode.sync.messages import LaneState, LaneStates, State, Step


@dataclass(frozen=True, slots=True)
class Pair:
    """What both sides hold at the beginning of a round."""

    mine: LaneStates
    theirs: LaneStates

    def equal(self, lane: Lane) -> bool:
        """Whether both held the same of a lane."""
        return self.mine[lane].digest == self.theirs[lane].digest


class Rounds:
    """One session's rounds."""

    def __init__(self, *, dialler: bool, mine: LaneStates) -> None:
        self._dialler = dialler
        self._number = 0
        self._mine = mine
        self._needed_at: float | None = None
        self._opened = False
        self._to_answer: LaneStates | None = None
        self._patient = False
        self._fruitless = 0
        self._before: Pair | None = None
        self.statements_settled = False
        self.urgent_differs_anew = False
        """The last round found other urgent changes on both sides than the round before, and not the same on both."""

    @property
    def is_pending(self) -> bool:
        """Whether a round has been opened and not yet begun."""
        return self._opened or self._to_answer is not None

    @property
    def is_needed(self) -> bool:
        """Whether another one has to come, other than for trying once more."""
        return self.is_pending or (self._needed_at is not None and not self._patient)

    def greet(self, theirs: LaneStates) -> Pair:
        """Round 0."""
        return self._begin(self._mine, theirs)

    def need(self, now: float, *, patient: bool = False) -> None:
        """Statements changed, or have been compared (`patient`: without any change); or urgent changes arrived."""
        at = now + RETRY_SECONDS * 2 ** min(self._fruitless, RETRY_DOUBLINGS) if patient else now
        if self._dialler and (self._needed_at is None or at < self._needed_at):
            self._needed_at, self._patient = at, patient

    def receive(self, state: State) -> Pair | None:
        """What the peer said; the pair when that begins a round.

        Raises:
            RemoteProtocolError: it is not its turn to say it.
        """
        match state.step:
            case Step.ANSWER if self._dialler and self._opened and state.round == self._number + 1:
                self._opened = False
                self._number += 1
                return self._begin(self._mine, state.lanes)
            case Step.OPEN if not self._dialler and self._to_answer is None and state.round == self._number + 1:
                self._to_answer = state.lanes
                return None
            case _:
                raise RemoteProtocolError("a round out of turn")

    def advance(self, mine: LaneStates, now: float) -> tuple[State | None, Pair | None]:
        """Called when all is quiet: what to say, and the pair when that begins a round."""
        if self._to_answer is not None:
            theirs, self._to_answer = self._to_answer, None
            self._number += 1
            return State(Step.ANSWER, self._number, mine), self._begin(mine, theirs)
        if self._needed_at is not None and self._needed_at <= now and not self._opened:
            self._needed_at = None
            self._opened = True
            self._mine = mine
            return State(Step.OPEN, self._number + 1, mine), None
        return None, None

    def _begin(self, mine: LaneStates, theirs: LaneStates) -> Pair:
        pair = Pair(mine, theirs)
        equal = pair.equal(Lane.STATEMENTS)
        stayed = self._before is not None and _both(self._before, Lane.STATEMENTS) == _both(pair, Lane.STATEMENTS)
        urgent_stayed = self._before is not None and _both(self._before, Lane.URGENT) == _both(pair, Lane.URGENT)
        self._fruitless = self._fruitless + 1 if stayed and not equal else 0
        self.statements_settled = equal or stayed
        self.urgent_differs_anew = not (urgent_stayed or pair.equal(Lane.URGENT))
        self._before = pair
        return pair

    def next_deadline(self) -> float | None:
        """When a further round is due."""
        return self._needed_at


def states_of(sets: LocalSets) -> LaneStates:
    """What is held now, lane by lane."""
    statements, urgent, ordinary = (_state_of(sets, lane) for lane in Lane)
    return statements, urgent, ordinary


def _state_of(sets: LocalSets, lane: Lane) -> LaneState:
    items = sets.lane(lane)
    return LaneState(len(items), items.fingerprint(0, len(items)))


def _both(pair: Pair, lane: Lane) -> tuple[bytes, bytes]:
    return pair.mine[lane].digest, pair.theirs[lane].digest
