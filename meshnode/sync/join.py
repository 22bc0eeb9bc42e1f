"""JoinHost and JoinGuest: the two ends of a link over which somebody joins.

Rules of this module:
1. Only statements and, at the very end, the network's key. The owner (host and guest alike) does all checking.
2. The guest may look at the offer and go: nothing has been told about it then.
3. The whole link lasts at most JOIN_SECONDS.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshnode.errors import RemoteProtocolError
from meshnode.sync.codec import EPOCH_KEY_BYTES, body_limit, decode, encode
from meshnode.sync.events import PeerLeft
from meshnode.sync.frames import Assembler
from meshnode.sync.limits import JOIN_SECONDS, MAX_REASON_BYTES
from meshnode.sync.messages import Apply, Bye, Err, Message, MessageType, Offer, Refused, Token, Welcome
from meshnode.sync.transitions import Act, JoinPhase, next_join_phase

JoinEvent = Offer | Apply | Welcome | Refused | Token | PeerLeft
"""What arrived, as it was sent; nothing of it is verified here."""

OVER = JoinPhase.OVER


@dataclass(slots=True)
class _JoinEnd:
    """What both ends have in common."""

    phase: JoinPhase
    deadline: float
    assembler: Assembler
    frames: list[bytes]
    events: list[JoinEvent]

    def receive(self, frame: bytes) -> None:
        if self.phase is OVER:
            return
        try:
            arrived = self.assembler.take(frame)
            if arrived is not None:
                self._take(MessageType(arrived[0]), arrived[1])
        except RemoteProtocolError:
            self.say(Err(RemoteProtocolError.code))
            self.phase = OVER
            raise

    def _take(self, kind: MessageType, body: bytes) -> None:
        message = decode(kind, body)
        self.phase = next_join_phase(self.phase, kind)
        match message:
            case Offer() | Apply() | Welcome() | Refused() | Token():
                self.events.append(message)
            case Bye() | Err():
                self.events.append(PeerLeft(message.code or "closed"))
            case _:  # pragma: no cover -- the table lets no message of a session come here
                raise RemoteProtocolError("not a message of a join link")

    def act(self, act: Act, message: Message) -> None:
        self.phase = next_join_phase(self.phase, act)
        self.say(message)

    def say(self, message: Message) -> None:
        self.frames += encode(message)

    def tick(self, now: float) -> None:
        if self.phase is not OVER and now >= self.deadline:
            self.act(Act.LEAVE, Bye("too-slow"))
            self.events.append(PeerLeft("too-slow"))


def _fresh(phase: JoinPhase, now: float) -> _JoinEnd:
    return _JoinEnd(phase, now + JOIN_SECONDS, Assembler(body_limit), [], [])


class _JoinSide:
    """The verbs that host and guest share."""

    def __init__(self, phase: JoinPhase, now: float) -> None:
        self._end = _fresh(phase, now)

    def receive_frame(self, frame: bytes, now: float) -> None:
        """Take one frame; then send `frames_to_send()` and take `events_received()`.

        Raises:
            RemoteProtocolError: the other side broke the protocol; send what is queued, then close.
        """
        self._end.tick(now)
        self._end.receive(frame)

    def frames_to_send(self) -> list[bytes]:
        """Frames for the other side, in order."""
        frames, self._end.frames = self._end.frames, []
        return frames

    def events_received(self) -> list[JoinEvent]:
        """What arrived since the last call."""
        events, self._end.events = self._end.events, []
        return events

    def tick(self, now: float) -> None:
        """Time has passed."""
        self._end.tick(now)

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        return None if self.is_over else self._end.deadline

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come; last words may still have to be sent."""
        return self._end.phase is OVER

    def bye(self, code: str) -> None:
        """Go without more ado."""
        if not self.is_over:
            self._end.act(Act.LEAVE, Bye(code[:MAX_REASON_BYTES]))


class JoinHost(_JoinSide):
    """The end of a member's device: makes an offer, then lets the guest in or refuses.

    To a guest who proved spoken words it gives a token instead, and that is all: they come again with it.
    """

    def __init__(self, opening: Offer | Refused | Token, now: float) -> None:
        super().__init__(JoinPhase.OFFERED, now)
        match opening:
            case Offer():
                self._end.say(opening)
            case Refused():
                self._end.act(Act.REFUSE, opening)
            case Token():
                self._end.act(Act.HAND_OVER, opening)

    def welcome(self, statements: tuple[bytes, ...], epoch_key: bytes) -> None:
        """After Apply, once the witness's statement is on disk: let the guest in."""
        if len(epoch_key) != EPOCH_KEY_BYTES:
            raise ValueError("an epoch key has 32 bytes")
        self._end.act(Act.WELCOME, Welcome(statements, epoch_key))

    def refuse(self, code: str, sentence: str) -> None:
        """After Apply: no, and why, in words for a person."""
        self._end.act(Act.REFUSE, Refused(code, sentence))


class JoinGuest(_JoinSide):
    """The end of the newcomer: looks at the offer, then applies or goes."""

    def __init__(self, now: float) -> None:
        super().__init__(JoinPhase.LOOKING, now)

    def apply(self, statements: tuple[bytes, ...]) -> None:
        """After Offer, once it is verified and the person said yes: our hello, and the INVITE statement if held."""
        self._end.act(Act.APPLY, Apply(statements))
