"""Epochs: hands out a new network key when somebody is shut out who holds the present one.

Every device of an established member sees the need at the same time; each waits for a random while, so that usually one
does it and the others find it done.

Rules of this module:
1. A new key goes to every device to which this node still gives something, in a box of its own.
2. The key is on this disk before anybody else hears of it.
3. Randomness, the wait and the clock are arguments.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from crdt.identifiers import DeviceId
from meshnode.errors import StorageError
from meshnode.events import AccessChanged, Event, MembershipChanged
from meshnode.identity.keys import Random
from meshnode.identity.sealed_box import may_seal_to, seal_box
from meshnode.membership.frame import HEAD_BYTES, Kind, largest
from meshnode.membership.keeping_kinds import EPOCH_BOX_BYTES, EPOCH_RANDOM_BYTES
from meshnode.membership.kinds import DeviceKind
from meshnode.membership.network_keys import KEY_BYTES
from meshnode.membership.roles import Role
from meshnode.membership.statements import sign_epoch
from meshnode.membership.trust_authoring import epoch_key_hash
from meshnode.replica.replica import Replica
from meshnode.store.store import EpochKey
from meshnode.trust.access import Access
from meshnode.trust.keyring import Keyring

log = logging.getLogger("meshnode.trust")

WAIT_SECONDS = 300.0
"""At most: long enough for word of another's new key to go round."""
_MEMBER_BYTES = 32
_BOX_BYTES = 32 + EPOCH_BOX_BYTES
_FIXED_BYTES = HEAD_BYTES + EPOCH_RANDOM_BYTES + 32 + 2 + 2

Wait = Callable[[], Awaitable[None]]


class Epochs:
    """What one node does so that the network's key is nobody's who was shut out."""

    def __init__(self, replica: Replica, access: Access, keyring: Keyring, *, random: Random, wait: Wait) -> None:
        self._replica = replica
        self._access = access
        self._keyring = keyring
        self._random = random
        self._wait = wait
        self._writing: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Look now, and whenever the statements or the person's choices change."""
        self._unsubscribe = self._replica.events.subscribe(self._heard)
        self._look()

    async def stop(self) -> None:
        """Write nothing any more."""
        self._unsubscribe()
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    def _heard(self, event: Event) -> None:
        if isinstance(event, MembershipChanged):
            self._keyring.look()
        if isinstance(event, MembershipChanged | AccessChanged):
            self._look()

    def _look(self) -> None:
        if self._writing is None and self.is_missing():
            self._writing = asyncio.create_task(self._write_later())

    def is_missing(self) -> bool:
        """Whether somebody is shut out by none of the keys held, and this device may hand out another."""
        shut_out = self._access.shut_out
        if not shut_out or not self._may_write():
            return False
        # Whoever made a key knows it: one by somebody who has gone since does not count.
        role_of = self._replica.membership.role_of
        by_ours = (each for each in self._keyring.epochs() if role_of(each.signer) is Role.ESTABLISHED)
        return not any(shut_out <= frozenset(epoch.excluded) for epoch in by_ours)

    def _may_write(self) -> bool:
        me, device = self._replica.me, self._replica.membership.devices.get(self._replica.identity.device)
        return me is not None and me.established and device is not None and device.state.current

    async def _write_later(self) -> None:
        try:
            await self._wait()
            if self.is_missing():
                await self.write()
        except StorageError as error:
            log.warning("no new network key: %s", error)
        finally:
            self._writing = None

    async def write(self) -> None:
        """Hand out a new key.

        Raises:
            StorageError: it could not be put on disk; nobody has heard of it.
        """
        key, excluded = self._random(KEY_BYTES), self._access.shut_out
        noted = self._replica.store.add_epoch_key(EpochKey(epoch_key_hash(key), key, self._replica.clock()))
        await asyncio.shield(asyncio.wrap_future(noted))
        room = (largest(Kind.EPOCH) - _FIXED_BYTES - _MEMBER_BYTES * len(excluded)) // _BOX_BYTES
        statement = sign_epoch(
            self._replica.identity,
            self._replica.network,
            self._random(EPOCH_RANDOM_BYTES),
            key,
            excluded=excluded,
            boxes=[(device, seal_box(public, key, self._random)) for device, public in self._readers()[:room]],
        )
        await self._replica.state(statement)
        log.info("a new network key, without %d who are shut out", len(excluded))

    def _readers(self) -> list[tuple[DeviceId, bytes]]:
        """The devices that get a box, with the key to seal it to: our own first, hubs last."""
        own = self._replica.identity.device
        devices = [
            device
            for device in self._replica.membership.devices.values()
            if self._access.receives(device) and may_seal_to(device.seal)
        ]
        devices.sort(key=lambda device: (device.id != own, device.kind is DeviceKind.HUB, device.id))
        return [(device.id, device.seal) for device in devices]
