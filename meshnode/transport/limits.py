"""TransportLimits: every cap and deadline of this room, each with its reason.

Rules of this module:
1. Limits decide when a peer is served, never what is true.
2. Tests inject short ones; nothing here is read from anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_FRAME_BYTES = 65_519
"""The longest cleartext frame: with its 16-byte tag it is the longest message that Noise allows."""

MESSAGE_LIMIT_BYTES = 65_536
"""aiohttp refuses messages of this size and more (1009): the longest allowed one has 65,535 bytes."""

SUBPROTOCOL = "meshnode.v1"
PATH = "/m1"


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """How much of this node strangers and peers may take."""

    connections: int = 64
    """Beyond it a small node spends its time on heartbeats; a peer has six links, a hub 32."""

    per_address: int = 4
    """A device needs one link, two while it reconnects; the rest allows for two people behind one address."""

    loopback_connections: int = 64
    """Several nodes of one machine share 127.0.0.1, and only its own programs can use it."""

    knocks: int = 40
    """Sockets that one address may open in a burst, loopback apart: a device opens a few in an hour."""

    knocks_per_second: float = 1.0
    """How quickly that comes back. Whoever knocks more often is not even read: a flood of handshakes that fail costs as
    much as one of handshakes that do not."""

    handshakes: int = 8
    """Each costs a few key agreements: with eight at once a flood cannot take the processor."""

    half_open: int = 256
    """Sockets without a complete request; then the oldest goes, since a member's request comes in one round trip."""

    request_bytes: int = 4_096
    """A node's request has 250; with 256 half-open sockets this is at most 1 MiB of other people's headers."""

    backlog: int = 64
    """Sockets accepted in one turn of the loop: well under `half_open`, so that none goes before it was read once."""

    handshake_seconds: float = 10.0
    """From the accepted socket, or the dial, to the proved key: many times what the slowest radio link needs."""

    send_seconds: float = 10.0
    """A peer that reads nothing for so long has stopped, and holds up everything meant for it."""

    heartbeat_seconds: float = 20.0
    """Short enough to notice a peer that walked away, long enough to let a phone's radio sleep."""

    close_seconds: float = 0.4
    """Time for the last words to arrive; short, because the whole node must stop within a second."""

    log_lines_a_minute: int = 5
    """For each reason: enough to see what happens, too few to fill a card."""


DEFAULT_LIMITS = TransportLimits()
