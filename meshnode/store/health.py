"""Health: what is wrong with the store, as sentences for a person, and whether it may still be written.

Rules of this module:
1. Damage found while running ends all writing at once; reading goes on, and the next start repairs.
2. Any thread may report; what is said is only ever read whole.
"""

from __future__ import annotations

from collections.abc import Callable

from meshnode.errors import StorageDamaged, StorageError


class Health:
    """The state of one store."""

    def __init__(self) -> None:
        self.recovering = ""
        self.damage: StorageDamaged | None = None
        self.last_failure: StorageError | None = None
        self.on_damage: Callable[[], None] = lambda: None

    @property
    def trouble(self) -> str:
        """What keeps this store from taking what is written; empty when nothing does."""
        failure = self.damage or self.last_failure
        return failure.sentence if failure is not None else ""

    def damaged(self, failure: StorageDamaged) -> None:
        """The file is damaged: nothing is written to it any more."""
        if self.damage is None:
            self.damage = StorageDamaged(str(failure), next_step="Start meshnode anew: it saves what is whole.")
            self.on_damage()

    def failed(self, failure: StorageError) -> None:
        """A write did not reach the disk."""
        if isinstance(failure, StorageDamaged):
            self.damaged(failure)
        self.last_failure = failure

    def worked(self) -> None:
        """A write reached the disk."""
        self.last_failure = None
