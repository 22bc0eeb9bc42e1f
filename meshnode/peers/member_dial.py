"""Dialling a member's node: with the network's newest key, then with older ones, in case it has not heard of it.

Rules of this module:
1. A node that has been away for a while knows only an older key; whoever knows both begins with the newest.
"""

from __future__ import annotations

from collections.abc import Sequence

from meshnode.errors import HandshakeRefused
from meshnode.identity.keys import Identity, Random
from meshnode.membership.network_keys import link_psk
from meshnode.noise.handshake import Handshake
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind
from meshnode.transport.endpoints import split_endpoint

MOST_KEYS_TRIED = 3
"""A stranger's door is knocked at so often; who is behind by more keys than that dials us."""


async def dial_member(address: str, keys: Sequence[bytes], identity: Identity, random: Random) -> Connection:
    """A member connection to `host:port`.

    Raises:
        PeerError: nobody there, too slow, or it takes none of the keys.
    """
    host, port = split_endpoint(address)
    refusal = HandshakeRefused()
    for key in keys[:MOST_KEYS_TRIED]:
        try:
            return await dial(
                host,
                port,
                kind=LinkKind.MEMBER,
                psk=link_psk(key),
                static_private=identity.noise_private,
                ephemeral=random(32),
                handshakes=Handshake,
            )
        except HandshakeRefused as error:
            refusal = error
    raise refusal
