"""Peers who say what no honest node says: everything stays bounded, and only one error ends the link."""

from __future__ import annotations

import hashlib
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from crdt.identifiers import ItemId, ItemKey, Lane
from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.sync.codec import encode, pack_chunks
from meshnode.sync.events import PeerLeft
from meshnode.sync.frames import frames_of
from meshnode.sync.item_set import AFTER_ALL
from meshnode.sync.limits import (
    ANSWER_SECONDS,
    HELLO_SECONDS,
    MAX_ASKED_IDS,
    MAX_BLOCK_INFLATED_BYTES,
    MAX_NEED_IDS,
    MAX_RANGES,
    MAX_ROUNDS,
    MAX_WANT_IDS,
    SUPPORT_BYTES,
    WINDOW_BYTES,
)
from meshnode.sync.messages import (
    Block,
    Bye,
    Credit,
    Err,
    Hello,
    LaneState,
    MessageType,
    Neg,
    Offer,
    Pull,
    Push,
    Ready,
    State,
    Step,
    Want,
)
from meshnode.sync.negentropy import VERSION_1, RangeWriter
from tests.support.sets import MemorySets, made_item
from tests.sync.peer import EMPTY, NONCE, Peer, states_of

LIE = bytes(16)
HELLO = Hello(1, 1, 0, NONCE, (EMPTY, EMPTY, EMPTY), b"device")


def holding(count: int) -> MemorySets:
    sets = MemorySets()
    sets.put(Lane.ORDINARY, [made_item(number, 1000 + number, 60) for number in range(count)])
    return sets


def differing(sets: MemorySets) -> Peer:
    """An open link to a peer that says it has an equally large but other ordinary lane."""
    peer = Peer(sets)
    statements, urgent, ordinary = states_of(sets)
    peer.open((statements, urgent, LaneState(ordinary.count, LIE)))
    return peer


def lies(count: int, start: int = 1000) -> bytes:
    """So many one-item ranges with wrong fingerprints."""
    writer = RangeWriter()
    ranges = [writer.fingerprint((start + number).to_bytes(8, "big"), LIE) for number in range(count - 1)]
    return bytes((VERSION_1,)) + b"".join(ranges) + writer.fingerprint(AFTER_ALL, LIE)


def claimed_ids(start: int, count: int) -> bytes:
    ids = [hashlib.sha256(f"claimed {number}".encode()).digest() for number in range(start, start + count)]
    return bytes((VERSION_1,)) + RangeWriter().id_list(AFTER_ALL, ids)


# -- comparing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("items", [0, 2000, 60_000])
def test_a_frame_of_wrong_fingerprints_earns_one_frame(items: int) -> None:
    peer = differing(holding(items))
    peer.say(Neg(Lane.ORDINARY, True, lies(MAX_RANGES)))
    answers = peer.heard_of(Neg)
    assert len(answers) == 1
    assert sum(map(len, encode(answers[0]))) <= 64 * 1024


def test_more_ranges_than_an_honest_answer_has_are_refused() -> None:
    peer = differing(holding(10))
    with pytest.raises(RemoteProtocolError):
        peer.say(Neg(Lane.ORDINARY, True, lies(MAX_RANGES + 1)))


def test_a_comparison_without_end_is_cut() -> None:
    peer = differing(holding(500))
    lie = bytes((VERSION_1,)) + RangeWriter().fingerprint(AFTER_ALL, LIE)
    peer.say(Neg(Lane.ORDINARY, True, lie))
    with pytest.raises(RemoteProtocolError):
        for _ in range(MAX_ROUNDS):
            peer.say(Neg(Lane.ORDINARY, False, lie))
    assert len(peer.heard_of(Neg)) == MAX_ROUNDS
    assert isinstance(peer.listen()[-1], Err)


def test_who_makes_us_work_has_to_wait() -> None:
    peer = differing(holding(2000))
    answered = 0
    for _ in range(200):
        peer.say(Neg(Lane.ORDINARY, True, lies(MAX_RANGES)))
        if len(peer.heard_of(Neg)) == answered:
            break
        answered = len(peer.heard_of(Neg))
        peer.say(Neg(Lane.ORDINARY, False, bytes((VERSION_1,))))
    else:
        pytest.fail("the work is never bounded")
    assert 1 <= answered < 100
    deadline = peer.session.next_deadline()
    assert deadline is not None
    assert deadline > peer.now
    peer.wait(deadline - peer.now + 0.01)
    assert len(peer.heard_of(Neg)) == answered + 1, "it waits, it is not refused"


def test_ids_that_are_shown_and_never_given_end_the_link() -> None:
    peer = differing(holding(5))
    with pytest.raises(RemoteProtocolError, match="does not give"):
        for start in range(0, 40_000, 1500):
            peer.say(Neg(Lane.ORDINARY, True, claimed_ids(start, 1500)))
            assert peer.session.i_lack() <= MAX_NEED_IDS
            while len(peer.heard_of(Want)):
                peer.heard.clear()
                peer.say(Push(Lane.ORDINARY, True, ()))


def test_an_id_that_was_not_given_is_not_asked_for_again() -> None:
    peer = differing(holding(5))
    peer.say(Neg(Lane.ORDINARY, True, claimed_ids(0, 10)))
    peer.say(Push(Lane.ORDINARY, True, ()))
    peer.say(Neg(Lane.ORDINARY, True, claimed_ids(0, 10)))
    assert len(peer.heard_of(Want)) == 1
    assert peer.session.i_lack() == 0


def test_turns_out_of_turn_are_refused() -> None:
    peer = differing(holding(500))
    with pytest.raises(RemoteProtocolError):
        peer.say(Neg(Lane.ORDINARY, False, lies(3)))
    again = differing(holding(500))
    again.say(Neg(Lane.ORDINARY, True, lies(3)))
    with pytest.raises(RemoteProtocolError):
        again.say(Neg(Lane.ORDINARY, True, lies(3)))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x60",
        b"\x61\x00",
        b"\x61\x00\x00\x07",
        b"\x61\x00\x00\x02\x05" + bytes(32),
        b"\x61\x00\x21" + bytes(33) + b"\x00",
        b"\x61\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x61\x00\x00\x01" + bytes(15),
        b"\x61\x05\x01\xff\x00\x01\x00\x00",
    ],
    ids=lambda message: message.hex()[:16] or "empty",
)
def test_what_is_not_negentropy_is_refused(message: bytes) -> None:
    peer = differing(holding(5))
    with pytest.raises(RemoteProtocolError):
        peer.say(Neg(Lane.ORDINARY, True, message))


# -- blocks -----------------------------------------------------------------------------------------------------------

KEYS = [ItemKey(number.to_bytes(8, "big") + bytes(32)) for number in range(10)]


def block(*items: bytes, low: int = 5, eof: bool = False, count: int | None = None) -> Block:
    stream = zlib.compress(pack_chunks(items))
    return Block(Lane.ORDINARY, eof, KEYS[low], len(items) if count is None else count, stream)


def pulling() -> Peer:
    """An open link on which we have just asked for blocks."""
    peer = Peer(MemorySets())
    peer.open((EMPTY, EMPTY, LaneState(20, LIE)))
    assert peer.heard_of(Pull) == [Pull(Lane.ORDINARY, b"")]
    return peer


def bomb() -> Block:
    return Block(Lane.ORDINARY, False, KEYS[5], 1, zlib.compress(bytes(50 * MAX_BLOCK_INFLATED_BYTES), 9))


@pytest.mark.parametrize(
    "hostile",
    [
        bomb(),
        Block(Lane.ORDINARY, False, KEYS[5], 1, b"not zlib"),
        Block(Lane.ORDINARY, False, KEYS[5], 1, zlib.compress(b"\x01a")[:-2]),
        Block(Lane.ORDINARY, False, KEYS[5], 1, zlib.compress(b"\x01a") + b"more"),
        Block(Lane.ORDINARY, False, KEYS[5], 1, zlib.compress(b"\x05a")),
        Block(Lane.ORDINARY, False, b"", 1, zlib.compress(b"\x01a")),
        Block(Lane.URGENT, False, KEYS[5], 1, zlib.compress(b"\x01a")),
        block(b"a", b"b", count=3),
        block(count=0),
        block(*[b"x"] * 10_021),
    ],
    ids=["bomb", "garbage", "cut off", "trailing", "lying length", "no key", "other lane", "count", "empty", "surplus"],
)
def test_a_hostile_block_is_refused(hostile: Block) -> None:
    peer = pulling()
    with pytest.raises(RemoteProtocolError):
        peer.say(hostile)
    assert not [event for event in peer.events if not isinstance(event, PeerLeft)][1:]


def test_a_bomb_is_not_unpacked() -> None:
    peer, hostile = pulling(), bomb()
    tracemalloc.start()
    try:
        with pytest.raises(RemoteProtocolError):
            peer.say(hostile)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_BLOCK_INFLATED_BYTES


def test_blocks_have_to_go_down() -> None:
    peer = pulling()
    peer.say(block(b"a", low=5))
    with pytest.raises(RemoteProtocolError):
        peer.say(block(b"b", low=5))


def test_blocks_end_once() -> None:
    peer = pulling()
    peer.say(block(b"a", low=5, eof=True))
    with pytest.raises(RemoteProtocolError):
        peer.say(block(b"b", low=4))


def test_a_peer_pulls_one_thing_at_a_time() -> None:
    sets = holding(3000)
    peer = Peer(sets)
    statements, urgent, _ = states_of(sets)
    peer.open((statements, urgent, EMPTY))
    for frame in encode(Pull(Lane.ORDINARY, b"")):
        peer.session.receive_frame(frame, peer.now)
    with pytest.raises(RemoteProtocolError):
        peer.say(Pull(Lane.ORDINARY, b""))


# -- items and credit -------------------------------------------------------------------------------------------------


def test_items_beyond_the_window_are_refused() -> None:
    peer = differing(holding(5))
    with pytest.raises(RemoteProtocolError, match="credit"):
        for number in range(2 * WINDOW_BYTES // 60_000):
            peer.say(Push(Lane.ORDINARY, False, (bytes([number]) * 60_000,)))
    held = sum(len(item) for event in peer.events for item in getattr(event, "items", ()))
    assert held <= WINDOW_BYTES


def test_credit_for_nothing_is_refused() -> None:
    peer = differing(holding(5))
    with pytest.raises(RemoteProtocolError):
        peer.say(Credit(1))


def test_asking_for_too_much_at_once_is_refused() -> None:
    sets = holding(20_000)
    peer = differing(sets)
    ids = [ItemId(key[8:]) for key in sets.lane(Lane.ORDINARY).keys(0, 20_000)]
    with pytest.raises(RemoteProtocolError):
        for start in range(0, 20 * MAX_ASKED_IDS, MAX_WANT_IDS):
            chosen = tuple(ids[(start + number) % len(ids)] for number in range(MAX_WANT_IDS))
            peer.say(Want(Lane.ORDINARY, chosen))
    sent = sum(len(payload) for push in peer.heard_of(Push) for payload in push.items)
    assert sent <= WINDOW_BYTES


def test_asking_for_what_is_not_there_is_answered() -> None:
    peer = differing(holding(5))
    peer.say(Want(Lane.ORDINARY, (ItemId(bytes(32)),)))
    assert peer.heard_of(Push)[-1] == Push(Lane.ORDINARY, True, ())


def test_answers_to_no_question_are_refused() -> None:
    peer = differing(holding(5))
    with pytest.raises(RemoteProtocolError):
        peer.say(Push(Lane.ORDINARY, True, ()))


# -- too early, unknown, too long -------------------------------------------------------------------------------------

EARLY = [
    Ready(),
    Neg(Lane.STATEMENTS, True, lies(2)),
    Push(Lane.STATEMENTS, False, (b"x",)),
    Want(Lane.ORDINARY, ()),
    Pull(Lane.ORDINARY, b""),
    Credit(0),
    State(Step.OPEN, 1, (EMPTY, EMPTY, EMPTY)),
    block(b"a"),
]


@pytest.mark.parametrize("message", EARLY, ids=lambda message: type(message).__name__)
def test_nothing_comes_before_hello(message: Ready | Neg | Push | Want | Pull | Credit | State | Block) -> None:
    peer = Peer(holding(5))
    with pytest.raises(RemoteProtocolError):
        peer.say(message)


JUDGED_FIRST = [
    Neg(Lane.STATEMENTS, False, lies(2)),
    Push(Lane.ORDINARY, False, (b"x",)),
    Push(Lane.STATEMENTS, True, (b"x",)),
    Push(Lane.STATEMENTS, False, (bytes(SUPPORT_BYTES),)),
    Want(Lane.ORDINARY, ()),
    Pull(Lane.ORDINARY, b""),
    State(Step.OPEN, 1, (EMPTY, EMPTY, EMPTY)),
    block(b"a"),
    HELLO,
]


@pytest.mark.parametrize("message", JUDGED_FIRST, ids=lambda message: type(message).__name__)
def test_only_statements_come_before_the_device_is_known(
    message: Neg | Push | Want | Pull | State | Block | Hello,
) -> None:
    peer = Peer(holding(5))
    peer.greet()
    with pytest.raises(RemoteProtocolError):
        peer.say(message)


def test_first_turns_before_the_device_is_known_are_few() -> None:
    peer = Peer(holding(5))
    peer.greet()
    with pytest.raises(RemoteProtocolError):
        for _ in range(4):
            peer.say(Neg(Lane.STATEMENTS, True, lies(2)))


def test_nothing_is_given_before_the_device_is_known() -> None:
    peer = Peer(holding(50))
    peer.greet((LaneState(7, LIE), LaneState(7, LIE), LaneState(7, LIE)))
    peer.say(Neg(Lane.ORDINARY, True, claimed_ids(0, 10)))
    assert [type(message) for message in peer.heard] == [Hello, Push]
    assert peer.heard_of(Push) == [Push(Lane.STATEMENTS, False, (b"support",))]


@pytest.mark.parametrize("versions", [(2, 9), (0, 0)])
def test_versions_have_to_meet(versions: tuple[int, int]) -> None:
    peer = Peer(holding(5))
    with pytest.raises(RemoteProtocolError, match="too old"):
        peer.say(Hello(*versions, 0, NONCE, (EMPTY, EMPTY, EMPTY), b""))


def test_later_versions_may_add() -> None:
    peer = Peer(holding(5))
    peer.say(Hello(1, 9, 2**32 - 1, NONCE, states_of(peer.sets), b"device"))
    peer.session.grant(0.0)
    peer.say(Ready())
    for frame in (*frames_of(0x85, b"something new"), *frames_of(0xFF, bytes(200_000))):
        peer.session.receive_frame(frame, 0.0)
    peer.session.receive_frame(frames_of(MessageType.CREDIT, bytes(4) + b"more")[0], 0.0)
    assert peer.session.settled


def too_long() -> list[bytes]:
    return frames_of(MessageType.NEG, bytes(65_518))


@pytest.mark.parametrize(
    "frames",
    [
        [b""],
        [b"\x01"],
        [bytes((MessageType.CREDIT, 2)) + bytes(4)],
        [bytes((MessageType.CREDIT, 0)) + bytes(65_518)],
        frames_of(0x30, b""),
        frames_of(0x00, b""),
        [bytes((MessageType.PUSH, 1, Lane.ORDINARY, 0)), frames_of(MessageType.CREDIT, bytes(4))[0]],
        too_long(),
        frames_of(MessageType.HELLO, bytes(16 * 1024 + 1)),
        frames_of(MessageType.CREDIT, bytes(3)),
        frames_of(MessageType.WANT, bytes(2)),
        frames_of(MessageType.WANT, b"\x03"),
        frames_of(MessageType.PULL, b"\x02\x07" + bytes(7)),
        frames_of(MessageType.PUSH, b"\x02\x00\x05a"),
        frames_of(MessageType.STATE, b"\x09" + bytes(76)),
        frames_of(MessageType.BYE, b"\xff\xfe"),
        encode(Offer("x", (), b"")),
    ],
    ids=lambda frames: frames[0][:6].hex() or "empty",
)
def test_what_is_not_a_message_is_refused(frames: list[bytes]) -> None:
    peer = differing(holding(5))
    with pytest.raises(RemoteProtocolError):
        for frame in frames:
            peer.session.receive_frame(frame, 0.0)
    assert isinstance(peer.listen()[-1], Err)
    peer.session.receive_frame(b"whatever comes after that", 0.0)
    assert peer.session.next_deadline() is None


@pytest.mark.parametrize(
    "state",
    [
        State(Step.ANSWER, 1, (EMPTY, EMPTY, EMPTY)),
        State(Step.OPEN, 2, (EMPTY, EMPTY, EMPTY)),
    ],
    ids=["answer", "wrong number"],
)
def test_rounds_out_of_turn_are_refused(state: State) -> None:
    peer = differing(holding(5))
    with pytest.raises(RemoteProtocolError):
        peer.say(state)


# -- silence ----------------------------------------------------------------------------------------------------------


def test_who_says_nothing_is_left() -> None:
    peer = Peer(holding(5))
    assert peer.session.next_deadline() == HELLO_SECONDS
    peer.wait(HELLO_SECONDS)
    assert peer.events == [PeerLeft("too-slow")]
    assert peer.heard[-1] == Bye("too-slow")


def test_who_never_becomes_known_is_left() -> None:
    peer = Peer(holding(5))
    peer.wait(9.0)
    peer.greet()
    peer.wait(9.0)
    assert PeerLeft("unknown-device") not in peer.events
    peer.wait(1.0)
    assert peer.events[-1] == PeerLeft("unknown-device")


def owes_items() -> Peer:
    peer = differing(holding(5))
    peer.say(Neg(Lane.ORDINARY, True, claimed_ids(0, 10)))
    assert peer.heard_of(Want)
    return peer


@pytest.mark.parametrize("owing", [owes_items, pulling], ids=["items", "blocks"])
def test_who_owes_an_answer_for_too_long_is_left(owing: Callable[[], Peer]) -> None:
    peer = owing()
    deadline = peer.session.next_deadline()
    assert deadline is not None
    assert deadline <= ANSWER_SECONDS
    peer.wait(ANSWER_SECONDS - 1)
    assert not [event for event in peer.events if isinstance(event, PeerLeft)]
    peer.wait(1.0)
    assert peer.events[-1] == PeerLeft("too-slow")


def test_a_receipt_that_does_not_exist_is_our_fault() -> None:
    peer = differing(holding(5))
    with pytest.raises(LocalProtocolError):
        peer.session.committed(7, [], 0.0)
