"""Exchange: two sessions over two replicas in one process, in strict turns, so that each side's work can be told apart.

Rules of this module:
1. Each side does what a link does: what arrives goes through the replica's door, what is on disk is acknowledged.
2. CPU is this process's time, with every thread, while it is one side's turn: the other side rests then.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from bench.shelf import Shelf
from bench.written import membership
from crdt.identifiers import Lane
from meshnode.events import Event, ItemsCommitted
from meshnode.replica.local_sets import ReplicaSets
from meshnode.sync.codec import decode
from meshnode.sync.messages import Hello, MessageType
from meshnode.sync.session import LocalHello, PeerHello, Received, Session
from meshnode.sync.wanted import Wanted

HEAD_BYTES = 2
LANE_STATE_BYTES = 24


class Side:
    """One node's end."""

    def __init__(self, shelf: Shelf, name: str, *, dialler: bool) -> None:
        self.replica = shelf.replica
        self.cpu = 0.0
        self.sent: Counter[MessageType] = Counter()
        device = self.replica.identity.device
        support = tuple(shelf.store.statements_by_id(membership().support(device)))
        certificate = shelf.store.statement(membership().devices[device].certificate) or b""
        hello = LocalHello(certificate, support, 0, name.encode().ljust(16, b"\0"))
        self.hello_rest_bytes = 0
        began = time.process_time()
        self.session = Session(dialler, ReplicaSets(self.replica), hello, Wanted(), time.monotonic())
        self.cpu += time.process_time() - began
        self.unsubscribe = self.replica.events.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        if isinstance(event, ItemsCommitted):
            self.session.publish(event.lane, event.items, time.monotonic())

    async def turn(self, frames: Sequence[bytes]) -> list[bytes]:
        """Read everything, put it on disk, and say everything there is to say."""
        began = time.process_time()
        for frame in frames:
            self.session.receive_frame(frame, time.monotonic())
            await self._take_events()
        await self._take_events()
        out: list[bytes] = []
        while more := self.session.frames_to_send():
            out += more
        self.cpu += time.process_time() - began
        for frame in out:
            self._count(frame)
        return out

    async def _take_events(self) -> None:
        for event in self.session.events_received():
            match event:
                case PeerHello():
                    self.session.grant(time.monotonic())
                case Received():
                    accepted = await self.replica.accept(event.lane, event.items, b"peer")
                    self.session.committed(event.receipt, accepted.done, time.monotonic())
                case _:
                    pass

    def _count(self, frame: bytes) -> None:
        kind = MessageType(frame[0])
        size = len(frame)
        if kind is MessageType.HELLO:
            hello = decode(kind, frame[HEAD_BYTES:])
            assert isinstance(hello, Hello)
            digests = HEAD_BYTES + LANE_STATE_BYTES * len(hello.lanes)
            self.hello_rest_bytes += size - digests
            size = digests
        self.sent[kind] += size

    @property
    def sync_bytes(self) -> int:
        """Digests, NEG, WANT, credit, items, and the framing of all of them; of a HELLO the digests alone."""
        return sum(self.sent.values())


class Exchange:
    """Both ends and the turns between them."""

    def __init__(self, dialler: Shelf, answerer: Shelf) -> None:
        self.dialler = Side(dialler, "dialler", dialler=True)
        self.answerer = Side(answerer, "answerer", dialler=False)
        self.flights = 0
        self._to_answerer: list[bytes] = []
        self._to_dialler: list[bytes] = []

    async def run(self, until: Callable[[], bool] | None = None) -> int:
        """Take turns until nothing moves, or until `until` holds; how many flights it took.

        A flight is what both sides send without waiting for the other.
        """
        before = self.flights
        while until is None or not until():
            to_dialler, self._to_dialler = self._to_dialler, []
            to_answerer, self._to_answerer = self._to_answerer, []
            self._to_answerer = await self.dialler.turn(to_dialler)
            self._to_dialler = await self.answerer.turn(to_answerer)
            if not self._to_dialler and not self._to_answerer:
                break
            self.flights += 1
        return self.flights - before

    def end(self) -> Exchange:
        """The link is gone."""
        for side in (self.dialler, self.answerer):
            side.session.bye("closed")
            side.unsubscribe()
        return self

    @property
    def sync_bytes(self) -> int:
        """Of both sides."""
        return self.dialler.sync_bytes + self.answerer.sync_bytes

    @property
    def cpu(self) -> float:
        """Of both sides."""
        return self.dialler.cpu + self.answerer.cpu

    def said(self) -> str:
        """Bytes by kind of message."""
        both = self.dialler.sent + self.answerer.sent
        return ", ".join(f"{kind.name} {size:,}" for kind, size in sorted(both.items()))

    def is_equal(self) -> bool:
        """Whether both hold the same."""
        mine, theirs = (
            [side.replica.store.index(lane).total for lane in Lane] for side in (self.dialler, self.answerer)
        )
        return mine == theirs
