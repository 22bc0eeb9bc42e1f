"""`python -m bench [--quick] [name ...]`: measure, and print each figure beside its aim as met or not met.

Rules of this module:
1. Every group stands alone; the figures of the machine itself are printed beside whichever were asked for.
2. A group that cannot run here says why; a group that fails is reported and the next one runs.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence

from bench import join, latency, machine, membership, screen, start, sync
from bench.report import Report
from bench.scale import FULL, QUICK, Scale
from bench.shelf import library

GROUPS: dict[str, Callable[[Report, Scale], None]] = {
    "machine": machine.measure,
    "sync": sync.measure,
    "join": join.measure,
    "membership": membership.measure,
    "latency": latency.measure,
    "start": start.measure,
    "screen": screen.measure,
}


def main(words: Sequence[str] | None = None) -> int:
    """Measure the groups that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure meshnode against its aims.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which groups: {', '.join(GROUPS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes: shows that it runs, proves nothing")
    options = parser.parse_args(words)
    unknown = [name for name in options.names if name not in GROUPS]
    if unknown:
        parser.error(f"there is no group {unknown[0]!r}; choose from {', '.join(GROUPS)}")
    wanted = ["machine", *(name for name in GROUPS if name in (options.names or GROUPS) and name != "machine")]
    report, failed = Report(), False
    report.machine()
    with library():
        for name in wanted:
            try:
                GROUPS[name](report, QUICK if options.quick else FULL)
            except Exception:
                failed = True
                report.note(f"the group {name} failed:\n{traceback.format_exc()}")
    report.summary()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
