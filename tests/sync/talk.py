"""Talk: nodes in memory and wires between them that can be paused, shuffled and cut; no time passes by itself."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from crdt.identifiers import ItemId, Lane
from meshnode.sync.events import PeerHello, PeerLeft, PeerNotice, Received, SessionEvent, Settled
from meshnode.sync.item_set import LocalSets
from meshnode.sync.session import LocalHello, Session
from meshnode.sync.wanted import Wanted
from tests.support.sets import Item, MemorySets, key_of

STEPS = 200_000


class Clock:
    """Time that is told to pass."""

    def __init__(self) -> None:
        self.now = 1000.0


class Node:
    """What the replica and the links of a node do, without disk and network."""

    def __init__(self, name: str, clock: Clock, statements: Iterable[Item] = ()) -> None:
        self.name = name
        self.clock = clock
        self.sets = MemorySets()
        self.wanted = Wanted()
        self.ends: list[End] = []
        self.stranger_until: set[ItemId] = set()
        """Statements that must be here before a peer is granted."""
        self.put(Lane.STATEMENTS, statements)

    def put(self, lane: Lane, items: Iterable[Item]) -> None:
        """Write items here and tell every link."""
        fresh = self.sets.put(lane, items)
        if fresh:
            for end in self.ends:
                end.session.publish(lane, fresh, self.clock.now)

    def accept(self, lane: Lane, payloads: Iterable[bytes]) -> list[ItemId]:
        """The one door: what is refused is dealt with all the same."""
        items = [(key_of(lane, payload), payload) for payload in payloads]
        self.put(lane, [item for item in items if ItemId(item[0][8:]) not in self.sets.refused])
        return [ItemId(key[8:]) for key, _ in items]

    def hello(self) -> LocalHello:
        """What this node says of itself."""
        sets: LocalSets = self.sets
        own = sets.lane(Lane.STATEMENTS)
        support = sets.items(Lane.STATEMENTS, [ItemId(key[8:]) for key in own.keys(0, min(3, len(own)))])
        return LocalHello(b"device of " + self.name.encode(), tuple(support), 0, self.name.encode().ljust(16, b"\0"))

    def level_with(self, other: Node) -> bool:
        """Whether both hold the same."""
        return all(digest(self, lane) == digest(other, lane) for lane in Lane)


def id_of(lane: Lane, payload: bytes) -> ItemId:
    return ItemId(key_of(lane, payload)[8:])


def digest(node: Node, lane: Lane) -> bytes:
    items = node.sets.lane(lane)
    return items.fingerprint(0, len(items))


@dataclass(eq=False)
class End:
    """One node's end of a wire."""

    node: Node
    session: Session
    inbox: deque[bytes] = field(default_factory=deque)
    uncommitted: deque[Received] = field(default_factory=deque)
    events: list[SessionEvent] = field(default_factory=list)
    sent_bytes: int = 0
    sent_item_bytes: int = 0
    greeted: bool = False
    put_off: set[ItemId] = field(default_factory=set)
    """What came and was not taken."""

    def granted_now(self) -> bool:
        held = self.node.sets.missing(Lane.STATEMENTS, sorted(self.node.stranger_until))
        return not held

    def take_events(self) -> None:
        for event in self.session.events_received():
            self.events.append(event)
            match event:
                case PeerHello():
                    self.greeted = True
                    self.judge()
                case Received():
                    self.uncommitted.append(event)
                case Settled() | PeerNotice() | PeerLeft():
                    pass

    def judge(self) -> None:
        if self.greeted and self.granted_now():
            self.session.grant(self.node.clock.now)

    def commit(self) -> None:
        """Put the oldest delivery on disk."""
        batch = self.uncommitted.popleft()
        late = [payload for payload in batch.items if id_of(batch.lane, payload) in self.node.sets.put_off]
        done = self.node.accept(batch.lane, [payload for payload in batch.items if payload not in late])
        put_off = [id_of(batch.lane, payload) for payload in late]
        self.put_off.update(put_off)
        self.session.committed(batch.receipt, done, self.node.clock.now, put_off)
        self.take_events()
        if batch.lane is Lane.STATEMENTS:
            for end in self.node.ends:
                end.judge()


class Wire:
    """A link between two nodes."""

    def __init__(self, dialler: Node, answerer: Node) -> None:
        now = dialler.clock.now
        self.a = End(dialler, Session(True, dialler.sets, dialler.hello(), dialler.wanted, now))
        self.b = End(answerer, Session(False, answerer.sets, answerer.hello(), answerer.wanted, now))
        dialler.ends.append(self.a)
        answerer.ends.append(self.b)
        self.flights = 0

    @property
    def ends(self) -> tuple[tuple[End, End], tuple[End, End]]:
        return (self.a, self.b), (self.b, self.a)

    def send(self, end: End, to: End) -> int:
        frames = end.session.frames_to_send()
        to.inbox.extend(frames)
        end.sent_bytes += sum(map(len, frames))
        return len(frames)

    def cut(self) -> None:
        """The link is gone, and all that was on its way with it."""
        for end, _ in self.ends:
            end.node.ends.remove(end)
            end.session.bye("cut")
            end.inbox.clear()
            end.uncommitted.clear()

    def settled(self) -> bool:
        return all(end.session.settled for end, _ in self.ends)

    def flight(self) -> bool:
        """Both sides send all they can at once, then both read and commit it; whether there was anything."""
        moved = False
        for end, to in self.ends:
            while self.send(end, to):
                moved = True
        for end, _ in self.ends:
            while end.inbox:
                end.session.receive_frame(end.inbox.popleft(), end.node.clock.now)
                end.take_events()
            while end.uncommitted:
                end.commit()
        self.flights += moved
        return moved

    def run(self) -> int:
        """Fly until nothing moves; how many flights it took."""
        before = self.flights
        while self.flight():
            assert self.flights - before < STEPS, "it never ends"
        return self.flights - before


def pass_time(wires: Iterable[Wire], clock: Clock, seconds: float) -> None:
    """Let time pass and tell the sessions."""
    clock.now += seconds
    for wire in wires:
        for end, _ in wire.ends:
            end.session.tick(clock.now)
            end.take_events()


def step(wire: Wire, chance: random.Random) -> bool:
    """One random small step on one wire; whether anything happened."""
    ends = list(wire.ends)
    chance.shuffle(ends)
    for end, to in ends:
        acts = ["send", "read", "commit"]
        chance.shuffle(acts)
        for act in acts:
            if act == "send" and wire.send(end, to):
                return True
            if act == "read" and end.inbox:
                end.session.receive_frame(end.inbox.popleft(), end.node.clock.now)
                end.take_events()
                return True
            if act == "commit" and end.uncommitted:
                end.commit()
                return True
    return False


def run_randomly(wires: list[Wire], chance: random.Random, steps: int = STEPS) -> bool:
    """Random steps until nothing moves (True), or until there were so many (False)."""
    for _ in range(steps):
        shuffled = list(wires)
        chance.shuffle(shuffled)
        if not any(step(wire, chance) for wire in shuffled):
            return True
    return False
