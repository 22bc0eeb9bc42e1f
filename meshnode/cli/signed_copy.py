"""A bundle of everything that a stopped profile holds: the signed changes and statements, as they travel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crdt.identifiers import HASH_BYTES, KEY_BYTES, ItemId, Lane, NetworkId
from meshnode.platform import Paths

if TYPE_CHECKING:
    from meshnode.store.store import Store

SIGNED: Final = "signed.meshbundle"
PART: Final = 500
TIME_BYTES: Final = KEY_BYTES - HASH_BYTES
"""An item's key begins with its time; the id follows."""


def write_signed(paths: Paths, file: Path) -> int:
    """Write the bundle; how many signed things it holds.

    Raises:
        NodeBusy: a node of this profile runs.
        StorageError: the file could not be written.
    """
    from meshnode.bundle.bundle import write_bundle
    from meshnode.store.store import Store

    store = Store.open(paths.network)
    try:
        network = NetworkId(bytes.fromhex(store.meta("network") or ""))
        return write_bundle(file, network, [(lane, _items(store, lane)) for lane in Lane])
    finally:
        store.close()


def _items(store: Store, lane: Lane) -> Iterator[bytes]:
    """Everything of one lane, a part at a time."""
    index = store.index(lane)
    for begin in range(0, len(index), PART):
        keys = index.keys(begin, min(begin + PART, len(index)))
        yield from store.items(lane, [ItemId(key[TIME_BYTES:]) for key in keys])
