"""Background check: reads a large database through after an end that was not in order, while the node already runs.

Rules of this module:
1. Its own thread and connection; `stop` interrupts it.
2. It only reports: damage ends all writing, and the next start repairs.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

from meshnode.errors import StorageDamaged, StorageError
from meshnode.store.database import FILE_NAME, connect
from meshnode.store.health import Health
from meshnode.store.opening import quick_check

log = logging.getLogger("meshnode.store")

CACHE_KIB: Final = 1024


class BackgroundCheck:
    """One reading of the whole file, begun at once."""

    def __init__(self, directory: Path, health: Health) -> None:
        """Begin.

        Raises:
            StorageError: the database cannot be opened.
        """
        self._directory = directory
        self._health = health
        self._connection = connect(directory / FILE_NAME, cache_kib=CACHE_KIB, read_only=True)
        self._stopping = False
        self._finished = False
        self._thread = threading.Thread(target=self._run, name="store-check", daemon=True)
        self._thread.start()

    def stop(self) -> bool:
        """Break off if it is not finished; whether the whole file was read."""
        self._stopping = True
        while self._thread.is_alive():
            self._connection.interrupt()
            self._thread.join(0.01)
        self._connection.close()
        return self._finished

    def finish(self) -> None:
        """Wait until everything was read."""
        self._thread.join()

    def _run(self) -> None:
        try:
            quick_check(self._connection, self._directory)
            self._finished = True
        except StorageDamaged as damage:
            log.error("%s", damage)
            self._health.damaged(damage)
        except StorageError as error:
            if not self._stopping:
                log.warning("the database could not be checked: %s", error)
