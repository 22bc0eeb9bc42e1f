"""Lanes: the three lanes of one session, in their order, and everything that is on its way in them.

Rules of this module:
1. Statements, then urgent, then ordinary: in comparing, in asking, in sending.
2. Change lanes are begun only in rounds that found the statements settled; blocks and pushes of them may always come.
3. What moved in the urgent lane, or was found to differ, is followed by a round once it has arrived: credit says that
   the peer has dealt with an alarm, equal digests that it holds it.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.identifiers import ItemId, Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.allowance import Allowance
from meshnode.sync.events import UrgentLevel
from meshnode.sync.item_set import LocalSets
from meshnode.sync.lane_talk import LaneTalk, Surroundings
from meshnode.sync.limits import ANSWER_SECONDS, MAX_ASKED_IDS, MAX_EARLY_MESSAGES, WORK_BURST, WORK_PER_SECOND
from meshnode.sync.messages import Block, LaneStates, Neg, Pull, Push, State, Want
from meshnode.sync.outbox import Outbox
from meshnode.sync.outgoing import Outgoing
from meshnode.sync.pulling import Pulling
from meshnode.sync.rounds import Pair, Rounds, states_of
from meshnode.sync.transitions import LanePhase
from meshnode.sync.wanted import Provider, Wanted
from meshnode.sync.wants import Wants


class Lanes:
    """What one session does in its lanes."""

    def __init__(self, dialler: bool, sets: LocalSets, wanted: Wanted, outbox: Outbox, now: float) -> None:
        self._sets = sets
        self._wanted = wanted
        self._outbox = outbox
        self._receipts = outbox.receipts
        self._provider = Provider(now)
        self._wants = Wants(sets, wanted, self._provider)
        around = Surroundings(dialler, sets, self._wants, Allowance(now, WORK_BURST, WORK_PER_SECOND), outbox.say)
        self._outgoing = {lane: Outgoing(lane, sets) for lane in Lane}
        self._pulling = {lane: Pulling(lane, wanted, self._provider) for lane in Lane}
        self._talks = {lane: LaneTalk(lane, around, self._outgoing[lane], self._pulling[lane]) for lane in Lane}
        self.greeting = states_of(sets)
        self._rounds = Rounds(dialler=dialler, mine=self.greeting)
        self._first: LaneStates | None = None
        self._early: list[Neg] = []
        self._statements_moved = False
        self._urgent_moved = False
        self._found_level: list[UrgentLevel] = []

    def __getitem__(self, lane: Lane) -> LaneTalk:
        """One lane's talk."""
        return self._talks[lane]

    # -- rounds -----------------------------------------------------------------------------------------------------

    def greeted(self, theirs: LaneStates) -> None:
        """The peer's HELLO said what it holds."""
        self._first = theirs
        for lane, talk in self._talks.items():
            talk.theirs = theirs[lane]

    def open(self, now: float) -> None:
        """The peer was granted: begin round 0."""
        self._provider.heard_at = now
        if self._first is not None:
            self._begin(self._rounds.greet(self._first))
        early, self._early = self._early, []
        for neg in early:
            self._talks[neg.lane].receive_neg(neg)

    def keep_early(self, neg: Neg) -> None:
        """The peer has granted us before we could grant it; its first turns wait.

        Raises:
            RemoteProtocolError: too much.
        """
        if not neg.start or len(self._early) >= MAX_EARLY_MESSAGES:
            raise RemoteProtocolError("too much before the peer's device is known")
        self._early.append(neg)

    def receive(self, message: State | Neg | Pull | Want, now: float) -> None:
        """What the peer says about sets.

        Raises:
            RemoteProtocolError: it may not be said now, or is too much.
        """
        match message:
            case State():
                if (pair := self._rounds.receive(message)) is not None:
                    self._begin(pair)
            case Neg():
                self[message.lane].receive_neg(message)
            case Pull():
                self[message.lane].receive_pull(message.before)
            case Want():
                self.receive_want(message, now)

    def _begin(self, pair: Pair) -> None:
        self._statements_moved = False
        if pair.mine[Lane.URGENT].count and pair.equal(Lane.URGENT):
            self._found_level.append(UrgentLevel(pair.mine[Lane.URGENT].digest))
        self._urgent_moved = self._urgent_moved or self._rounds.urgent_differs_anew
        for lane, talk in self._talks.items():
            if not talk.is_busy and (lane is Lane.STATEMENTS or self._rounds.statements_settled):
                talk.new_round(pair.mine[lane], pair.theirs[lane])

    def advance(self, now: float, *, peer_ready: bool) -> None:
        """Begin whatever may begin now."""
        self._advance_rounds(now, peer_ready=peer_ready)
        for lane, talk in self._talks.items():
            # Invariant 4 of the session
            may_begin = not self._rounds.is_pending and (lane is Lane.STATEMENTS or self._rounds.statements_settled)
            was_busy = talk.is_busy
            talk.peer_ready = peer_ready
            talk.advance(now, may_begin=may_begin, is_quiet=self._is_quiet(lane))
            if lane is Lane.STATEMENTS and was_busy and not talk.is_busy:
                self._statements_compared(now)
        if peer_ready:
            for want in self._wants.next_wants(now):
                self._outbox.say(want)

    def _statements_compared(self, now: float) -> None:
        moved = self._statements_moved or not self._is_quiet(Lane.STATEMENTS)
        self._rounds.need(now, patient=not moved)

    def _advance_rounds(self, now: float, *, peer_ready: bool) -> None:
        idle = peer_ready and self._is_quiet(Lane.STATEMENTS) and not any(talk.is_busy for talk in self._talks.values())
        if not idle:
            return
        if self._urgent_moved and self._is_quiet(Lane.URGENT):
            self._urgent_moved = False
            self._rounds.need(now)
        state, pair = self._rounds.advance(states_of(self._sets), now)
        if state is not None:
            self._outbox.say(state)
        if pair is not None:
            self._begin(pair)

    def _is_quiet(self, lane: Lane) -> bool:
        """Whether nothing of a lane is on its way in either direction."""
        return (
            self._outgoing[lane].is_idle
            and not self._outgoing[lane].to_be_asked
            and not self._outbox.window.holds(lane)
            and not self._wants.count(lane)
            and not self._receipts.count(lane)
        )

    # -- items in ---------------------------------------------------------------------------------------------------

    def receive_push(self, push: Push, size: int, now: float) -> tuple[int, tuple[bytes, ...]]:
        """Items arrived; their receipt."""
        self._provider.heard_at = now
        receipt = 0
        if push.items:
            receipt = self._receipts.take(push.lane, size, push.items)
            self._note_items(push.lane, push.items)
        else:
            self._receipts.take_empty(size)
        self._wants.came(push.lane, len(push.items), all_of_them=push.ends_giving)
        if push.ends_want:
            self._wants.answer_ended(self._receipts.newest)
            self._wants.close_answered(self._receipts.lowest_open)
        return receipt, push.items

    def receive_block(self, block: Block, size: int, now: float) -> tuple[int, tuple[bytes, ...]]:
        """A block arrived; its receipt and items."""
        self._provider.heard_at = now
        receipt, items = self._pulling[block.lane].take(block, size, self._receipts)
        self._note_items(block.lane, items)
        return receipt, items

    def _note_items(self, lane: Lane, items: tuple[bytes, ...]) -> None:
        self._note_moved(lane)
        outgoing = self._outgoing[lane]
        if not outgoing.is_idle:
            for item in items:
                outgoing.shown(item)

    def _note_moved(self, lane: Lane) -> None:
        """Rule 3."""
        self._statements_moved = self._statements_moved or lane is Lane.STATEMENTS
        self._urgent_moved = self._urgent_moved or lane is Lane.URGENT

    def committed(self, receipt: int, ids: Sequence[ItemId], now: float, put_off: Sequence[ItemId] = ()) -> None:
        """The owner has dealt with a delivery."""
        lane = self._receipts.committed(receipt)
        self._provider.heard_at = now
        self._pulling[lane].committed(receipt)
        self._wants.settle(ids)
        self._wants.put_off(put_off)
        self._wanted.settle((*ids, *put_off))
        self._wants.close_answered(self._receipts.lowest_open)

    def compare_again(self, now: float) -> None:
        """The owner may take now what it put off."""
        for talk in self._talks.values():
            talk.compare_again(now)

    # -- items out --------------------------------------------------------------------------------------------------

    def receive_want(self, want: Want, now: float) -> None:
        """The peer asks for items.

        Raises:
            RemoteProtocolError: too much at once.
        """
        if sum(outgoing.asked for outgoing in self._outgoing.values()) + len(want.ids) > MAX_ASKED_IDS:
            raise RemoteProtocolError("too many items asked for")
        self._outgoing[want.lane].answer(want.ids, want.spared)
        if want.lane is Lane.STATEMENTS:
            self._rounds.need(now)

    def publish(self, lane: Lane, items: Sequence[tuple[ItemId, bytes]], now: float) -> None:
        """New items; those that the peer has shown are not sent to it."""
        outgoing, lacking = self._outgoing[lane], len(self._wants)
        # What arrives as another peer's blocks is left to the comparison that follows them: this peer has most of it.
        left_to_comparison = self._talks[lane].waits_for_blocks and not self._rounds.is_pending
        for item, payload in () if left_to_comparison else items:
            if not self._receipts.in_hand(payload) and not (lacking and self._wants.knows(item)):
                outgoing.publish(item, payload, now)
        if lacking:
            self._wants.settle([item for item, _ in items])
        self._wanted.settle(item for item, _ in items)
        if outgoing.dropped:
            self._talks[lane].dropped(now)
        self._note_moved(lane)
        if lane is Lane.STATEMENTS:
            self._rounds.need(now)

    def withdraw(self, lane: Lane, ids: Sequence[ItemId]) -> None:
        """These left the set."""
        self._outgoing[lane].withdraw(ids)

    def next_items(self) -> Push | Block | None:
        """The most urgent message with items."""
        for lane, talk in self._talks.items():
            push = self._outgoing[lane].next_push()
            if push is not None:
                self._note_moved(lane)
                return push
            if talk.cutter is not None:
                block = talk.cutter.next_block()
                if block.eof:
                    talk.blocks_ended()
                return block
        return None

    @property
    def has_items(self) -> bool:
        """Whether there is anything to send."""
        return any(not self._outgoing[lane].is_idle or talk.cutter is not None for lane, talk in self._talks.items())

    # -- telling ----------------------------------------------------------------------------------------------------

    def found_level(self) -> list[UrgentLevel]:
        """What rounds found equal since the last call."""
        found, self._found_level = self._found_level, []
        return found

    @property
    def settled(self) -> bool:
        """All lanes are level and nothing is on its way."""
        return (
            self._rounds.statements_settled
            and not self._rounds.is_needed
            and all(talk.is_level for talk in self._talks.values())
            and all(self._is_quiet(lane) for lane in Lane)
        )

    def they_lack(self) -> int:
        """Items of ours that the peer is not known to hold."""
        unsent = sum(len(self._outgoing[lane]) + talk.they_lack() for lane, talk in self._talks.items())
        return unsent + self._outbox.window.items()

    def i_lack(self) -> int:
        """Items that the peer is known to hold and we lack."""
        return len(self._wants) + sum(talk.i_lack() for talk in self._talks.values())

    def is_overdue(self, now: float) -> bool:
        """Whether the peer owes us something for too long."""
        pulling = any(talk.phase is LanePhase.PULLING for talk in self._talks.values())
        silent = now - self._provider.heard_at >= ANSWER_SECONDS and not len(self._receipts)
        return silent and (pulling or self._wants.is_overdue(now))

    def next_deadline(self, now: float) -> float | None:
        """When to look again."""
        times = [talk.next_deadline(now) for talk in self._talks.values()]
        times += [self._wants.next_deadline(), self._rounds.next_deadline()]
        if any(talk.phase is LanePhase.PULLING for talk in self._talks.values()):
            times.append(self._provider.heard_at + ANSWER_SECONDS)
        # What was due already had its chance in the last `advance`; it waits for the peer or the owner.
        return min((time for time in times if time is not None and time > now), default=None)

    def leave(self) -> None:
        """The conversation is over: others may be asked."""
        self._wanted.leave(self._provider)
