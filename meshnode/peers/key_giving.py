"""KeyGiving: hands the network's newest key to linked devices that may lack it.

Rules of this module:
1. Only to a device that was granted a link: who is linked belongs, or was removed and is not shut out here yet. Such
   a one gets no key that shuts them out.
2. Whoever knocked with the newest key has it. To everybody else it goes once a link, and again when there is a newer.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from meshnode.membership.network_keys import link_psk
from meshnode.peers.link import Link
from meshnode.trust.keyring import Keyring


class KeyGiving:
    """Gives keys for one node."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._has: WeakKeyDictionary[Link, bytes] = WeakKeyDictionary()

    def linked(self, link: Link) -> None:
        """A link is being granted."""
        link.on_keys = self._keyring.take
        self._has[link] = link.connection.remote.psk
        self.look((link,))

    def look(self, links: Iterable[Link]) -> None:
        """Give what these may lack."""
        for link in links:
            key = self._keyring.key_for(link.device) if link.device is not None else b""
            psk = link_psk(key) if key else b""
            if key and self._has.get(link) != psk:
                self._has[link] = psk
                link.give_keys((key,))
