"""Mutated frames at every stage of real conversations: nothing but RemoteProtocolError ever comes out."""

from __future__ import annotations

import os
import random

from crdt.identifiers import Lane
from meshnode.errors import RemoteProtocolError
from tests.sync.talk import Clock, End, Node, Wire
from tests.sync.test_weather import Weather

MUTATIONS = 5000 * int(os.environ.get("MESHNODE_FUZZ", "1"))
PER_FRAME = 0.25


def mutated(frame: bytes, chance: random.Random) -> bytes:
    """One frame with something wrong in it."""
    changed = bytearray(frame)
    match chance.randrange(6):
        case 0:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        case 1:
            changed[chance.randrange(min(4, len(changed)))] = chance.randrange(20)
        case 2:
            del changed[chance.randrange(len(changed)) :]
        case 3:
            at = chance.randrange(len(changed))
            changed[at:at] = chance.randbytes(chance.randrange(1, 9))
        case 4:
            at = chance.randrange(len(changed))
            del changed[at : at + chance.randrange(1, 9)]
        case _:
            changed[2:] = chance.randbytes(chance.randrange(60))
    return bytes(changed)


def converse(weather: Weather) -> int:
    """One conversation until it breaks or ends; how many frames were mutated."""
    chance, clock = weather.chance, Clock()
    alice, bob = Node("alice", clock), Node("bob", clock)
    for lane, most in ((Lane.STATEMENTS, 6), (Lane.ORDINARY, 80)):
        items = weather.items(lane, chance.randrange(1, most))
        alice.put(lane, items)
        bob.put(lane, items[: chance.randrange(len(items) + 1)])
    wire, count = Wire(alice, bob), 0
    for _ in range(30):
        for end, to in wire.ends:
            for frame in end.session.frames_to_send():
                wrong = chance.random() < PER_FRAME
                count += wrong
                try:
                    read(to, mutated(frame, chance) if wrong else frame)
                except RemoteProtocolError:
                    to.session.frames_to_send()
                    return count
        clock.now += chance.random()
    return count


def read(end: End, frame: bytes) -> None:
    end.session.receive_frame(frame, end.node.clock.now)
    end.take_events()
    while end.uncommitted:
        end.commit()
    end.session.tick(end.node.clock.now)
    end.session.next_deadline()
    assert end.session.they_lack() >= 0
    assert end.session.i_lack() >= 0


def test_mutated_frames_raise_the_one_error() -> None:
    done = seed = 0
    while done < MUTATIONS:
        seed += 1
        try:
            done += converse(Weather(seed))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
