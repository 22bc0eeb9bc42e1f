"""Handshake: how two devices prove their keys to each other before anything else is said.

Noise XXpsk0: the first message shows that the dialler knows the network's (or an invite's) key, so a stranger learns
nothing; the second and third exchange and prove the device keys. What comes out is a `CipherPair`.

Rules of this module:
1. One failure kills the object: nothing that arrives later can revive it.
2. Payloads are empty; anything else is refused.
3. A responder tries each key it accepts on a copy of the untouched state, and keeps only the copy that opened.
4. The own static key, low-order keys and second spellings of a key are refused.
5. Randomness is an argument: a fresh ephemeral key for every object.
"""

from __future__ import annotations

from collections.abc import Sequence

from meshnode.errors import HandshakeRefused, LocalProtocolError, RemoteProtocolError
from meshnode.noise.cipher_pair import CipherPair
from meshnode.noise.cipher_state import TAG_BYTES
from meshnode.noise.handshake_state import DH_BYTES, XXPSK0, HandshakeState, KeyPair

PSK_BYTES = 32
SEALED_KEY_BYTES = DH_BYTES + TAG_BYTES
MESSAGE_BYTES = (DH_BYTES + TAG_BYTES, DH_BYTES + SEALED_KEY_BYTES + TAG_BYTES, SEALED_KEY_BYTES + TAG_BYTES)
"""The exact sizes when payloads are empty: a payload is refused by its length, before any key is used."""


def link_prologue(kind: int, spoken: bytes = b"") -> bytes:
    """What both sides must agree on beforehand: protocol, kind of link, and the SPAKE2 messages if there were any."""
    return b"meshnode/1\0" + bytes([kind]) + spoken


class Handshake:
    """One side of one Noise XXpsk0 handshake. Made by `initiate` or `respond`."""

    def __init__(
        self, *, initiator: bool, prologue: bytes, psks: Sequence[bytes], static: KeyPair, ephemeral: KeyPair
    ) -> None:
        if any(len(psk) != PSK_BYTES for psk in psks):
            raise LocalProtocolError("a pre-shared key has 32 bytes")
        self._psks = tuple(psks)
        self._psk = self._psks[0] if initiator else b""
        self._own_public = static.public
        self._state: HandshakeState | None = HandshakeState(
            XXPSK0, initiator=initiator, prologue=prologue, static=static, ephemeral=ephemeral
        )

    @classmethod
    def initiate(
        cls, *, kind: int, psk: bytes, static_private: bytes, ephemeral_private: bytes, spoken: bytes = b""
    ) -> Handshake:
        """The dialler's side; `spoken` is both messages about spoken words, the dialler's first."""
        static, ephemeral = KeyPair.of(static_private), KeyPair.of(ephemeral_private)
        prologue = link_prologue(kind, spoken)
        return cls(initiator=True, prologue=prologue, psks=[psk], static=static, ephemeral=ephemeral)

    @classmethod
    def respond(
        cls, *, kind: int, psks: Sequence[bytes], static_private: bytes, ephemeral_private: bytes, spoken: bytes = b""
    ) -> Handshake:
        """The side that was dialled; `psks` are all keys it would accept, the likeliest first."""
        static, ephemeral = KeyPair.of(static_private), KeyPair.of(ephemeral_private)
        prologue = link_prologue(kind, spoken)
        return cls(initiator=False, prologue=prologue, psks=psks, static=static, ephemeral=ephemeral)

    @property
    def finished(self) -> bool:
        return self._state is not None and self._state.finished

    @property
    def psk(self) -> bytes:
        """The pre-shared key that both sides know; empty until a responder has read the first message."""
        return self._psk

    def write_message(self) -> bytes:
        """The next message of this side.

        Raises:
            HandshakeRefused: the peer's key is a low-order one, or this handshake failed before.
        """
        state = self._take_state()
        if not state.my_turn_to_write:
            raise LocalProtocolError("it is not this side's turn to write")
        message = state.write(b"", self._psk)
        self._state = state
        return message

    def read_message(self, message: bytes) -> None:
        """Take the other side's next message.

        Raises:
            HandshakeRefused: it was not made with the same keys, or shows a key that is not allowed.
            RemoteProtocolError: it is too short, or carries a payload.
        """
        state = self._take_state()
        if not state.my_turn_to_read:
            raise LocalProtocolError("it is not this side's turn to read")
        if len(message) != MESSAGE_BYTES[state.played]:
            raise RemoteProtocolError("a handshake message has the wrong size")
        state = _read(state, message, self._psk) if self._psk else self._try_psks(state, message)
        self._refuse_bad_static(state.remote_static)
        self._state = state

    def result(self) -> CipherPair:
        """The ciphers of the finished handshake; they can be taken once."""
        state = self._take_state()
        sending, receiving = state.split()
        return CipherPair(sending, receiving, state.remote_static, state.handshake_hash)

    def _take_state(self) -> HandshakeState:
        """The state, which is put back only after success: so that one failure kills the object."""
        state, self._state = self._state, None
        if state is None:
            raise HandshakeRefused("this handshake is over")
        return state

    def _try_psks(self, untouched: HandshakeState, message: bytes) -> HandshakeState:
        for psk in self._psks:
            attempt = untouched.copy()
            try:
                attempt.read(message, psk)
            except RemoteProtocolError:
                continue
            self._psk = psk
            return attempt
        raise HandshakeRefused("the dialler knows no key of this network")

    def _refuse_bad_static(self, public: bytes) -> None:
        if not public:
            return
        if public == self._own_public:
            raise HandshakeRefused("the peer shows this node's own key")
        if public[-1] & 0x80:
            raise HandshakeRefused("the peer spells its key in a second way")


def _read(state: HandshakeState, message: bytes, psk: bytes) -> HandshakeState:
    try:
        state.read(message, psk)
    except RemoteProtocolError as error:
        raise HandshakeRefused("the peer does not hold the keys it shows") from error
    return state
