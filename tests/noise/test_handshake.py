"""The rules of the handshake, each broken on purpose."""

from __future__ import annotations

import random

import pytest

from meshnode.errors import HandshakeRefused, LocalProtocolError, PeerError, RemoteProtocolError
from meshnode.noise.handshake import MESSAGE_BYTES, Handshake
from meshnode.noise.handshake_state import XXPSK0, HandshakeState, KeyPair
from meshnode.noise.symmetric_state import SymmetricState
from tests.noise.people import Keys, random_keys, shake_hands

P = 2**255 - 19
LOW_ORDER = [
    number.to_bytes(32, "little")
    for number in (
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        P - 1,
        P,
        P + 1,
    )
]


@pytest.fixture
def keys() -> Keys:
    return random_keys(random.Random(7))


def messages_of(keys: Keys) -> list[bytes]:
    dialler, answerer = keys.dialler(), keys.answerer()
    first = dialler.write_message()
    answerer.read_message(first)
    second = answerer.write_message()
    dialler.read_message(second)
    return [first, second, dialler.write_message()]


def reader_before(keys: Keys, turn: int) -> Handshake:
    """The side that reads message `turn`, having taken all messages before it."""
    dialler, answerer = keys.dialler(), keys.answerer()
    if turn > 0:
        answerer.read_message(dialler.write_message())
    if turn > 1:
        dialler.read_message(answerer.write_message())
    elif turn == 1:
        answerer.write_message()
    return dialler if turn == 1 else answerer


def test_both_sides_learn_the_other_key_and_one_hash(keys: Keys) -> None:
    dialler, answerer = keys.dialler(), keys.answerer()
    assert (dialler.finished, answerer.finished) == (False, False)
    shake_hands(dialler, answerer)
    assert (dialler.finished, answerer.finished) == (True, True)
    one, other = dialler.result(), answerer.result()
    assert one.remote_static == KeyPair.of(keys.answerer_static).public
    assert other.remote_static == KeyPair.of(keys.dialler_static).public
    assert one.handshake_hash == other.handshake_hash
    assert other.decrypt(one.encrypt(b"from the dialler")) == b"from the dialler"
    assert one.decrypt(other.encrypt(b"back")) == b"back"


def test_messages_have_their_fixed_sizes(keys: Keys) -> None:
    assert tuple(map(len, messages_of(keys))) == MESSAGE_BYTES == (48, 96, 64)


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_every_flipped_byte_is_refused_and_kills_the_object(keys: Keys, turn: int) -> None:
    good = messages_of(keys)[turn]
    for position in range(len(good)):
        for bit in (0x01, 0x80):
            reader = reader_before(keys, turn)
            flipped = bytearray(good)
            flipped[position] ^= bit
            with pytest.raises(PeerError):
                reader.read_message(bytes(flipped))
            with pytest.raises(HandshakeRefused):
                reader.read_message(good)
            with pytest.raises(HandshakeRefused):
                reader.write_message()
            with pytest.raises(HandshakeRefused):
                reader.result()
            assert not reader.finished


@pytest.mark.parametrize("turn", [0, 1, 2])
@pytest.mark.parametrize("change", [b"", b"\0", b"payload"])
def test_wrong_sizes_are_refused(keys: Keys, turn: int, change: bytes) -> None:
    good = messages_of(keys)[turn]
    reader = reader_before(keys, turn)
    with pytest.raises(RemoteProtocolError):
        reader.read_message(good + change if change else good[:-1])
    with pytest.raises(HandshakeRefused):
        reader.read_message(good)


def test_a_sealed_payload_in_message_1_is_refused(keys: Keys) -> None:
    """Made with the right key, so that only the rule about payloads can refuse it."""
    state = HandshakeState(
        XXPSK0,
        initiator=True,
        prologue=b"meshnode/1\0\0",
        static=KeyPair.of(keys.dialler_static),
        ephemeral=KeyPair.of(keys.dialler_ephemeral),
    )
    assert state.copy().write(b"", keys.psk) == messages_of(keys)[0]
    with pytest.raises(RemoteProtocolError):
        keys.answerer().read_message(state.write(b"hello", keys.psk))


def test_a_stranger_is_refused_at_message_1(keys: Keys) -> None:
    answerer = keys.answerer(psks=[bytes(32), b"\1" * 32])
    with pytest.raises(HandshakeRefused):
        answerer.read_message(keys.dialler().write_message())
    assert answerer.psk == b""


def test_nobody_is_accepted_without_keys(keys: Keys) -> None:
    with pytest.raises(HandshakeRefused):
        keys.answerer(psks=[]).read_message(keys.dialler().write_message())


@pytest.mark.parametrize("position", [0, 1, 64])
def test_a_responder_finds_the_key_among_many(keys: Keys, position: int) -> None:
    psks = [bytes([number]) * 32 for number in range(position)] + [keys.psk, b"\xff" * 32]
    dialler, answerer = keys.dialler(), keys.answerer(psks=psks)
    shake_hands(dialler, answerer)
    assert answerer.psk == dialler.psk == keys.psk


def test_the_kind_of_link_is_part_of_the_agreement(keys: Keys) -> None:
    with pytest.raises(HandshakeRefused):
        keys.answerer(kind=1).read_message(keys.dialler(kind=0).write_message())


def test_own_static_key_is_refused(keys: Keys) -> None:
    mirror = Keys(keys.psk, keys.dialler_static, keys.dialler_ephemeral, keys.dialler_static, keys.answerer_ephemeral)
    dialler, answerer = mirror.dialler(), mirror.answerer()
    answerer.read_message(dialler.write_message())
    with pytest.raises(HandshakeRefused, match="own key"):
        dialler.read_message(answerer.write_message())


class Forger:
    """Speaks the pattern by hand, so that it can show any public key it likes."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.symmetric = SymmetricState(XXPSK0.protocol_name)
        self.symmetric.mix_hash(b"meshnode/1\0\0")

    def first_message(self, ephemeral_public: bytes) -> bytes:
        self.symmetric.mix_key_and_hash(self.keys.psk)
        self._ephemeral(ephemeral_public)
        return ephemeral_public + self.symmetric.encrypt_and_hash(b"")

    def read_second(self, message: bytes) -> None:
        ephemeral = KeyPair.of(self.keys.dialler_ephemeral)
        self._ephemeral(message[:32])
        self.symmetric.mix_key(ephemeral.shared_with(message[:32]))
        static = self.symmetric.decrypt_and_hash(message[32:80])
        self.symmetric.mix_key(ephemeral.shared_with(static))
        self.symmetric.decrypt_and_hash(message[80:])
        self.remote_ephemeral = message[:32]

    def third_message(self, static_public: bytes, shared: bytes) -> bytes:
        sealed = self.symmetric.encrypt_and_hash(static_public)
        self.symmetric.mix_key(shared)
        return sealed + self.symmetric.encrypt_and_hash(b"")

    def _ephemeral(self, public: bytes) -> None:
        self.symmetric.mix_hash(public)
        self.symmetric.mix_key(public)


@pytest.mark.parametrize("low", LOW_ORDER)
def test_low_order_ephemeral_is_refused_before_any_answer(keys: Keys, low: bytes) -> None:
    answerer = keys.answerer()
    answerer.read_message(Forger(keys).first_message(low))
    with pytest.raises(HandshakeRefused, match="low-order"):
        answerer.write_message()
    with pytest.raises(HandshakeRefused):
        answerer.write_message()


def forger_after_two(keys: Keys) -> tuple[Forger, Handshake]:
    forger, answerer = Forger(keys), keys.answerer()
    answerer.read_message(forger.first_message(KeyPair.of(keys.dialler_ephemeral).public))
    forger.read_second(answerer.write_message())
    return forger, answerer


@pytest.mark.parametrize("low", LOW_ORDER)
def test_low_order_static_is_refused(keys: Keys, low: bytes) -> None:
    forger, answerer = forger_after_two(keys)
    with pytest.raises(HandshakeRefused, match="low-order"):
        answerer.read_message(forger.third_message(low, bytes(32)))


def test_a_second_spelling_of_a_key_is_refused(keys: Keys) -> None:
    forger, answerer = forger_after_two(keys)
    static = KeyPair.of(keys.dialler_static)
    spelled = static.public[:31] + bytes([static.public[31] | 0x80])
    with pytest.raises(HandshakeRefused, match="second way"):
        answerer.read_message(forger.third_message(spelled, static.shared_with(forger.remote_ephemeral)))


def test_the_forger_is_believed_when_honest(keys: Keys) -> None:
    """Else the three tests above would pass for the wrong reason."""
    forger, answerer = forger_after_two(keys)
    static = KeyPair.of(keys.dialler_static)
    answerer.read_message(forger.third_message(static.public, static.shared_with(forger.remote_ephemeral)))
    assert answerer.result().remote_static == static.public


def test_a_key_shown_without_its_private_half_is_refused(keys: Keys) -> None:
    forger, answerer = forger_after_two(keys)
    liar = KeyPair.of(bytes([9]) * 32)
    with pytest.raises(HandshakeRefused, match="does not hold"):
        answerer.read_message(
            forger.third_message(KeyPair.of(keys.dialler_static).public, liar.shared_with(forger.remote_ephemeral))
        )


def test_a_replayed_first_message_reaches_nothing_beyond_the_second(keys: Keys) -> None:
    first, _, third = messages_of(keys)
    fresh = Keys(keys.psk, keys.dialler_static, keys.dialler_ephemeral, keys.answerer_static, bytes([5]) * 32)
    answerer = fresh.answerer()
    answerer.read_message(first)
    answerer.write_message()
    with pytest.raises(HandshakeRefused):
        answerer.read_message(third)


def test_out_of_turn_is_our_own_bug(keys: Keys) -> None:
    with pytest.raises(LocalProtocolError):
        keys.answerer().write_message()
    with pytest.raises(LocalProtocolError):
        keys.dialler().read_message(b"")
    with pytest.raises(LocalProtocolError):
        keys.dialler().result()
    with pytest.raises(LocalProtocolError):
        keys.dialler(psk=b"short")
    with pytest.raises(LocalProtocolError):
        KeyPair.of(b"short")


def test_no_key_shows_in_a_repr(keys: Keys) -> None:
    pair = KeyPair.of(keys.dialler_static)
    assert repr(keys.dialler_static) not in repr(pair)
