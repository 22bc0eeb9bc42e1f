"""Device dial: how the machine where a device code was typed reaches the one that shows it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from meshnode.discovery.announcement import DiscoveryKeys
from meshnode.identity.keys import DeviceKeys
from meshnode.joining.search import Search
from meshnode.membership.device_codes import DeviceCode
from meshnode.noise.handshake import Handshake
from meshnode.transport.client import dial
from meshnode.transport.connection import Connection, LinkKind


async def reach(code: DeviceCode, keys: DeviceKeys, address: str, interfaces: Sequence[str]) -> Connection:
    """A device link to the machine that shows a code.

    Args:
        code: as typed here.
        keys: of this machine.
        address: where the other one is; empty to look around.
        interfaces: the only ones to use, all if none.

    Raises:
        InviteError: nobody answers to the code.
    """

    async def dial_with_code(host: str, port: int) -> Connection:
        return await dial(
            host,
            port,
            kind=LinkKind.DEVICE,
            psk=code.psk,
            static_private=keys.noise.private,
            ephemeral=os.urandom(32),
            handshakes=Handshake,
        )

    return await Search(DiscoveryKeys((), (code.psk,)), dial_with_code, interfaces).reach(address)
