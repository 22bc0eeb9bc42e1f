"""SPAKE2: the same bytes and keys as an independent implementation, and every wrong message refused."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from typing import Any

import pytest
from spake2 import SPAKE2_A, SPAKE2_B
from spake2.parameters.ed25519 import ParamsEd25519

from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.noise.spake2 import KEY_BYTES, MESSAGE_BYTES, M, N, Side, Spake2
from tests.noise.test_handshake import LOW_ORDER
from tests.support.people import fuzz_count

SEED = 20_261_125
THEIR_SIDES = {Side.A: SPAKE2_A, Side.B: SPAKE2_B}
OTHER = {Side.A: Side.B, Side.B: Side.A}
P = 2**255 - 19
SMALL_ORDER = [
    (1).to_bytes(32, "little"),
    (P - 1).to_bytes(32, "little"),
    bytes(32),
    bytes(31) + b"\x80",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
]
"""All eight points whose order divides the cofactor; the first is zero."""


def ours(side: Side, password: bytes, entropy: bytes, ids: tuple[bytes, bytes] = (b"", b"")) -> Spake2:
    return Spake2(side, password, id_a=ids[0], id_b=ids[1], random=entropy)


def theirs(side: Side, password: bytes, entropy: Callable[[int], bytes], ids: tuple[bytes, bytes]) -> Any:
    return THEIR_SIDES[side](password, idA=ids[0], idB=ids[1], entropy_f=entropy)


def _given(entropy: bytes, _: int) -> bytes:
    return entropy


def test_the_constants_are_the_hashed_ones() -> None:
    assert ParamsEd25519.M.to_bytes() == M
    assert ParamsEd25519.N.to_bytes() == N


@pytest.mark.parametrize("side", list(Side))
def test_random_exchanges_agree_with_the_reference_in_this_role(side: Side) -> None:
    print("seed", SEED)
    chance = random.Random(SEED + ord(side.value))
    for _ in range(fuzz_count(10)):
        password, ids = chance.randbytes(chance.randrange(40)), (chance.randbytes(5), chance.randbytes(9))
        entropy = chance.randbytes(64)
        mine = ours(side, password, entropy, ids)
        twin = theirs(side, password, functools.partial(_given, entropy), ids)
        assert twin.start() == mine.message, "the same randomness gives the same bytes"
        other = theirs(OTHER[side], password, chance.randbytes, ids)
        message = other.start()
        key = mine.finish(message)
        assert key == other.finish(mine.message)
        assert len(key) == KEY_BYTES
        assert len(message) == len(mine.message) == MESSAGE_BYTES


def test_other_words_or_names_give_another_key() -> None:
    words, ids = b"maple kettle robin", (b"joiner", b"host")
    for password, names, agree in (
        (words, ids, True),
        (b"maple kettle robot", ids, False),
        (words, (b"joiner", b"hosts"), False),
        (words, (b"host", b"joiner"), False),
    ):
        one, two = ours(Side.A, words, bytes(range(64)), ids), ours(Side.B, password, bytes(range(1, 65)), names)
        assert (one.finish(two.message) == two.finish(one.message)) is agree


@pytest.mark.parametrize("side", list(Side))
def test_what_is_no_message_of_the_other_side_is_refused(side: Side) -> None:
    other = ours(OTHER[side], b"words", bytes(range(1, 65))).message
    mine = ours(side, b"words", bytes(range(64)))
    outside = (2).to_bytes(32, "little")
    twisted = ParamsEd25519.M.add(ParamsEd25519.group.bytes_to_element(M)).to_bytes()
    assert ours(side, b"words", bytes(range(64))).finish(OTHER[side].value + twisted), "a point of the group passes"
    wrong = [
        b"",
        other[:-1],
        other + b"\0",
        other[1:],
        side.value + other[1:],
        b"S" + other[1:],
        mine.message,
        OTHER[side].value + mine.message[1:],
        OTHER[side].value + outside,
        OTHER[side].value + b"\xff" * 32,
        *(OTHER[side].value + point for point in SMALL_ORDER),
        *(OTHER[side].value + point for point in LOW_ORDER),
    ]
    for message in wrong:
        with pytest.raises(RemoteProtocolError):
            ours(side, b"words", bytes(range(64))).finish(message)


@pytest.mark.parametrize("side", list(Side))
def test_a_point_of_mixed_order_is_refused(side: Side) -> None:
    """The group's point plus one of order eight: on the curve, and still not of the prime-order group."""
    from spake2 import ed25519_basic as curve

    eighth = curve.bytes_to_unknown_group_element(SMALL_ORDER[4])
    mixed = curve.ElementOfUnknownGroup(curve.add_elements(curve.Base.XYTZ, eighth.XYTZ)).to_bytes()
    with pytest.raises(RemoteProtocolError):
        ours(side, b"words", bytes(range(64))).finish(OTHER[side].value + mixed)


@pytest.mark.parametrize("side", list(Side))
def test_an_answer_without_a_secret_of_its_own_is_refused(side: Side) -> None:
    """Whoever knows the words and sends only their blinding would make the shared point zero."""
    scalar = ParamsEd25519.group.password_to_scalar(b"words")
    blinding = (ParamsEd25519.N if side is Side.A else ParamsEd25519.M).scalarmult(scalar).to_bytes()
    with pytest.raises(RemoteProtocolError):
        ours(side, b"words", bytes(range(64))).finish(OTHER[side].value + blinding)


def test_mutated_messages_give_another_key_or_a_refusal() -> None:
    print("seed", SEED)
    chance = random.Random(SEED)
    good = ours(Side.B, b"words", chance.randbytes(64)).message
    key = ours(Side.A, b"words", bytes(range(64))).finish(good)
    for _ in range(fuzz_count(300)):
        mutated = bytearray(good)
        mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        try:
            assert ours(Side.A, b"words", bytes(range(64))).finish(bytes(mutated)) != key
        except RemoteProtocolError:
            continue


def test_an_object_serves_one_exchange() -> None:
    other = ours(Side.B, b"words", bytes(range(1, 65))).message
    for first in (other, b"nonsense"):
        mine = ours(Side.A, b"words", bytes(range(64)))
        try:
            mine.finish(first)
        except RemoteProtocolError:
            assert first != other
        with pytest.raises(LocalProtocolError):
            mine.finish(other)


def test_too_little_randomness_is_our_fault() -> None:
    with pytest.raises(LocalProtocolError):
        ours(Side.A, b"words", bytes(63))
