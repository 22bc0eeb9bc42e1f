"""1,000 random sessions against an independent implementation, in both roles."""

from __future__ import annotations

import random
from typing import Any

from noise.connection import Keypair, NoiseConnection

from meshnode.noise.handshake import link_prologue
from tests.noise.people import Keys, random_keys

SESSIONS = 1_000
SEED = 20_261_127


def reference_side(keys: Keys, *, initiator: bool, kind: int) -> Any:
    other = NoiseConnection.from_name(b"Noise_XXpsk0_25519_ChaChaPoly_SHA256")
    if initiator:
        other.set_as_initiator()
    else:
        other.set_as_responder()
    other.set_prologue(link_prologue(kind))
    other.set_psks(psk=keys.psk)
    static, ephemeral = (
        (keys.dialler_static, keys.dialler_ephemeral) if initiator else (keys.answerer_static, keys.answerer_ephemeral)
    )
    other.set_keypair_from_private_bytes(Keypair.STATIC, static)
    other.set_keypair_from_private_bytes(Keypair.EPHEMERAL, ephemeral)
    other.start_handshake()
    return other


def test_random_sessions_agree_in_both_roles() -> None:
    print("seed", SEED)
    chance = random.Random(SEED)
    for number in range(SESSIONS):
        keys, kind, we_dial = random_keys(chance), chance.randrange(3), number % 2 == 0
        ours = keys.dialler(kind=kind) if we_dial else keys.answerer(kind=kind)
        theirs = reference_side(keys, initiator=not we_dial, kind=kind)
        for turn in range(3):
            if (turn % 2 == 0) == we_dial:
                assert theirs.read_message(ours.write_message()) == b""
            else:
                ours.read_message(bytes(theirs.write_message()))
        pair = ours.result()
        assert theirs.handshake_finished
        assert theirs.get_handshake_hash() == pair.handshake_hash
        for _ in range(4):
            frame = chance.randbytes(chance.randrange(200))
            assert theirs.decrypt(pair.encrypt(frame)) == frame
            assert pair.decrypt(theirs.encrypt(frame)) == frame
