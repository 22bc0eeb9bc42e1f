"""DiskRoom: whether there is room for what others write.

Rules of this module:
1. It measures the disk under the database and decides nothing about a single item.
2. What is written here and statements are never asked whether there is room: they are tried, and the disk answers.
"""

from __future__ import annotations

import enum
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from meshnode.peers.limits import PeerLimits


class Usage(Protocol):
    """What `shutil.disk_usage` says, in bytes."""

    @property
    def total(self) -> int:
        """The whole disk."""
        ...

    @property
    def free(self) -> int:
        """What an ordinary user may still write."""
        ...


class Room(enum.Enum):
    """How much room there is."""

    PLENTY = "plenty"
    SCARCE = "scarce"
    """What is urgent is still taken from others."""
    LAST = "last"
    """Nothing is taken from others but statements."""


class DiskRoom:
    """The disk under one directory."""

    def __init__(
        self, directory: Path, limits: PeerLimits, measure: Callable[[Path], Usage] = shutil.disk_usage
    ) -> None:
        self._directory = directory
        self._limits = limits
        self._measure = measure

    def free(self) -> int:
        """Bytes that can still be written; 0 where the disk does not say."""
        try:
            return self._measure(self._directory).free
        except OSError:
            return 0

    def now(self) -> Room:
        """How much room there is now; plenty where the disk does not say."""
        try:
            usage = self._measure(self._directory)
        except OSError:
            return Room.PLENTY
        limits = self._limits
        if usage.free < limits.last_free_bytes:
            return Room.LAST
        nearly_full = usage.free <= usage.total * (1 - limits.full_share) and usage.free < limits.full_free_bytes
        return Room.SCARCE if nearly_full or usage.free < limits.scarce_free_bytes else Room.PLENTY
