"""TRANSITIONS: which step may follow which, for the session, for each lane and for joining; one table.

Rules of this module:
1. A step that is not in the table cannot be taken: from a peer it is a RemoteProtocolError, from us a bug.
2. The table draws the pictures in PROTOCOL.md; a test compares them.
"""

from __future__ import annotations

import enum

from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.sync.messages import MessageType


class Phase(enum.Enum):
    """Where a session is."""

    GREETING = "greeting"
    """Nothing heard yet."""
    JUDGING = "judging"
    """The peer said which device it is; the owner has not said whether it is current."""
    OPEN = "open"
    """Everything may come."""
    OVER = "over"
    """Last words may still go out; nothing is listened to."""


class LanePhase(enum.Enum):
    """Where the comparison of a lane is."""

    WAITING = "waiting"
    """It differs, or nobody knows; it is our turn to begin as soon as the order of lanes allows."""
    EXPECTING = "expecting"
    """It differs, and it is the peer's turn to begin."""
    COMPARING = "comparing"
    """Fingerprints go to and fro."""
    PULLING = "pulling"
    """We take it in blocks."""
    SERVING = "serving"
    """We give it in blocks."""
    LEVEL = "level"
    """Compared: what is left is on its way, new items follow as they come."""


class JoinPhase(enum.Enum):
    """Where one end of a join link is."""

    OFFERED = "offered"
    """Host: the guest looks at the offer."""
    DECIDING = "deciding"
    """Host: the owner checks what the guest sent."""
    LOOKING = "looking"
    """Guest: the offer has not come yet."""
    CHOOSING = "choosing"
    """Guest: the owner checks the offer, a person decides."""
    APPLIED = "applied"
    """Guest: the host decides."""
    OVER = "join over"
    """Nothing more will come."""


class Act(enum.Enum):
    """Steps that are not the arrival of a message."""

    GRANT = "grant"
    LEAVE = "leave"
    EQUAL = "equal digests"
    OUR_TURN = "we begin"
    THEIR_TURN = "they begin"
    START = "start"
    STARTED = "peer starts"
    FINISHED = "nothing left to compare"
    PULL = "pull"
    PULLED = "peer pulls"
    ALL_TAKEN = "last block on disk"
    ALL_GIVEN = "last block sent"
    APPLY = "apply"
    WELCOME = "welcome"
    REFUSE = "refuse"
    HAND_OVER = "hand over"


State = Phase | LanePhase | JoinPhase
Step = MessageType | Act

_IN_OPEN = (
    MessageType.READY,
    MessageType.STATE,
    MessageType.NEG,
    MessageType.PULL,
    MessageType.BLOCK,
    MessageType.WANT,
    MessageType.PUSH,
    MessageType.CREDIT,
    MessageType.NOTICE,
    MessageType.KEYS,
)
_LEAVING: dict[Step, State] = {MessageType.BYE: Phase.OVER, MessageType.ERR: Phase.OVER, Act.LEAVE: Phase.OVER}
_LEAVING_JOIN: dict[Step, State] = dict.fromkeys((MessageType.BYE, MessageType.ERR, Act.LEAVE), JoinPhase.OVER)
_NEW_ROUND: dict[Step, State] = {
    Act.EQUAL: LanePhase.LEVEL,
    Act.OUR_TURN: LanePhase.WAITING,
    Act.THEIR_TURN: LanePhase.EXPECTING,
}
_BEGUN_BY_PEER: dict[Step, State] = {Act.STARTED: LanePhase.COMPARING, Act.PULLED: LanePhase.SERVING}

TRANSITIONS: dict[State, dict[Step, State]] = {
    Phase.GREETING: {MessageType.HELLO: Phase.JUDGING, **_LEAVING},
    Phase.JUDGING: {
        MessageType.READY: Phase.JUDGING,
        MessageType.NEG: Phase.JUDGING,
        MessageType.PUSH: Phase.JUDGING,
        MessageType.CREDIT: Phase.JUDGING,
        MessageType.NOTICE: Phase.JUDGING,
        Act.GRANT: Phase.OPEN,
        **_LEAVING,
    },
    Phase.OPEN: {**dict.fromkeys(_IN_OPEN, Phase.OPEN), **_LEAVING},
    Phase.OVER: {},
    LanePhase.WAITING: {
        Act.START: LanePhase.COMPARING,
        Act.PULL: LanePhase.PULLING,
        **_BEGUN_BY_PEER,
        **_NEW_ROUND,
    },
    LanePhase.EXPECTING: {**_BEGUN_BY_PEER, **_NEW_ROUND},
    LanePhase.COMPARING: {Act.STARTED: LanePhase.COMPARING, Act.FINISHED: LanePhase.LEVEL},
    LanePhase.PULLING: {Act.ALL_TAKEN: LanePhase.WAITING},
    LanePhase.SERVING: {Act.ALL_GIVEN: LanePhase.EXPECTING, Act.STARTED: LanePhase.COMPARING},
    LanePhase.LEVEL: {Act.START: LanePhase.COMPARING, **_BEGUN_BY_PEER, **_NEW_ROUND},
    JoinPhase.OFFERED: {
        MessageType.APPLY: JoinPhase.DECIDING,
        Act.REFUSE: JoinPhase.OVER,
        Act.HAND_OVER: JoinPhase.OVER,
        **_LEAVING_JOIN,
    },
    JoinPhase.DECIDING: {Act.WELCOME: JoinPhase.OVER, Act.REFUSE: JoinPhase.OVER, **_LEAVING_JOIN},
    JoinPhase.LOOKING: {
        MessageType.OFFER: JoinPhase.CHOOSING,
        MessageType.REFUSED: JoinPhase.OVER,
        MessageType.TOKEN: JoinPhase.OVER,
        **_LEAVING_JOIN,
    },
    JoinPhase.CHOOSING: {Act.APPLY: JoinPhase.APPLIED, **_LEAVING_JOIN},
    JoinPhase.APPLIED: {MessageType.WELCOME: JoinPhase.OVER, MessageType.REFUSED: JoinPhase.OVER, **_LEAVING_JOIN},
    JoinPhase.OVER: {},
}
BUSY = frozenset({LanePhase.COMPARING, LanePhase.PULLING, LanePhase.SERVING})
PEERS_STEPS = frozenset({Act.STARTED, Act.PULLED})


def next_phase(phase: Phase, step: Step) -> Phase:
    """Where the session is after a step.

    Raises:
        RemoteProtocolError: a message that may not come now.
        LocalProtocolError: an act of ours that may not be taken now.
    """
    following = TRANSITIONS[phase].get(step)
    if isinstance(following, Phase):
        return following
    if isinstance(step, MessageType):
        raise RemoteProtocolError(f"{step.name} may not come while {phase.value}")
    raise LocalProtocolError(f"{step.value} while {phase.value}")


def next_lane_phase(phase: LanePhase, act: Act) -> LanePhase:
    """Where a lane is after a step.

    Raises:
        RemoteProtocolError: the peer began something that it may not begin now.
        LocalProtocolError: an act of ours that may not be taken now.
    """
    following = TRANSITIONS[phase].get(act)
    if isinstance(following, LanePhase):
        return following
    if act in PEERS_STEPS:
        raise RemoteProtocolError(f"{act.value} while {phase.value}")
    raise LocalProtocolError(f"{act.value} while {phase.value}")


def next_join_phase(phase: JoinPhase, step: Step) -> JoinPhase:
    """Where an end of a join link is after a step.

    Raises:
        RemoteProtocolError: a message that may not come now.
        LocalProtocolError: an act of ours that may not be taken now.
    """
    following = TRANSITIONS[phase].get(step)
    if isinstance(following, JoinPhase):
        return following
    if isinstance(step, MessageType):
        raise RemoteProtocolError(f"{step.name} may not come while {phase.value}")
    raise LocalProtocolError(f"{step.value} while {phase.value}")
