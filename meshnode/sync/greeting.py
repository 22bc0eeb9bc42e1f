"""LocalHello: what this node says of itself to every peer.

Rules of this module:
1. Nothing secret, and nothing that a stranger with the network's key may not read.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshnode.errors import TooNew, TooOld
from meshnode.sync.codec import NONCE_BYTES
from meshnode.sync.messages import HIGHEST_VERSION, LOWEST_VERSION, Hello, LaneStates

LENGTH_BYTES = 4
"""At most, in front of each statement."""
FLAG_BYTES = 2


def check_versions(hello: Hello) -> None:
    """Is there a version of the protocol that both sides speak? Each finds out by itself who should update.

    Raises:
        TooOld: this side should.
        TooNew: the other one should.
    """
    if hello.lowest > HIGHEST_VERSION:
        raise TooOld
    if hello.highest < LOWEST_VERSION:
        raise TooNew


@dataclass(frozen=True, slots=True)
class LocalHello:
    """What this node says of itself."""

    device_statement: bytes
    support: tuple[bytes, ...]
    """The statements that this device's membership rests on, for a peer that may not know them."""
    features: int
    boot_nonce: bytes
    """16 random bytes of this start of the node."""

    def __post_init__(self) -> None:
        if len(self.boot_nonce) != NONCE_BYTES:
            raise ValueError("a boot nonce has 16 bytes")

    def message(self, lanes: LaneStates) -> Hello:
        """The HELLO of a node that holds these lanes."""
        return Hello(LOWEST_VERSION, HIGHEST_VERSION, self.features, self.boot_nonce, lanes, self.device_statement)

    def support_within(self, limit: int) -> tuple[bytes, ...]:
        """As many of the first statements as a peer that does not know us takes."""
        kept: list[bytes] = []
        size = FLAG_BYTES
        for statement in self.support:
            size += len(statement) + LENGTH_BYTES
            if size > limit:
                break
            kept.append(statement)
        return tuple(kept)
