"""Belonging: to which network this profile belongs, in a small file outside the database.

It holds what a node needs to be let in again after its database was lost: the network's id and keys, and the statements
on which its own membership rests. Everything else comes back from neighbours.

Rules of this module:
1. Written after the database, before anything is said about the network: whoever finds the file finds a network.
2. The network's keys are secrets: the file is for the owner alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from crdt.identifiers import NetworkId
from meshnode.durable_file import durable_file
from meshnode.errors import StorageDamaged

FILE_NAME = "belonging.json"


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a profile knows of its network before it opens the database. Epoch keys, newest first."""

    network: NetworkId
    epoch_keys: tuple[bytes, ...] = field(repr=False)
    statements: tuple[bytes, ...] = field(repr=False)


def read_belonging(folder: Path) -> Belonging | None:
    """The network that this profile belongs to; None where it belongs to none.

    Raises:
        StorageDamaged: the file is there and cannot be read.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Belonging(
            NetworkId(bytes.fromhex(found["network"])),
            tuple(bytes.fromhex(key) for key in found["epoch_keys"]),
            tuple(bytes.fromhex(each) for each in found["statements"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageDamaged(
            f"{path} cannot be read, so meshnode does not know your neighbourhood's keys.",
            next_step="Put the file back from a copy, or move the profile's folder away and join again.",
        ) from error


def write_belonging(folder: Path, belonging: Belonging) -> None:
    """Keep it.

    Raises:
        StorageError: the disk did not take it.
    """
    content = {
        "network": belonging.network.hex(),
        "epoch_keys": [key.hex() for key in belonging.epoch_keys],
        "statements": [each.hex() for each in belonging.statements],
    }
    with durable_file(folder / FILE_NAME) as file:
        file.write(json.dumps(content, indent=1).encode() + b"\n")
