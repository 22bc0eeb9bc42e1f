"""The published Noise vectors, played through the same runner that plays the product's pattern.

The files hold no XXpsk0; XX, NN, NNpsk0 and XXpsk3 together contain every step that XXpsk0 takes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from meshnode.errors import RemoteProtocolError
from meshnode.noise.handshake_state import HandshakeState, KeyPair, Pattern, Token

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "noise.json"
TOKENS = {
    "NN": "e;e ee",
    "NNpsk0": "psk e;e ee",
    "XX": "e;e ee s es;s se",
    "XXpsk3": "e;e ee s es;s se psk",
}
UNUSED_KEY = "01" * 32


def read_vectors() -> list[Any]:
    if not VECTORS.exists():
        reason = "the published vectors are not beside this checkout (../shared/vectors/noise.json)"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    vectors = json.loads(VECTORS.read_text())["vectors"]
    played = [vector for vector in vectors if pattern_name(vector) in TOKENS]
    return [pytest.param(vector, id=f"{vector['source']}-{pattern_name(vector)}") for vector in played]


def pattern_name(vector: dict[str, Any]) -> str:
    return str(vector["protocol_name"].split("_")[1])


def side(vector: dict[str, Any], role: str) -> tuple[HandshakeState, bytes]:
    messages = tuple(tuple(Token(word) for word in words.split()) for words in TOKENS[pattern_name(vector)].split(";"))
    state = HandshakeState(
        Pattern(vector["protocol_name"].encode(), messages),
        initiator=role == "init",
        prologue=bytes.fromhex(vector[f"{role}_prologue"]),
        static=KeyPair.of(bytes.fromhex(vector.get(f"{role}_static", UNUSED_KEY))),
        ephemeral=KeyPair.of(bytes.fromhex(vector[f"{role}_ephemeral"])),
    )
    psks = vector.get(f"{role}_psks") or [""]
    return state, bytes.fromhex(psks[0])


@pytest.mark.parametrize("vector", read_vectors())
def test_published_vectors_byte_for_byte(vector: dict[str, Any]) -> None:
    initiator, responder = side(vector, "init"), side(vector, "resp")
    messages = [(bytes.fromhex(m["payload"]), bytes.fromhex(m["ciphertext"])) for m in vector["messages"]]
    (writer, psk), (reader, other_psk) = initiator, responder
    turn = 0
    while not writer.finished:
        payload, expected = messages[turn]
        assert writer.write(payload, psk) == expected
        assert reader.read(expected, other_psk) == payload
        (writer, psk), (reader, other_psk) = (reader, other_psk), (writer, psk)
        turn += 1
    assert reader.finished
    if "handshake_hash" in vector:
        assert writer.handshake_hash.hex() == reader.handshake_hash.hex() == vector["handshake_hash"]
    ciphers = {id(state): state.split() for state in (writer, reader)}
    for payload, expected in messages[turn:]:
        assert ciphers[id(writer)][0].encrypt(payload) == expected
        assert ciphers[id(reader)][1].decrypt(expected) == payload
        writer, reader = reader, writer


@pytest.mark.parametrize("size", [0, 31])
def test_a_message_shorter_than_its_keys_is_refused(size: int) -> None:
    state = HandshakeState(
        Pattern(b"Noise_NN_25519_ChaChaPoly_SHA256", ((Token.E,), (Token.E, Token.EE))),
        initiator=False,
        prologue=b"",
        static=KeyPair.of(bytes(32)),
        ephemeral=KeyPair.of(bytes(32)),
    )
    with pytest.raises(RemoteProtocolError):
        state.read(bytes(size), b"")
