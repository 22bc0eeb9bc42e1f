"""A process that moves changes out of the set and back until it is killed. Usage: moving_child DIRECTORY SEED."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from meshnode.store.store import Batch, Store
from tests.store.cast import Author, write


def main() -> None:
    store, author = Store.open(Path(sys.argv[1])), Author(int(sys.argv[2]))
    rng = author.random
    records = [author.record() for _ in range(4)]
    known = [change.id for record in store.records() for change in store.changes_of(record)]
    while True:
        changes = [author.change(rng.choice(records)) for _ in range(rng.choice((1, 3, 60)))]
        known += [change.id for change in changes]
        withhold, restore = (rng.sample(known, min(len(known), rng.choice((0, 2, 50)))) for _ in range(2))
        forget = [records.pop()] if rng.random() < 0.1 else []
        records += [author.record() for _ in forget]
        write(store, Batch(changes=changes, withhold=withhold, restore=restore, forget=forget))
        os.write(sys.stdout.fileno(), b"moved\n")


if __name__ == "__main__":
    main()
