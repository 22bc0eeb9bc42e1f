"""Greeted: what a finished greeting leaves, whichever way it went.

Rules of this module:
1. A value; both sides of both greetings make it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from meshnode.transport.secrecy import Ciphers


@dataclass(frozen=True, slots=True)
class Greeted:
    """The kind of link, the pre-shared key that both sides know, and the ciphers of the frames."""

    kind: int
    psk: bytes = field(repr=False)
    ciphers: Ciphers
