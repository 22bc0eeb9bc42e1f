"""Peer: the other end of a session, played by hand, so that tests can say what no honest node says."""

from __future__ import annotations

from typing import TypeVar

from crdt.identifiers import ItemId, Lane
from meshnode.sync.codec import body_limit, decode, encode
from meshnode.sync.events import Received, SessionEvent
from meshnode.sync.fingerprint import EMPTY_DIGEST
from meshnode.sync.frames import Assembler
from meshnode.sync.messages import Credit, Hello, LaneState, LaneStates, Message, Push, Ready
from meshnode.sync.session import LocalHello, Session
from meshnode.sync.wanted import Wanted
from tests.support.sets import MemorySets, key_of

M = TypeVar("M", bound=Message)
NONCE = bytes(16)
EMPTY = LaneState(0, EMPTY_DIGEST)


def states_of(sets: MemorySets) -> LaneStates:
    """What an honest node with these sets would say."""
    statements, urgent, ordinary = (
        LaneState(len(sets.lane(lane)), sets.lane(lane).fingerprint(0, len(sets.lane(lane)))) for lane in Lane
    )
    return statements, urgent, ordinary


class Peer:
    """Speaks to one session of ours."""

    def __init__(self, sets: MemorySets, *, we_dial: bool = False, wanted: Wanted | None = None) -> None:
        self.sets = sets
        self.now = 0.0
        self.wanted = Wanted() if wanted is None else wanted
        hello = LocalHello(b"our device", (b"support",), 0, NONCE)
        self.session = Session(we_dial, sets, hello, self.wanted, self.now)
        self.events: list[SessionEvent] = []
        self.heard: list[Message] = []
        self._assembler = Assembler(body_limit)
        self._credited = 0

    def say(self, message: Message) -> None:
        """The peer's message arrives."""
        for frame in encode(message):
            self.session.receive_frame(frame, self.now)
        self.listen()

    def listen(self) -> list[Message]:
        """What the session says now; everything it ever said is in `heard`."""
        self.events += self.session.events_received()
        fresh: list[Message] = []
        while frames := self.session.frames_to_send():
            for frame in frames:
                whole = self._assembler.take(frame)
                if whole is not None:
                    fresh.append(decode(*whole))
        self.heard += fresh
        return fresh

    def heard_of(self, kind: type[M]) -> list[M]:
        """All messages of one kind that the session said."""
        return [message for message in self.heard if isinstance(message, kind)]

    def greet(self, lanes: LaneStates | None = None) -> None:
        """Say HELLO; without lanes, with the same sets as the session's."""
        self.say(Hello(1, 1, 0, NONCE, lanes or states_of(self.sets), b"their device"))

    def open(self, lanes: LaneStates | None = None) -> None:
        """Greet, be granted, be ready."""
        self.greet(lanes)
        self.session.grant(self.now)
        self.say(Ready())

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        self.session.tick(self.now)
        self.listen()

    def credit(self) -> None:
        """The peer has put everything on disk that it was sent."""
        size = sum(len(frame) - 2 for push in self.heard_of(Push) for frame in encode(push)) - self._credited
        self._credited += size
        self.say(Credit(size))

    def commit(self, *, store: bool = True) -> int:
        """Our owner deals with everything that arrived; how many items that were."""
        count = 0
        for event in [event for event in self.events if isinstance(event, Received)]:
            self.events.remove(event)
            items = [(key_of(event.lane, payload), payload) for payload in event.items]
            if store:
                fresh = self.sets.put(event.lane, items)
                self.session.publish(event.lane, fresh, self.now)
            self.session.committed(event.receipt, [_id(key) for key, _ in items], self.now)
            count += len(items)
        self.listen()
        return count


def _id(key: bytes) -> ItemId:
    return ItemId(key[8:])
