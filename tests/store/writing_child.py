"""A process that writes and says what is on the disk, until somebody kills it. Usage: writing_child DIRECTORY SEED."""

from __future__ import annotations

import os
import sys
from collections import deque
from concurrent.futures import Future
from pathlib import Path

from meshnode.store.store import Batch, Committed, Store
from tests.store.cast import Author

IN_FLIGHT = 16


def main() -> None:
    directory, seed = Path(sys.argv[1]), int(sys.argv[2])
    store, author = Store.open(directory), Author(seed)
    print("open", flush=True)
    flying: deque[Future[Committed]] = deque()
    while True:
        size = author.random.choice((1, 1, 2, 30))
        flying.append(store.submit(Batch(changes=author.changes(size), statements=[author.statement()])))
        if len(flying) == IN_FLIGHT:
            committed = flying.popleft().result()
            said = [change.id.hex() for change in committed.changes] + [
                "s" + each.id.hex() for each in committed.statements
            ]
            os.write(sys.stdout.fileno(), ("\n".join(said) + "\n").encode())


if __name__ == "__main__":
    main()
