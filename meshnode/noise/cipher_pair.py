"""CipherPair: what a finished handshake leaves behind, one cipher for each direction.

Rules of this module:
1. Frames open only in the order in which they were sealed: forged, replayed, reordered or dropped ones do not.
2. Sizes are checked here, so that a sealed frame always fits one WebSocket message.
"""

from __future__ import annotations

from meshnode.errors import LocalProtocolError, RemoteProtocolError
from meshnode.noise.cipher_state import TAG_BYTES, CipherState

MAX_SEALED_BYTES = 65_535
"""The longest message that Noise allows."""

MAX_FRAME_BYTES = MAX_SEALED_BYTES - TAG_BYTES


class CipherPair:
    """Seals what goes out, opens what comes in, and names the peer."""

    __slots__ = ("_receiving", "_sending", "handshake_hash", "remote_static")

    def __init__(
        self, sending: CipherState, receiving: CipherState, remote_static: bytes, handshake_hash: bytes
    ) -> None:
        self._sending = sending
        self._receiving = receiving
        self.remote_static = remote_static
        self.handshake_hash = handshake_hash

    def encrypt(self, frame: bytes) -> bytes:
        """Seal the next frame to the peer."""
        if len(frame) > MAX_FRAME_BYTES:
            raise LocalProtocolError("a frame is too long to be sealed")
        return self._sending.encrypt(frame)

    def decrypt(self, sealed: bytes) -> bytes:
        """Open the next frame from the peer.

        Raises:
            RemoteProtocolError: too long, or not the next frame; end the link.
        """
        if len(sealed) > MAX_SEALED_BYTES:
            raise RemoteProtocolError("a sealed frame is too long")
        return self._receiving.decrypt(sealed)
