"""Session: one peer's half of the sync conversation.

Rules of this module:
1. No I/O. Time and random bytes arrive as arguments.
2. Every change of state goes through TRANSITIONS (transitions.py).
3. `_decide` is the only place that chooses what to begin next.

Invariants (cited below by number):
1. Before the owner has granted the peer, nothing but statements is taken from it and nothing but statements is given.
2. An item received is handed up unverified; credit for it goes out only after the owner has dealt with it.
3. New items are queued from before the first digest is taken, so nothing falls between a comparison and live sending.
4. Change lanes are compared only in rounds that found the statements equal, or as equal as a comparison made them.
"""

from __future__ import annotations

from collections.abc import Sequence

from crdt.identifiers import ItemId, ItemKey, Lane
from meshnode.errors import RemoteProtocolError
from meshnode.sync.codec import body_limit, decode
from meshnode.sync.events import KeysGiven, PeerHello, PeerLeft, PeerNotice, Received, SessionEvent, Settled
from meshnode.sync.fingerprint import TIME_BYTES
from meshnode.sync.frames import Assembler
from meshnode.sync.greeting import LocalHello, check_versions
from meshnode.sync.item_set import LocalSets
from meshnode.sync.lanes import Lanes
from meshnode.sync.limits import HELLO_SECONDS, MAX_REASON_BYTES, SUPPORT_BYTES
from meshnode.sync.messages import (
    Block,
    Bye,
    Credit,
    Err,
    Hello,
    Keys,
    MessageType,
    Neg,
    Notice,
    Pull,
    Push,
    Ready,
    State,
    Want,
)
from meshnode.sync.outbox import Outbox
from meshnode.sync.receipts import Receipts
from meshnode.sync.transitions import Act, Phase, next_phase
from meshnode.sync.transitions import Step as Transition
from meshnode.sync.wanted import Wanted

__all__ = ["LocalHello", "LocalSets", "PeerHello", "PeerLeft", "Received", "Session", "SessionEvent", "Settled"]

Published = tuple[ItemKey, bytes]


class Session:
    """The conversation with one peer."""

    def __init__(self, dialer: bool, sets: LocalSets, hello: LocalHello, wanted: Wanted, now: float) -> None:
        self._phase = Phase.GREETING
        self._hello = hello
        self._now = self._since = now
        self._outbox = Outbox(Receipts())
        self._lanes = Lanes(dialer, sets, wanted, self._outbox, now)
        self._assembler = Assembler(body_limit)
        self._events: list[SessionEvent] = []
        self._peer_ready = False
        self._was_settled = False
        self._keys: tuple[bytes, ...] = ()
        self._outbox.say(hello.message(self._lanes.greeting))

    # -- the wire ---------------------------------------------------------------------------------------------------

    def receive_frame(self, frame: bytes, now: float) -> None:
        """Take one frame from the peer.

        Afterwards send `frames_to_send()` and take `events_received()`.

        Raises:
            RemoteProtocolError: the peer broke the protocol; send what is queued, then close.
                Any other exception is a bug in this room.
        """
        self._now = now
        if self._phase is Phase.OVER:
            return
        try:
            arrived = self._assembler.take(frame)
            if arrived is not None:
                self._receive(*arrived, now)
                self._decide(now)
        except RemoteProtocolError:
            self._outbox.say(Err(RemoteProtocolError.code))
            self._leave()
            raise

    def frames_to_send(self) -> list[bytes]:
        """Frames for the peer, in order. While there are more, `next_deadline` is now."""
        frames = self._outbox.frames(self._lanes if self._phase is Phase.OPEN and self._peer_ready else None)
        if self._phase is Phase.OPEN:
            self._decide(self._now)
            frames += self._outbox.frames(None)
        return frames

    def events_received(self) -> list[SessionEvent]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    # -- what arrives -----------------------------------------------------------------------------------------------

    def _receive(self, kind: int, body: bytes, now: float) -> None:
        message = decode(kind, body)
        self._step(MessageType(kind))
        match message:
            case Hello():
                self._receive_hello(message, now)
            case Ready():
                self._peer_ready = True
            case Neg() if self._phase is Phase.JUDGING:
                self._lanes.keep_early(message)
            case State() | Neg() | Pull() | Want():
                self._lanes.receive(message, now)
            case Block():
                self._hand_up(message.lane, *self._lanes.receive_block(message, len(body), now))
            case Push():
                self._receive_push(message, len(body), now)
            case Credit():
                self._outbox.window.credit(message.count)
            case Keys():
                self._events.append(KeysGiven(message.keys))
            case Notice() | Bye() | Err():
                self._receive_code(message)
            case _:  # pragma: no cover -- the table lets no message of a join link come here
                raise RemoteProtocolError("a message of a join link")

    def _receive_code(self, message: Notice | Bye | Err) -> None:
        if isinstance(message, Notice):
            self._events.append(PeerNotice(message.code))
        else:
            self._leave()
            self._events.append(PeerLeft(message.code or "closed"))

    def _receive_hello(self, hello: Hello, now: float) -> None:
        check_versions(hello)
        self._since = now
        self._lanes.greeted(hello.lanes)
        if hello.lanes[Lane.STATEMENTS].digest != self._lanes.greeting[Lane.STATEMENTS].digest and self._hello.support:
            self._outbox.push_now(Push(Lane.STATEMENTS, False, self._hello.support_within(SUPPORT_BYTES)))
        versions = (hello.lowest, hello.highest)
        self._events.append(PeerHello(hello.device_statement, versions, hello.features, hello.boot_nonce, hello.lanes))

    def _receive_push(self, push: Push, size: int, now: float) -> None:
        # Invariant 1
        too_much = self._outbox.receipts.total_bytes + size > SUPPORT_BYTES
        if self._phase is Phase.JUDGING and (push.lane is not Lane.STATEMENTS or push.ends_want or too_much):
            raise RemoteProtocolError("items before the peer's device is known")
        self._hand_up(push.lane, *self._lanes.receive_push(push, size, now))

    def _hand_up(self, lane: Lane, receipt: int, items: tuple[bytes, ...]) -> None:
        if items:
            self._events.append(Received(lane, items, receipt))

    # -- the owner's verbs ------------------------------------------------------------------------------------------

    def grant(self, now: float) -> None:
        """The peer's device is current: open everything. Once, after PeerHello."""
        self._now = now
        if self._phase in (Phase.OPEN, Phase.OVER):
            return
        self._step(Act.GRANT)
        self._outbox.say(Ready())
        self._lanes.open(now)
        self._decide(now)

    def give_keys(self, keys: Sequence[bytes], now: float) -> None:
        """Network keys that the peer's device may lack; they go out once each side has called the other current."""
        self._keys = tuple(keys)
        self._decide(now)

    def bye(self, code: str, statements: Sequence[bytes] = ()) -> None:
        """Go, saying why, with statements that the peer must know of. Send `frames_to_send()` a last time."""
        if self._phase is not Phase.OVER:
            if statements:
                self._outbox.push_now(Push(Lane.STATEMENTS, False, tuple(statements)))
            self._outbox.say(Bye(code[:MAX_REASON_BYTES]))
            self._leave()

    def notify(self, code: str) -> None:
        """Tell the peer's person something; an older peer does not hear it."""
        if self._phase is Phase.OPEN:
            self._outbox.say(Notice(code[:MAX_REASON_BYTES]))

    def probe(self) -> None:
        """Have the peer say something, if it still lives: it gives credit for a message without items at once."""
        if self._phase is Phase.OPEN:
            self._outbox.push_now(Push(Lane.ORDINARY, False, ()))

    def committed(self, receipt: int, ids: Sequence[ItemId], now: float, put_off: Sequence[ItemId] = ()) -> None:
        """The owner has dealt with a delivery; `ids` are on disk, parked or refused for good.

        Those `put_off` are taken later: dropped now, not asked for while the sets do not call them missing, and found
        again by the next comparison.

        Raises:
            LocalProtocolError: there is no such receipt.
            RemoteProtocolError: the peer shows items that it does not give.
        """
        self._now = now
        self._lanes.committed(receipt, ids, now, put_off)
        self._decide(now)

    def publish(self, lane: Lane, items: Sequence[Published], now: float) -> None:
        """These are newly on disk here, from anywhere; the peer gets them unless it has shown them."""
        self._now = now
        if self._phase is not Phase.OVER:
            self._lanes.publish(lane, [(ItemId(key[TIME_BYTES:]), payload) for key, payload in items], now)
            self._decide(now)

    def withdraw(self, lane: Lane, keys: Sequence[ItemKey]) -> None:
        """These are not in the set any more: what of them waits to be sent is dropped. Asked for, they are not held."""
        self._lanes.withdraw(lane, [ItemId(key[TIME_BYTES:]) for key in keys])

    def compare_again(self, now: float) -> None:
        """The owner may take now what it put off: compare the lanes once more, when they are quiet."""
        self._now = now
        if self._phase is Phase.OPEN:
            self._lanes.compare_again(now)
            self._decide(now)

    # -- time -------------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Time has passed."""
        self._now = now
        if self._phase is Phase.OVER:
            return
        if late := self._late(now):
            self.bye(late)
            self._events.append(PeerLeft(late))
            return
        self._decide(now)

    def _late(self, now: float) -> str:
        if self._phase is Phase.OPEN:
            return "too-slow" if self._lanes.is_overdue(now) else ""
        if now - self._since < HELLO_SECONDS:
            return ""
        return "too-slow" if self._phase is Phase.GREETING else "unknown-device"

    def next_deadline(self) -> float | None:
        """When `tick` has something to do, or `frames_to_send` has more."""
        match self._phase:
            case Phase.OVER:
                return None
            case Phase.OPEN if self._peer_ready and self._outbox.has_more(self._lanes):
                return self._now
            case Phase.OPEN:
                return self._lanes.next_deadline(self._now)
        return self._since + HELLO_SECONDS

    # -- deciding ---------------------------------------------------------------------------------------------------

    def _decide(self, now: float) -> None:
        """Begin whatever may begin now."""
        if self._phase is not Phase.OPEN:
            return
        self._lanes.advance(now, peer_ready=self._peer_ready)
        if self._keys and self._peer_ready:
            self._outbox.say(Keys(self._keys))
            self._keys = ()
        self._events += self._lanes.found_level()
        settled = self.settled
        if settled and not self._was_settled:
            self._events.append(Settled())
        self._was_settled = settled

    def _step(self, step: Transition) -> None:
        self._phase = next_phase(self._phase, step)

    def _leave(self) -> None:
        if self._phase is not Phase.OVER:
            self._step(Act.LEAVE)
        self._lanes.leave()

    # -- telling ----------------------------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """All lanes are level and nothing is on its way in either direction, as far as this side knows."""
        return self._phase is Phase.OPEN and self._peer_ready and self._lanes.settled

    def they_lack(self) -> int:
        """Items of ours that the peer is not known to hold; a lower bound until the lanes have been compared."""
        return self._lanes.they_lack()

    def i_lack(self) -> int:
        """Items that the peer is known to hold and we lack; a lower bound until the lanes have been compared."""
        return self._lanes.i_lack()
