"""Random graphs of changes whose operations all exist: whatever they say, every node shows the same.

Unlike honest editors these forget what they overwrite, delete what is gone, make texts twice and write over them. What
`read_chunk` and `Past` let through must still be something that automerge takes, in any order.
"""

from __future__ import annotations

import contextlib
import os
import random
from dataclasses import dataclass, field

import pytest

from crdt.chunk import read_chunk
from crdt.errors import NotPossibleNow
from crdt.record import OpenRecord, SignedChange
from tests.crdt.cast import EVERYONE, FIRST_MS, NETWORK, TASK_RECORD, device, sealed
from tests.support import chunks
from tests.support.chunks import Draft, Row

GRAPHS = 120 * int(os.environ.get("MESHNODE_FUZZ", "1"))
KEYS = ("title", "due", "status", "details")

Op = tuple[bytes, int]
Written = str | Op | None


@dataclass
class Node:
    """One change of a graph, with what each of its operations wrote."""

    signed: SignedChange
    hash: bytes
    actor: bytes
    start_op: int
    wrote: list[Written]
    texts: list[Op]
    past: set[int]


@dataclass
class Author:
    """Writes one change on top of some others."""

    source: random.Random
    actor: bytes
    start_op: int
    pool: list[tuple[Op, Written]]
    texts: list[Op]
    first: bool
    wrote: list[Written] = field(default_factory=list)
    made: list[Op] = field(default_factory=list)
    rows: list[tuple[Row, tuple[Op, ...], Op | None, Op | None]] = field(default_factory=list)

    def write(self) -> None:
        here = (self.actor, self.start_op + len(self.wrote))
        known = self.pool + [((self.actor, self.start_op + at), wrote) for at, wrote in enumerate(self.wrote)]
        texts = self.texts + self.made
        chance = self.source.random()
        if texts and chance < 0.5:
            text = self.source.choice(texts)
            elements = [op for op, wrote in known if wrote == text]
            if elements and self.source.random() < 0.4:
                gone = self.source.choice(elements)
                self.rows.append((Row(chunks.DELETE), (gone,), text, gone))
                self.wrote.append(None)
            else:
                character = self.source.choice("abé😀").encode()
                after = self.source.choice([*elements, None])
                self.rows.append((Row(insert=True, value=character, value_type=6), (), text, after))
                self.wrote.append(text)
            return
        key = self.source.choice(KEYS)
        preds = [op for op, wrote in known if wrote == key]
        preds = self.source.sample(preds, self.source.randrange(len(preds) + 1))
        makes = self.first and self.source.random() < 0.4
        row = Row(chunks.MAKE_TEXT, key) if makes else chunks.put(key, self.source.choice(["", "a", "open"]))
        self.rows.append((row, tuple(preds), None, None))
        self.wrote.append(key)
        if makes:
            self.made.append(here)

    def begin(self, number: int) -> None:
        """A line that no other first change has: all are of one author and one time, and must differ."""
        self.rows.append((chunks.put("place", str(number)), (), None, None))
        self.wrote.append("place")

    def change(self, deps: list[bytes]) -> bytes:
        named = {op[0] for _, preds, text, after in self.rows for op in (*preds, text, after) if op} - {self.actor}
        others = sorted(named)
        index = {self.actor: 0, **{actor: at + 1 for at, actor in enumerate(others)}}
        rows = []
        for row, preds, text, after in self.rows:
            in_order = sorted(preds, key=lambda op: (op[1], op[0]))
            place = (index[text[0]], text[1]) if text else (None, None)
            element = (index[after[0]], after[1]) if after else (None, 0) if text else (None, None)
            numbered = tuple((index[actor], counter) for actor, counter in in_order)
            rows.append(Row(row.action, row.key, place, element, row.insert, row.value, row.value_type, numbered))
        return Draft(rows, self.actor, sorted(deps), others, start_op=self.start_op).raw()


def graph(source: random.Random) -> list[SignedChange]:
    written: list[Node] = []
    for number in range(source.randrange(2, 9)):
        deps = source.sample(range(number), min(number, source.choice([0, 1, 1, 1, 2, 3])))
        past = {ancestor for dep in deps for ancestor in written[dep].past | {dep}}
        start = 1 + max((written[dep].start_op + len(written[dep].wrote) - 1 for dep in deps), default=0)
        pool = [
            ((written[at].actor, written[at].start_op + place), wrote)
            for at in past
            for place, wrote in enumerate(written[at].wrote)
        ]
        texts = [text for at in past for text in written[at].texts]
        # The actor is committed to the content, so own operations are named by index and found out afterwards.
        author = Author(source, bytes(16), start, pool, texts, not deps)
        if not deps:
            author.begin(number)
        for _ in range(source.randrange(1, 7)):
            author.write()
        by, at_ms = (device(number), number) if deps else (device(1), FIRST_MS)
        signed = sealed(TASK_RECORD, by, at_ms, author.change([written[dep].hash for dep in deps]))
        chunk = read_chunk(signed.raw)
        own = {(bytes(16), start + at): (bytes(chunk.actor), start + at) for at in range(chunk.op_count)}
        wrote = [own.get(target, target) if isinstance(target, tuple) else target for target in author.wrote]
        made = [own[text] for text in author.made]
        written.append(Node(signed, chunk.hash, chunk.actor, start, wrote, made, past))
    return [change.signed for change in written]


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_every_node_shows_the_same(seed: int) -> None:
    source = random.Random(seed)
    changes = graph(source)
    whole = OpenRecord(TASK_RECORD, NETWORK)
    whole.add(changes)
    assert (whole.merged, whole.set_aside) == (len(changes), 0)
    shuffled = changes[:]
    source.shuffle(shuffled)
    single = OpenRecord(TASK_RECORD, NETWORK)
    for change in shuffled:
        single.add([change])
    assert single.view(EVERYONE) == whole.view(EVERYONE)
    assert single.history(EVERYONE) == whole.history(EVERYONE)
    assert single.conflicts(EVERYONE) == whole.conflicts(EVERYONE)
    for change in changes:
        with contextlib.suppress(NotPossibleNow):
            read_chunk(single.draft(single.undo(change.id, EVERYONE)))
