"""A bundle of everything that a stopped profile holds: the signed changes and statements, as they travel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crdt.identifiers import KEY_BYTES, Lane
from meshnode.errors import NoNetwork
from meshnode.platform import Paths

if TYPE_CHECKING:
    from meshnode.store.store import Store

SIGNED: Final = "signed.meshbundle"
AT_ONCE_BYTES: Final = 256 * 1024


def write_signed(paths: Paths, file: Path) -> int:
    """Write the bundle; how many signed things it holds.

    Raises:
        NoNetwork: this profile belongs to no neighbourhood.
        NodeBusy: a node of this profile runs.
        StorageError: the database could not be read, or the file not be written.
    """
    from meshnode.bundle.bundle import write_bundle
    from meshnode.node.belonging import read_belonging
    from meshnode.store.store import Store

    store = Store.open(paths.network)
    try:
        belonging = read_belonging(store)
        if belonging is None:
            raise NoNetwork
        return write_bundle(file, belonging.network, [(lane, _items(store, lane)) for lane in Lane])
    finally:
        store.close()


def _items(store: Store, lane: Lane) -> Iterator[bytes]:
    """Everything of one lane in its order, a part at a time."""
    low, ended = bytes(KEY_BYTES), False
    while not ended:
        items, ended = store.range_items(lane, low, None, AT_ONCE_BYTES)
        yield from (item for _, item in items)
        if not items:
            return
        last = int.from_bytes(items[-1][0], "big")
        low = (last + 1).to_bytes(KEY_BYTES, "big")
