"""Join: a newcomer takes everything the neighbourhood ever wrote, from one peer, until it is on disk and acknowledged.

Rules of this module:
1. Two real sessions over two real replicas with stores on disk, in strict turns: the receiver's CPU is all that this
   process uses while it is the receiver's turn, in every thread.
2. Merging and showing is measured apart: it happens after the acknowledgement, when somebody looks.
3. The bare verification that it is compared with is measured right before and after each join.
"""

from __future__ import annotations

import asyncio
import cProfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.exchange import Exchange
from bench.machine import bare_verification
from bench.report import Report, median
from bench.scale import Scale
from bench.shelf import Shelf, full_directory, new_place
from bench.written import Written, corpus, membership, street
from crdt.identifiers import Lane
from meshnode.replica.admission import judge_changes
from meshnode.sync.messages import MessageType

CPU_TIMES = 2.5
RAW_SHARE = 0.6
PROFILED = 4_000


def measure(report: Report, scale: Scale) -> None:
    """Join a few times; the medians."""
    written = corpus(scale.tasks)
    report.heading(f"Join: {len(written.changes):,} changes in {scale.tasks:,} records, from nothing")
    report.note(f"writing and signing them took {written.seconds:.1f} s")
    runs = [_join(scale) for _ in range(scale.repeats)]
    raw = written.raw_bytes
    used = runs[0].exchange.sync_bytes
    count = len(written.changes)
    report.figure("join: changes' own bytes", raw, "B")
    report.figure("join: bytes sent, both ways, of the changes' own", used / raw, "x", RAW_SHARE)
    report.note(f"  {runs[0].exchange.said()}; {runs[0].flights} flights")
    bare = median([run.bare for run in runs])
    report.figure("join: bare PyNaCl verification of the same changes", bare, "s")
    cpu = median([run.exchange.dialler.cpu for run in runs])
    report.figure("join: receiver's CPU until all is on disk and acknowledged", cpu, "s")
    times = median([run.exchange.dialler.cpu / run.bare for run in runs])
    met = report.figure("join: receiver's CPU by bare verification", times, "x", CPU_TIMES)
    report.figure("join: receiver's CPU a change", 1e6 * cpu / count, "us")
    report.figure("join: sender's CPU", median([run.exchange.answerer.cpu for run in runs]), "s")
    report.figure("join: elapsed, both sides in turns", median([run.elapsed for run in runs]), "s")
    report.figure("join: merging and showing all records afterwards, CPU", median([run.views for run in runs]), "s")
    if not met:
        _profile(report, scale)


class _Run:
    """One join."""

    def __init__(self, exchange: Exchange, flights: int) -> None:
        self.exchange = exchange
        self.flights = flights
        self.bare = self.views = self.elapsed = 0.0


def _join(scale: Scale, *, profile: cProfile.Profile | None = None) -> _Run:
    changes = corpus(scale.tasks).changes
    giver = Shelf.open(_giver(scale), "alice")
    taker = Shelf.open(new_place("newcomer"), "bob")
    try:
        before = bare_verification(changes)
        run = asyncio.run(_exchange(taker, giver, profile))
        run.bare = (before + bare_verification(changes)) / 2
        if profile is None:
            run.views = taker.refresh_views()
        return run
    finally:
        taker.close()
        giver.close()


async def _exchange(taker: Shelf, giver: Shelf, profile: cProfile.Profile | None) -> _Run:
    exchange = Exchange(taker, giver)
    began = time.perf_counter()
    if profile is not None:
        profile.enable()
    flights = await exchange.run()
    if profile is not None:
        profile.disable()
    run = _Run(exchange.end(), flights)
    run.elapsed = time.perf_counter() - began
    if not exchange.is_equal() or not exchange.dialler.sent[MessageType.CREDIT]:
        raise AssertionError("the newcomer does not hold everything, or did not acknowledge it")
    return run


def _giver(scale: Scale) -> Path:
    return full_directory(scale.tasks)


def _profile(report: Report, scale: Scale) -> None:
    """The event loop's thread during a join, and the checking thread's work by itself."""
    profile = cProfile.Profile(time.thread_time)
    _join(scale, profile=profile)
    report.profile("both sides' event loop during a join (checking and writing have their own threads)", profile)
    sample = [each.envelope for each in corpus(scale.tasks).changes[:PROFILED]]
    checking = cProfile.Profile(time.thread_time)
    with checking:
        judge_changes(street().network, sample, membership().author_class)
    report.profile(f"checking {len(sample):,} of the changes", checking)
    _parts(report, scale)


def _parts(report: Report, scale: Scale) -> None:
    """Where a receiver's time goes, part by part, without a profiler's own weight."""
    changes = corpus(scale.tasks).changes
    batches = [changes[at : at + 400] for at in range(0, len(changes), 400)]
    shelf = Shelf.open(new_place("parts"), "bob")
    try:
        checked = stored = 0.0
        for batch in batches:
            checked += _checked(batch)
        stored = asyncio.run(_stored(shelf, batches)) - checked
    finally:
        shelf.close()
    bare = bare_verification(changes)
    report.note(
        f"  of the receiver's CPU: {checked:.2f} s checking ({bare:.2f} s of it the bare signatures),"
        f" about {stored:.2f} s writing and publishing; the rest is the session and its blocks"
    )


def _checked(batch: Sequence[Written]) -> float:
    began = time.thread_time()
    judge_changes(street().network, [each.envelope for each in batch], membership().author_class)
    return time.thread_time() - began


async def _stored(shelf: Shelf, batches: Sequence[Sequence[Written]]) -> float:
    began = time.process_time()
    for batch in batches:
        await shelf.replica.accept(Lane.ORDINARY, [each.envelope for each in batch], b"peer")
    return time.process_time() - began
