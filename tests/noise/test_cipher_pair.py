"""What a finished handshake leaves: order, and nothing forged."""

from __future__ import annotations

import random

import pytest

from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.noise.cipher_pair import MAX_FRAME_BYTES, CipherPair
from meshnode.noise.cipher_state import LAST_NONCE, CipherState
from tests.noise.people import random_keys, shake_hands


@pytest.fixture
def pair() -> tuple[CipherPair, CipherPair]:
    keys = random_keys(random.Random(11))
    dialler, answerer = keys.dialler(), keys.answerer()
    shake_hands(dialler, answerer)
    return dialler.result(), answerer.result()


def test_the_longest_frame_fits_one_message(pair: tuple[CipherPair, CipherPair]) -> None:
    one, other = pair
    sealed = one.encrypt(bytes(MAX_FRAME_BYTES))
    assert MAX_FRAME_BYTES == 65_519
    assert len(sealed) == 65_535
    assert other.decrypt(sealed) == bytes(MAX_FRAME_BYTES)
    with pytest.raises(LocalProtocolError):
        one.encrypt(bytes(MAX_FRAME_BYTES + 1))
    with pytest.raises(RemoteProtocolError):
        other.decrypt(bytes(65_536))


def test_the_receive_nonce_moves_only_on_success(pair: tuple[CipherPair, CipherPair]) -> None:
    one, other = pair
    first, second = one.encrypt(b"first"), one.encrypt(b"second")
    for bad in (b"", bytes(15), bytes(16), second, first[:-1], first + b"\0", bytes([first[0] ^ 1]) + first[1:]):
        with pytest.raises(RemoteProtocolError):
            other.decrypt(bad)
    assert other.decrypt(first) == b"first"
    with pytest.raises(RemoteProtocolError):
        other.decrypt(first)
    assert other.decrypt(second) == b"second"


def test_a_frame_sent_back_to_its_sender_does_not_open(pair: tuple[CipherPair, CipherPair]) -> None:
    one, _ = pair
    with pytest.raises(RemoteProtocolError):
        one.decrypt(one.encrypt(b"echo"))


def test_the_last_nonce_is_never_used() -> None:
    cipher = CipherState(bytes(32), LAST_NONCE - 1)
    cipher.encrypt(b"")
    assert cipher.nonce == LAST_NONCE
    with pytest.raises(LocalProtocolError):
        cipher.encrypt(b"")
    with pytest.raises(LocalProtocolError):
        cipher.decrypt(bytes(16))
