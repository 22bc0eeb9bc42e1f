"""Spare notes: a copy of the notebook beside the database, so that a lost database does not lose the network.

Rules of this module:
1. Without the network's id and an epoch key no peer would answer, and nothing could be fetched again.
2. Written whole and flushed before the batch that changed the notebook is acknowledged; readable by its owner alone.
3. Only looked at when the database it belongs to had to be replaced.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from meshnode.durable_file import durable_file
from meshnode.store.notebook import OWN_PREFIX, EpochKey, Notes

FILE_NAME: Final = "notes.json"


def write_spare(directory: Path, notes: Notes) -> None:
    """Copy the notebook.

    Raises:
        StorageError: it could not be written; the copy before stays.
    """
    found = {
        "meta": {name: value for name, value in notes.meta.items() if not name.startswith(OWN_PREFIX)},
        "epoch_keys": [[key.id.hex(), key.key.hex(), key.created_ms] for key in notes.epoch_keys],
    }
    with durable_file(directory / FILE_NAME) as file:
        file.write(json.dumps(found, indent=1, sort_keys=True).encode() + b"\n")


def read_spare(directory: Path) -> Notes:
    """The copy; empty when there is none that can be read."""
    try:
        found = json.loads((directory / FILE_NAME).read_bytes())
        notes = Notes({str(name): str(value) for name, value in found["meta"].items()})
        notes.add_keys(
            EpochKey(bytes.fromhex(id_), bytes.fromhex(key), int(at)) for id_, key, at in found["epoch_keys"]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Notes()
    return notes
