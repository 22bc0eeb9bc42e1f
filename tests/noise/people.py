"""Two sides of a handshake, for the tests of this folder."""

from __future__ import annotations

import random
from dataclasses import dataclass

from meshnode.noise.handshake import Handshake

MEMBER = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """All that decides a handshake; the same keys give the same bytes."""

    psk: bytes
    dialler_static: bytes
    dialler_ephemeral: bytes
    answerer_static: bytes
    answerer_ephemeral: bytes

    def dialler(self, *, kind: int = MEMBER, psk: bytes | None = None) -> Handshake:
        return Handshake.initiate(
            kind=kind,
            psk=psk or self.psk,
            static_private=self.dialler_static,
            ephemeral_private=self.dialler_ephemeral,
        )

    def answerer(self, *, kind: int = MEMBER, psks: list[bytes] | None = None) -> Handshake:
        return Handshake.respond(
            kind=kind,
            psks=[self.psk] if psks is None else psks,
            static_private=self.answerer_static,
            ephemeral_private=self.answerer_ephemeral,
        )


def random_keys(chance: random.Random) -> Keys:
    return Keys(*(chance.randbytes(32) for _ in range(5)))


def shake_hands(dialler: Handshake, answerer: Handshake) -> None:
    answerer.read_message(dialler.write_message())
    dialler.read_message(answerer.write_message())
    answerer.read_message(dialler.write_message())
