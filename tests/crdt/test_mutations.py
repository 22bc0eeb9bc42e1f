"""Mutated changes: the reader answers every one with a chunk or a `ChunkRefused`, and what it lets through is harmless.

The count is small here; MESHNODE_FUZZ multiplies it.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Iterator

from crdt.chunk import read_chunk
from crdt.errors import ChunkRefused, NotPossibleNow
from crdt.record import OpenRecord, SignedChange
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, TASK_RECORD, Neighbour, device, sealed
from tests.support.chunks import frame

COUNT = 6000 * int(os.environ.get("MESHNODE_FUZZ", "1"))
SEED = int(os.environ.get("MESHNODE_SEED", "20261124"))


def corpus() -> list[SignedChange]:
    """Honest changes of every shape, each building on the ones before."""
    ana, bo = Neighbour(1), Neighbour(2)
    ana.act("task.add", title="Fix the gate", details="The hinge is loose. ÄÖ 😀", due="fri", people_needed=300 % 99)
    bo.hear(ana)
    ana.act("task.edit", details="The upper hinge is loose 😀", place="Elm Street")
    bo.act("task.edit", details="The hinge is very loose. ÄÖ", due="sat")
    bo.act("task.claim")
    ana.hear(bo)
    ana.act("task.edit", due="2026-12-01", title="Fix the gate well")
    ana.act("task.comment", text="x" * 300)
    return ana.record.changes


def mutated(raw: bytes, source: random.Random) -> bytes:
    """The same change with a few bytes of its contents changed, and length and checksum made right again."""
    body = bytearray(raw[10 if raw[9] < 0x80 else 11 :])
    for _ in range(source.choice([1, 1, 1, 2, 3, 8])):
        at = source.randrange(len(body))
        match source.randrange(5):
            case 0:
                body[at] = source.randrange(256)
            case 1:
                body[at] ^= 1 << source.randrange(8)
            case 2:
                body.insert(at, source.choice([0, 1, 0x7F, 0x80, 0xFF, source.randrange(256)]))
            case 3:
                del body[at : at + source.choice([1, 1, 2, 5])]
            case _:
                other = source.randrange(len(body))
                body[at : at + 3] = body[other : other + 3]
        if not body:
            body.append(0)
    return frame(bytes(body))


def mutants(count: int) -> Iterator[tuple[int, bytes]]:
    source = random.Random(SEED)
    raws = [change.raw for change in corpus()]
    for number in range(count):
        yield number, mutated(source.choice(raws), source)


def test_mutants_are_refused_or_read() -> None:
    print(f"seed {SEED}")
    read = 0
    for number, raw in mutants(COUNT):
        try:
            read_chunk(raw)
        except ChunkRefused:
            continue
        except BaseException:
            print(f"mutant {number}: {raw.hex()}")
            raise
        read += 1
    assert 0 < read < COUNT


def test_mutants_that_are_read_harm_nothing() -> None:
    """With a valid signature they would reach the record: it must show what it showed, or the same on every node."""
    print(f"seed {SEED}")
    honest = corpus()
    source = random.Random(SEED)
    merged = aside = 0
    for number, raw in mutants(COUNT):
        try:
            read_chunk(raw)
        except ChunkRefused:
            continue
        # Admission lets no other actor through; nobody but its maker could begin the record once more.
        stranger = sealed(TASK_RECORD, device(1), FIRST_MS, raw)
        first, second = OpenRecord(TASK_RECORD, NETWORK), OpenRecord(TASK_RECORD, NETWORK)
        first.add([*honest, stranger])
        shuffled = [*honest, stranger]
        source.shuffle(shuffled)
        for change in shuffled:
            second.add([change])
        assert first.view(EVERYONE) == second.view(EVERYONE), f"mutant {number}: {raw.hex()}"
        assert first.history(EVERYONE)
        first.conflicts(EVERYONE)
        with contextlib.suppress(NotPossibleNow):
            first.draft(first.undo(stranger.id, EVERYONE))
        merged += first.merged - len(honest)
        aside += first.set_aside
    assert merged
    assert aside
