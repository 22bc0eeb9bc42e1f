"""A bundle of everything that a stopped profile holds: the signed changes and statements, as they travel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from meshnode.platform import Paths

SIGNED: Final = "signed.meshbundle"


def write_signed(paths: Paths, file: Path) -> int:
    """Write the bundle; how many signed things it holds.

    Raises:
        NodeBusy: a node of this profile runs.
        StorageError: the file could not be written.
    """
    from meshnode.bundle.bundle import write_bundle
    from meshnode.store.store import Store

    raise NotImplementedError(write_bundle, Store, paths, file)
