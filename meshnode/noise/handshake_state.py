"""HandshakeState: plays the tokens of a Noise pattern, in either role.

Rules of this module:
1. The pattern is a table. The product plays only XXPSK0; the tests play others, because the published vectors hold
   others: one runner, checked by all of them.
2. Patterns without pre-messages only (no side knows the other's key beforehand).
3. Ephemeral keys are arguments: this module makes no randomness.
4. Every key from outside is checked for length before libsodium sees it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base
from nacl.exceptions import RuntimeError as SodiumRefusal

from meshnode.errors import HandshakeRefused, LocalProtocolError, RemoteProtocolError
from meshnode.noise.cipher_state import TAG_BYTES, CipherState
from meshnode.noise.symmetric_state import SymmetricState

DH_BYTES = 32


class Token(enum.Enum):
    """One step of a pattern, named as in the specification."""

    E = "e"
    S = "s"
    EE = "ee"
    ES = "es"
    SE = "se"
    PSK = "psk"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A handshake pattern: its full protocol name and the tokens of each message, the initiator's first."""

    protocol_name: bytes
    messages: tuple[tuple[Token, ...], ...]

    @property
    def has_psk(self) -> bool:
        return any(Token.PSK in message for message in self.messages)


XXPSK0 = Pattern(
    b"Noise_XXpsk0_25519_ChaChaPoly_SHA256",
    (
        (Token.PSK, Token.E),
        (Token.E, Token.EE, Token.S, Token.ES),
        (Token.S, Token.SE),
    ),
)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An X25519 key and its public half."""

    private: bytes = field(repr=False)
    public: bytes

    @classmethod
    def of(cls, private: bytes) -> KeyPair:
        if len(private) != DH_BYTES:
            raise LocalProtocolError("an X25519 key has 32 bytes")
        return cls(private, crypto_scalarmult_base(private))

    def shared_with(self, public: bytes) -> bytes:
        """The shared secret; refuses low-order keys, whose secret anyone can guess."""
        try:
            return crypto_scalarmult(self.private, public)
        except SodiumRefusal as error:
            raise HandshakeRefused("the peer sent a low-order key") from error


class HandshakeState:
    """One side of one handshake; a message that fails leaves it unusable."""

    def __init__(
        self, pattern: Pattern, *, initiator: bool, prologue: bytes, static: KeyPair, ephemeral: KeyPair
    ) -> None:
        self._pattern = pattern
        self._initiator = initiator
        self._static = static
        self._ephemeral = ephemeral
        self._remote_ephemeral = b""
        self.remote_static = b""
        self.played = 0
        self._symmetric = SymmetricState(pattern.protocol_name)
        self._symmetric.mix_hash(prologue)

    def copy(self) -> HandshakeState:
        """The same handshake once more, for a try that may fail."""
        twin = HandshakeState.__new__(HandshakeState)
        twin.__dict__.update(self.__dict__)
        twin._symmetric = self._symmetric.copy()
        return twin

    @property
    def finished(self) -> bool:
        return self.played == len(self._pattern.messages)

    @property
    def my_turn_to_write(self) -> bool:
        return not self.finished and (self.played % 2 == 0) == self._initiator

    @property
    def my_turn_to_read(self) -> bool:
        return not self.finished and not self.my_turn_to_write

    @property
    def handshake_hash(self) -> bytes:
        return self._symmetric.handshake_hash

    def write(self, payload: bytes, psk: bytes) -> bytes:
        """The next message of this side."""
        parts: list[bytes] = []
        for token in self._next_tokens():
            match token:
                case Token.E:
                    parts.append(self._ephemeral.public)
                    self._mix_ephemeral(self._ephemeral.public)
                case Token.S:
                    parts.append(self._symmetric.encrypt_and_hash(self._static.public))
                case _:
                    self._mix(token, psk)
        parts.append(self._symmetric.encrypt_and_hash(payload))
        return b"".join(parts)

    def read(self, message: bytes, psk: bytes) -> bytes:
        """Take the other side's next message; its payload.

        Raises:
            RemoteProtocolError: too short, or not made with the same keys.
            HandshakeRefused: a low-order key.
        """
        rest = message
        for token in self._next_tokens():
            match token:
                case Token.E:
                    self._remote_ephemeral, rest = _cut(rest, DH_BYTES)
                    self._mix_ephemeral(self._remote_ephemeral)
                case Token.S:
                    sealed, rest = _cut(rest, DH_BYTES + (TAG_BYTES if self._symmetric.has_key else 0))
                    self.remote_static = self._symmetric.decrypt_and_hash(sealed)
                case _:
                    self._mix(token, psk)
        return self._symmetric.decrypt_and_hash(rest)

    def split(self) -> tuple[CipherState, CipherState]:
        """This side's sending cipher and its receiving cipher."""
        if not self.finished:
            raise LocalProtocolError("the handshake is not finished")
        first, second = self._symmetric.split()
        return (first, second) if self._initiator else (second, first)

    def _next_tokens(self) -> tuple[Token, ...]:
        tokens = self._pattern.messages[self.played]
        self.played += 1
        return tokens

    def _mix_ephemeral(self, public: bytes) -> None:
        self._symmetric.mix_hash(public)
        if self._pattern.has_psk:
            self._symmetric.mix_key(public)

    def _mix(self, token: Token, psk: bytes) -> None:
        if token is Token.PSK:
            self._symmetric.mix_key_and_hash(psk)
            return
        # In `es` and `se` the first letter is the initiator's key, the second the responder's.
        mine, theirs = token.value if self._initiator else token.value[::-1]
        own = self._ephemeral if mine == "e" else self._static
        self._symmetric.mix_key(own.shared_with(self._remote_ephemeral if theirs == "e" else self.remote_static))


def _cut(message: bytes, size: int) -> tuple[bytes, bytes]:
    if len(message) < size:
        raise RemoteProtocolError("a handshake message is too short")
    return message[:size], message[size:]
