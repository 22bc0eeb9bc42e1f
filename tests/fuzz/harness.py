"""Harness: feeds a target its share of mutated inputs and looks at what they cost.

Rules of this module:
1. Everything follows from the seed; a failure names the target, the seed and the number of the input.
2. An input may be read or refused. Anything else that comes out, a second of CPU time for one of them, or memory that
   grows with their number is a failure; so is what does not come to an end.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

SECONDS_AN_INPUT = 1.0
HANG_SECONDS = 20.0
STATM = Path("/proc/self/statm")
GROWN_MB = 24.0
"""What caches of the interpreter may take after the first fifth of the inputs."""

Play = Callable[[random.Random], tuple[int, int]]
"""Feeds a few inputs; how many it fed, and how many of them were read."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what others wrote. `share` is its part of every 25,000 inputs."""

    name: str
    share: int
    play: Play


@dataclass(slots=True)
class Result:
    """What a target was fed."""

    inputs: int = 0
    read: int = 0
    slowest: float = 0.0
    grown_mb: float = 0.0


class Hanging(BaseException):
    """An input that does not come to an end; not an Exception, so that nothing swallows it."""


def run(target: Target, count: int, seed: int) -> Result:
    """Feed `count` inputs.

    Raises:
        AssertionError: one of them did what none may do.
    """
    result, before = Result(), 0.0
    rounds = 0
    while result.inputs < count:
        chance = random.Random(f"{seed} {target.name} {rounds}")
        began = time.thread_time()
        try:
            with _no_hang():
                fed, read = target.play(chance)
        except (Exception, Hanging) as error:
            raise AssertionError(f"{target.name}, seed {seed}, round {rounds}: {error!r}") from error
        took = (time.thread_time() - began) / max(1, fed)
        rounds += 1
        result.inputs += fed
        result.read += read
        result.slowest = max(result.slowest, took)
        if not before and result.inputs * 5 > count:
            before = _resident_mb()
    result.grown_mb = max(0.0, _resident_mb() - before)
    assert result.slowest < SECONDS_AN_INPUT, f"{target.name}, seed {seed}: {result.slowest:.2f} s for one input"
    assert result.grown_mb < GROWN_MB, f"{target.name}, seed {seed}: {result.grown_mb:.0f} MB more than at the start"
    return result


def _resident_mb() -> float:
    """What this process holds; its peak where the system does not tell."""
    gc.collect()
    if STATM.exists():
        pages = int(STATM.read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


@contextlib.contextmanager
def _no_hang() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hanging(f"no end after {HANG_SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
