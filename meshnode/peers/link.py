"""Link: joins one connection to one session, and both to the replica.

Rules of this module:
1. It decides nothing about the protocol (the session does) and nothing about truth (the replica does). It moves bytes,
   puts what arrived through the one door, and tells the session what is on disk.
2. How much is taken and given now is the gate's matter; a link waits when it says so.
3. Access is asked here: the key that the handshake proved must belong to a device with which this node links.
4. A peer's fault ends this link and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from crdt.identifiers import DeviceId, Lane
from meshnode.errors import PeerError, RemoteProtocolError, StorageError
from meshnode.events import AccessChanged, Event, ItemsCommitted, ItemsWithdrawn, MembershipChanged
from meshnode.membership.statements import Device, Hello, StatementRefused, check_statement, parse_statement
from meshnode.peers.gate import Gate
from meshnode.peers.link_end import LinkEnd, end_of
from meshnode.peers.rests import rest_after_fold
from meshnode.replica.replica import Accepted, Replica
from meshnode.sync.events import KeysGiven, PeerNotice, UrgentLevel
from meshnode.sync.session import PeerHello, PeerLeft, Received, Session, Settled
from meshnode.transport.connection import Connection
from meshnode.trust.access import Access, Linking

log = logging.getLogger("meshnode.peers")

STRIKES = 8
"""Malformed or forged items from one link before it is closed: a bug in one record passes, a liar does not."""

GOODBYE_SECONDS = 0.5
"""A stuck peer may not hold up the end of its own link."""


class Link:
    """One live conversation with one peer."""

    def __init__(
        self,
        connection: Connection,
        session: Session,
        replica: Replica,
        access: Access,
        *,
        gate: Gate,
        monotonic: Callable[[], float],
    ) -> None:
        self.connection = connection
        self.session = session
        self.device: DeviceId | None = None
        self.boot_nonce = b""
        self.granted = False
        self.since_ms = 0
        self.end: LinkEnd | None = None
        self._replica = replica
        self._access = access
        self._gate = gate
        self._monotonic = monotonic
        self._strikes = 0
        self._reasons: set[str] = set()
        self._wake = asyncio.Event()
        self._heard_from = asyncio.Event()
        self._inbox: asyncio.Queue[Received] = asyncio.Queue()
        self.on_granted: Callable[[Link], str] = lambda _: ""
        self.on_progress: Callable[[Link], None] = lambda _: None
        self.on_level: Callable[[Link, bytes], None] = lambda link, digest: None
        self.on_keys: Callable[[tuple[bytes, ...]], None] = lambda _: None
        self.on_notice: Callable[[DeviceId, str], None] = lambda device, code: None

    async def run(self) -> LinkEnd:
        """Speak until either side ends it; never raises for a peer's fault."""
        unsubscribe = self._replica.events.subscribe(self._heard)
        tasks = [
            asyncio.create_task(part()) for part in (self._receive, self._send_when_due, self._commit_what_arrives)
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self.end = self.end or end_of(done)
            # Whatever ended it, the other side is told if it can still hear; after a goodbye this says nothing.
            self.session.bye(self.end.code)
            await self._say_goodbye()
        finally:
            unsubscribe()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._take_last_words()
            await self.connection.close()
        return self.end or LinkEnd("closed", polite=True)

    def give_keys(self, keys: tuple[bytes, ...]) -> None:
        """Hand over network keys that the peer may lack, once each side has let the other in."""
        self.session.give_keys(keys, self._monotonic())
        self._wake.set()

    def close(self, code: str) -> None:
        """End the link politely: say why, then go."""
        self.end = self.end or LinkEnd(code, polite=True)
        self.session.bye(code)
        self._wake.set()

    async def answers(self, seconds: float) -> bool:
        """Whether the peer still lives: it is asked to say something."""
        self._heard_from.clear()
        self.session.probe()
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._heard_from.wait()
        return self.end is None and self._heard_from.is_set()

    def notify(self, code: str) -> None:
        """Tell the peer's person something."""
        self.session.notify(code)
        self._wake.set()

    # -- what arrives -----------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        while self.end is None:
            frame = await self.connection.receive()
            self._heard_from.set()
            self.session.receive_frame(frame, self._monotonic())
            self._take_events()
            self._wake.set()

    def _take_events(self) -> None:
        for event in self.session.events_received():
            match event:
                case PeerHello():
                    self._greet(event)
                case Received():
                    self._inbox.put_nowait(event)
                case KeysGiven():
                    self.on_keys(event.keys)
                case Settled():
                    self.on_progress(self)
                case UrgentLevel(digest=digest):
                    self.on_level(self, digest)
                case PeerNotice(code=code):
                    if self.granted and self.device is not None:
                        self.on_notice(self.device, code)
                case PeerLeft(code=code):
                    self.end = self.end or LinkEnd(code, polite=True)

    def _greet(self, hello: PeerHello) -> None:
        """The peer says which device it is: hold it to the key that the handshake proved."""
        try:
            check_statement(self._replica.network, hello.device_statement)
            statement = parse_statement(self._replica.network, hello.device_statement)
        except StatementRefused as refusal:
            raise RemoteProtocolError("the peer's own device statement is not valid") from refusal
        if not isinstance(statement, Device | Hello) or statement.noise != self.connection.remote.noise_key:
            raise RemoteProtocolError("the peer's device statement is for another key")
        self.device = statement.device
        self.boot_nonce = hello.boot_nonce
        self._judge()

    def _judge(self) -> None:
        """Open the change lanes to a current device, close to one that can no longer become one."""
        if self.granted or self.device is None:
            return
        match self._access.of(self.device):
            case Linking.OPEN:
                if refusal := self.on_granted(self):
                    self.close(refusal)
                    return
                self.granted = True
                self.session.grant(self._monotonic())
                self._wake.set()
                self.on_progress(self)
            case Linking.UNKNOWN:
                return
            case shut:
                self._part(shut)

    def _part(self, why: Linking) -> None:
        """Go; whoever was removed is told by whom, and whoever uses a device that was given up, that it was."""
        assert self.device is not None
        told = why in (Linking.REMOVED, Linking.PAST)
        self.session.bye(why.goodbye, self._access.farewell(self.device) if told else ())
        self.close(why.goodbye)

    async def _commit_what_arrives(self) -> None:
        while True:
            batch = await self._inbox.get()
            assert self.device is not None
            # Until this is dealt with the peer gets no credit for more.
            await asyncio.sleep(self._gate.took(self.device, sum(map(len, batch.items))))
            if not self._may_say(batch):
                self.close("unknown-device")
                return
            sifted = self._gate.sift(self.device, batch.lane, batch.items)
            try:
                accepted = await self._replica.accept(batch.lane, sifted.taken, bytes(self.device))
            except StorageError as error:
                log.warning("nothing more is taken from %s: %s", self.connection.remote.address, error)
                raise
            self._count_strikes(accepted)
            if self.end is not None:
                # What was accepted may have ended this link; nothing is said after the goodbye.
                return
            self.session.committed(batch.receipt, accepted.done, self._monotonic(), sifted.put_off)
            self._take_events()
            if batch.lane is Lane.STATEMENTS:
                self._judge()
            self.on_progress(self)
            self._wake.set()
            if batch.lane is Lane.STATEMENTS and accepted.new:
                await asyncio.sleep(rest_after_fold(len(accepted.new), self._replica.folding.seconds))

    def _may_say(self, batch: Received) -> bool:
        """A device that is not let in yet shows what its own standing rests on. Who is removed is not for it to tell:
        removed people could outvote everybody with friends whom they invented."""
        shown = batch.lane is Lane.STATEMENTS and not self.granted
        return not (shown and self._replica.folding.would_remove(batch.items))

    async def _take_last_words(self) -> None:
        """Statements that came whole before the end count, as far as the gate lets them: a goodbye's are about us."""
        while self.device is not None and not self._inbox.empty():
            batch = self._inbox.get_nowait()
            if batch.lane is Lane.STATEMENTS and self._may_say(batch):
                sifted = self._gate.sift(self.device, batch.lane, batch.items)
                with contextlib.suppress(StorageError):
                    await self._replica.accept(batch.lane, sifted.taken, bytes(self.device))

    def _count_strikes(self, accepted: Accepted) -> None:
        """Say in the log what was refused, each reason once a link; go when it is too much."""
        for code in sorted({refusal.code for refusal in accepted.refused} - self._reasons):
            self._reasons.add(code)
            log.warning("refused from %s: %s", (self.device or b"").hex()[:8], code)
        self._strikes += accepted.strikes
        if self._strikes > STRIKES:
            raise RemoteProtocolError("too many malformed items")

    # -- what goes out ----------------------------------------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        match event:
            case ItemsCommitted(lane=lane, items=items):
                self.session.publish(lane, items, self._monotonic())
                self._wake.set()
            case ItemsWithdrawn(lane=lane, keys=keys):
                self.session.withdraw(lane, keys)
            case MembershipChanged() | AccessChanged():
                self._recheck()

    def _recheck(self) -> None:
        if not self.granted:
            self._judge()
        elif self.device is not None and (now := self._access.of(self.device)) is not Linking.OPEN:
            self._part(now)

    async def _send_when_due(self) -> None:
        while True:
            rest = await self._send(self.session.frames_to_send())
            if self.end is not None:
                return
            await asyncio.sleep(rest)
            times = (self.session.next_deadline(), self._gate.due_at(self.device))
            deadline = min((time for time in times if time is not None), default=None)
            delay = None if deadline is None else max(0.0, deadline - self._monotonic())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()
            self._wake.clear()
            self.session.tick(self._monotonic())
            if self._gate.is_due(self.device):
                self.session.compare_again(self._monotonic())
            self._take_events()

    async def _send(self, frames: list[bytes]) -> float:
        """Send these; how long to rest then, because this peer had more than its share of this minute."""
        for frame in frames:
            await self.connection.send(frame)
        return self._gate.gave(self.device, sum(map(len, frames))) if self.device is not None else 0.0

    async def _say_goodbye(self) -> None:
        with contextlib.suppress(PeerError, OSError, TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                for frame in self.session.frames_to_send():
                    await self.connection.send(frame)

    # -- what a person may know -------------------------------------------------------------------------------------

    @property
    def they_lack(self) -> int:
        """Items of ours that the peer is not known to hold."""
        return self.session.they_lack()

    @property
    def i_lack(self) -> int:
        """Items the peer is known to hold and we do not."""
        return self.session.i_lack()
