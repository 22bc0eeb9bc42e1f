"""Keyring: the network's keys that this node holds, and which of them to use.

A network has one key at first. After a removal somebody's device hands out another, in a statement with a box for every
device; several may do so at once. Whoever holds all of them finds everybody else.

Rules of this module:
1. Hold all keys; use the one whose statement shuts out everybody whom this node gives nothing any more, then the one
   that reaches most devices. The key from the beginning comes last.
2. A key that is not the one to use is good for 90 days after a better one came.
3. A key is taken only if a statement that counts names its hash. A box that does not open is ignored and told of.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from crdt.identifiers import EARLIEST_AT_MS, DeviceId, StatementId
from meshnode.events import AccessChanged
from meshnode.identity.sealed_box import open_box
from meshnode.membership.network_keys import KEY_BYTES
from meshnode.membership.statements import Epoch
from meshnode.membership.trust_authoring import epoch_key_hash
from meshnode.replica.replica import Replica
from meshnode.store.store import EpochKey
from meshnode.sync.limits import MAX_KEYS
from meshnode.trust.access import Access

log = logging.getLogger("meshnode.trust")

GOOD_FOR_MS = 90 * 86_400_000
MOST_OFFERED = 16
"""Keys that wait for the statement that names them; it follows within seconds."""


class Keyring:
    """The keys of one node's network."""

    def __init__(self, replica: Replica, access: Access) -> None:
        self._replica = replica
        self._access = access
        self._offered: dict[bytes, bytes] = {}
        self.bad: dict[StatementId, Epoch] = {}
        """Epochs whose box for this device does not hold the key that they name."""
        self.look()

    # -- taking -----------------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Take what the statements hold for this device; whether there is a key more."""
        held = {key.id for key in self._replica.store.keyring()}
        new = [
            key for epoch in self._replica.membership.epochs if epoch.key_hash not in held if (key := self._key(epoch))
        ]
        for key in new:
            self._replica.store.add_epoch_key(EpochKey(epoch_key_hash(key), key, self._replica.clock()))
        return bool(new)

    def _key(self, epoch: Epoch) -> bytes | None:
        """The key that an epoch names, out of our box or as somebody gave it."""
        if (offered := self._offered.pop(epoch.key_hash, None)) is not None:
            return offered
        box = epoch.box_for(self._replica.identity.device)
        if box is None or epoch.id in self.bad:
            return None
        key = open_box(self._replica.identity.device_keys.seal, box)
        if key is None or epoch_key_hash(key) != epoch.key_hash:
            log.warning("a network key does not open: %s", epoch.id.hex()[:8])
            self.bad[epoch.id] = epoch
            return None
        return key

    def take(self, keys: Iterable[bytes]) -> None:
        """Somebody who is linked hands these over."""
        for key in keys:
            if len(key) == KEY_BYTES:
                self._offered[epoch_key_hash(key)] = key
        # The oldest go: what no statement ever names must not keep out what one does.
        for surplus in list(self._offered)[:-MOST_OFFERED]:
            del self._offered[surplus]
        if self.look():
            self._replica.events.publish(AccessChanged())

    # -- using ------------------------------------------------------------------------------------------------------

    def epochs(self) -> list[Epoch]:
        """The epochs whose keys are held, the one to use first (rule 1)."""
        held = {key.id for key in self._replica.store.keyring()}
        shut_out = self._access.shut_out
        known = [epoch for epoch in self._replica.membership.epochs if epoch.key_hash in held]
        return sorted(known, key=lambda epoch: not shut_out <= frozenset(epoch.excluded))

    def valid(self) -> list[bytes]:
        """The keys with which somebody may knock, the one to use first (rule 2)."""
        now, ordered = self._replica.clock(), self._ordered()
        good = list(ordered[:1])
        for place, key in enumerate(ordered[1:], 1):
            better = min(each.created_ms for each in ordered[:place])
            since = max(better, key.created_ms)
            # What came earlier came while the clock was not set; its age is not known.
            if better < EARLIEST_AT_MS or now - since < GOOD_FOR_MS:
                good.append(key)
        return [key.key for key in good[:MAX_KEYS]]

    @property
    def preferred(self) -> bytes:
        """The key to use."""
        return self._ordered()[0].key

    def key_for(self, device: DeviceId) -> bytes:
        """The key to hand to a device that is linked: the first that does not shut its member out; else nothing.

        A node that does not follow a removal goes on linking; but it does not undo what the others did for themselves.
        """
        membership = self._replica.membership
        member = membership.member_of(device)
        if member not in membership.removed:
            return self.preferred
        shut = {epoch.key_hash for epoch in membership.epochs if member in epoch.excluded}
        return next((key.key for key in self._ordered() if key.id not in shut), b"")

    def _ordered(self) -> Sequence[EpochKey]:
        rank = {epoch.key_hash: place for place, epoch in enumerate(self.epochs())}
        return sorted(self._replica.store.keyring(), key=lambda key: rank.get(key.id, len(rank)))
