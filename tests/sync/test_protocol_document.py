"""PROTOCOL.md says what the code does: its message table, its pictures and its example bytes."""

from __future__ import annotations

import re

from crdt.identifiers import Lane
from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.sync.codec import encode
from meshnode.sync.messages import Credit, LaneState, Message, MessageType, Neg, Push, State, Step
from meshnode.sync.transitions import (
    PEERS_STEPS,
    TRANSITIONS,
    Act,
    JoinPhase,
    LanePhase,
    Phase,
    next_join_phase,
    next_lane_phase,
    next_phase,
)
from tests.sync.protocol_pictures import DOCUMENT, drawn, fields_of, longest_of, pictures, rows

TEXT = DOCUMENT.read_text()


def test_the_message_table_is_that_of_the_code() -> None:
    table = rows(TEXT)
    assert list(table) == [kind.name for kind in MessageType]
    for kind in MessageType:
        number, layout, longest = table[kind.name]
        assert number == kind
        assert longest == longest_of(kind)
        assert set(re.findall(r"`(\w+)`", layout)) == fields_of(kind)


def test_the_pictures_are_those_of_the_table() -> None:
    assert drawn(TEXT) == pictures()


def test_the_example_bytes_are_those_of_the_codec() -> None:
    lane = LaneState(3, bytes(range(16)))
    examples: dict[str, Message] = {
        "CREDIT": Credit(1000),
        "NEG": Neg(Lane.ORDINARY, True, bytes.fromhex("61000001") + bytes(range(16)), 2, 0),
        "PUSH": Push(Lane.URGENT, True, (b"abc", b""), True),
        "STATE": State(Step.OPEN, 1, (lane, lane, lane)),
    }
    shown = dict(re.findall(r"^    ([A-Z]+) += ([0-9a-f ]+)$", TEXT, flags=re.MULTILINE))
    assert set(shown) == set(examples)
    for name, message in examples.items():
        assert bytes.fromhex(shown[name]) == b"".join(encode(message))


def test_steps_that_are_not_in_the_table_cannot_be_taken() -> None:
    for state, steps in TRANSITIONS.items():
        for step in (*MessageType, *Act):
            if step in steps:
                continue
            theirs = isinstance(step, MessageType) or step in PEERS_STEPS
            if isinstance(state, LanePhase) and isinstance(step, MessageType):
                continue
            if isinstance(state, Phase | JoinPhase):
                theirs = isinstance(step, MessageType)
            try:
                match state:
                    case Phase():
                        next_phase(state, step)
                    case LanePhase():
                        assert isinstance(step, Act)
                        next_lane_phase(state, step)
                    case JoinPhase():
                        next_join_phase(state, step)
            except RemoteProtocolError:
                assert theirs
            except LocalProtocolError:
                assert not theirs
            else:
                raise AssertionError(f"{step} while {state}")
