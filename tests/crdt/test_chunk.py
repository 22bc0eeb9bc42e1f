"""The bounded reader: every honest change passes as it is, every hostile class is refused by its own code."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

import pytest

from crdt.chunk import committed_actor, read_chunk, with_actor, zeroed_body
from crdt.columns import boolean_column, delta_column, string_column, unsigned_column
from crdt.errors import ChunkRefused
from crdt.identifiers import ActorId
from tests.crdt.cast import NETWORK, TASK_RECORD, Neighbour, device
from tests.support import chunks
from tests.support.chunks import Draft, Row, deleted, put, typed

HASH = b"\x22" * 32
OTHER = b"\x33" * 16
MADE = Row(chunks.MAKE_TEXT, "details")
TEXT = (0, 1)


def refused(raw: bytes) -> str:
    with pytest.raises(ChunkRefused) as caught:
        read_chunk(raw)
    return caught.value.code


def test_a_plain_change_is_read() -> None:
    raw = Draft([MADE, typed(TEXT, (None, 0), "h"), typed(TEXT, (0, 2), "é"), put("title", "Gate")]).raw()
    chunk = read_chunk(raw)
    assert chunk.hash == chunks.chunk_hash(raw)
    assert (chunk.seq, chunk.start_op, chunk.op_count, chunk.max_op) == (1, 1, 4, 4)
    text = (b"\x11" * 16, 1)
    assert list(chunk.operations.targets) == ["details", text, text, "title"]
    assert chunk.operations.made_texts == {0}


def test_what_it_says_of_earlier_changes_is_handed_on() -> None:
    rows = [
        put("title", "Gate", (1, 3)),
        typed((1, 1), (1, 2), "x"),
        typed((1, 1), (0, 11), "y"),
        deleted((1, 1), (1, 4)),
    ]
    chunk = read_chunk(Draft(rows, deps=[HASH], others=[OTHER], start_op=10).raw())
    text = (OTHER, 1)
    assert list(chunk.operations.references) == [((OTHER, 3), "title"), ((OTHER, 2), text), ((OTHER, 4), text)]
    assert chunk.operations.text_references == {text}


HONEST = Draft([put("title", "Gate")]).raw()
FOREIGN = Draft([put("title", "Gate", (1, 3))], deps=[HASH], others=[OTHER], start_op=5)


def _later(row: Row, **parts: object) -> bytes:
    return Draft([row], deps=[HASH], others=[OTHER], start_op=5, **parts).raw()  # type: ignore[arg-type]


_BOMB = {
    chunks.ACTION: chunks.sleb(200_001) + b"\x01",
    chunks.KEY: chunks.sleb(200_001) + b"\x01a",
    chunks.INSERT: chunks.uleb(200_001),
    chunks.VALUE_META: chunks.sleb(200_001) + b"\x00",
    chunks.PRED_COUNT: chunks.sleb(200_001) + b"\x00",
}

HOSTILE: Mapping[str, tuple[str, bytes]] = {
    # the frame
    "empty": ("magic", b""),
    "magic only": ("truncated", chunks.MAGIC),
    "wrong magic": ("magic", b"\x85\x6f\x4a\x84" + HONEST[4:]),
    "document chunk": ("chunk-type", chunks.frame(b"\x00" * 30, 0)),
    "deflated change": ("chunk-type", chunks.frame(b"\x00" * 30, 2)),
    "a second chunk behind": ("length", HONEST + HONEST),
    "cut": ("length", HONEST[:-1]),
    "checksum": ("checksum", HONEST[:4] + b"\x00\x00\x00\x00" + HONEST[8:]),
    "long": ("too-large", HONEST + b"\x00" * 128 * 1024),
    "two-byte zero length": ("number", HONEST[:9] + b"\x80\x00"),
    # the header
    "deps bomb": ("too-many-deps", chunks.frame(chunks.uleb(2**40))),
    "2,049 deps": ("too-many-deps", chunks.frame(chunks.uleb(2049) + b"".join(i.to_bytes(32) for i in range(2049)))),
    "deps not there": ("truncated", chunks.frame(chunks.uleb(2000))),
    "deps twice": ("deps-order", Draft([put("a", "")], deps=[HASH, HASH]).raw()),
    "deps unsorted": ("deps-order", Draft([put("a", "")], deps=[HASH, b"\x21" * 32]).raw()),
    "short actor": ("actor-length", Draft([put("a", "")], actor=b"abc").raw()),
    "long actor": ("actor-length", Draft([put("a", "")], actor=b"a" * 17).raw()),
    "seq gap": ("seq", Draft([put("a", "")], seq=5).raw()),
    "seq 0": ("seq", Draft([put("a", "")], seq=0).raw()),
    "start_op 0": ("start-op", Draft([put("a", "")], start_op=0).raw()),
    "start_op 2^31": ("start-op", Draft([put("a", "")], start_op=2**31).raw()),
    "start_op 2^31 - 1 with two rows": ("start-op", Draft([put("a", ""), put("b", "")], start_op=2**31 - 1).raw()),
    "start_op 2^32 - 1": ("start-op", Draft([put("a", "")], start_op=2**32 - 1).raw()),
    "start_op 2^63": ("start-op", Draft([put("a", "")], start_op=2**63).raw()),
    "start_op 2^64": ("number", Draft([put("a", "")], start_op=2**64).raw()),
    "time": ("time", Draft([put("a", "")], time=1).raw()),
    "time -2^63": ("time", Draft([put("a", "")], time=-(2**63)).raw()),
    "message": ("message", Draft([put("a", "")], message=b"hi").raw()),
    "extra bytes": ("extra-bytes", Draft([put("a", "")], extra=b"\x00").raw()),
    "unused actor": ("unused-actor", Draft([put("a", "")], deps=[HASH], others=[OTHER], start_op=5).raw()),
    "unused actor between": (
        "unused-actor",
        Draft([put("a", "", (2, 3))], deps=[HASH], others=[OTHER, b"\x34" * 16], start_op=5).raw(),
    ),
    "actors unsorted": ("actors-order", Draft([put("a", "")], others=[OTHER, b"\x32" * 16]).raw()),
    "own actor again": ("actors-order", Draft([put("a", "")], others=[b"\x11" * 16]).raw()),
    "actors bomb": ("too-many-actors", Draft([put("a", "")], others=[b""] * 2049).raw()),
    # the columns
    "deflated column": ("deflated-column", Draft([put("a", "")], columns={chunks.ACTION | 8: b"\x7f\x01"}).raw()),
    "unknown column": ("column", Draft([put("a", "")], columns={0x65: b"\x7f\x01"}).raw()),
    "expand column of marks": ("column", Draft([put("a", "")], columns={0x94: b"\x01"}).raw()),
    "name column of marks": ("column", Draft([put("a", "")], columns={0xA5: b"\x7f\x01a"}).raw()),
    "run-length bomb": ("too-many-rows", Draft(columns=_BOMB).raw()),
    "run-length bomb of 10^9": ("too-many-rows", Draft(columns={chunks.ACTION: chunks.sleb(10**9) + b"\x01"}).raw()),
    "null bomb": ("too-many-rows", Draft(columns={chunks.ACTION: b"\x00" + chunks.uleb(10**9)}).raw()),
    "literal bomb": ("too-many-rows", Draft(columns={chunks.ACTION: chunks.sleb(-(10**9))}).raw()),
    "boolean bomb": ("too-many-rows", Draft([put("a", "")], columns={chunks.INSERT: chunks.uleb(10**9)}).raw()),
    "key bomb": ("too-many-rows", Draft([put("a", "")], columns={chunks.KEY: chunks.sleb(10**9) + b"\x01a"}).raw()),
    "pred bomb": ("too-many-rows", Draft([put("a", "")], columns={chunks.PRED_COUNT: b"\x7f\xff\xff\x7f"}).raw()),
    "fewer keys than rows": (
        "row-count",
        Draft([put("a", ""), put("b", "")], columns={chunks.KEY: b"\x7f\x01a"}).raw(),
    ),
    "fewer preds than told": ("row-count", _later(put("a", "", (1, 2)), columns={chunks.PRED_COUNTER: b""})),
    "null action": ("null", Draft(columns={chunks.ACTION: b"\x00\x01"}).raw()),
    "run of one": ("run-length", Draft([put("a", "")], columns={chunks.ACTION: b"\x01\x01"}).raw()),
    "run after its own literal": (
        "run-length",
        Draft([put("a", "")], columns={chunks.ACTION: b"\x7f\x01\x02\x01"}).raw(),
    ),
    "empty null run": ("run-length", Draft([put("a", "")], columns={chunks.ACTION: b"\x00\x00\x7f\x01"}).raw()),
    "two literals": ("run-length", Draft([put("a", "")], columns={chunks.ACTION: b"\x7f\x01\x7f\x04"}).raw()),
    "actor index": ("actor-index", _later(put("a", "", (2, 2)))),
    "actor index 2^40": ("actor-index", _later(put("a", "", (2**40, 2)))),
    "no operations": ("no-operations", Draft(deps=[HASH], start_op=7).raw()),
    "key run of one": ("run-length", Draft([put("a", "")], columns={chunks.KEY: b"\x01\x01a"}).raw()),
    "key literals twice": (
        "run-length",
        Draft([put("a", ""), put("b", "")], columns={chunks.KEY: b"\x7f\x01a\x7f\x01b"}).raw(),
    ),
    "equal key literals": (
        "run-length",
        Draft([put("a", ""), put("b", "")], columns={chunks.KEY: b"\x7e\x01a\x01a"}).raw(),
    ),
    "key cut off": ("truncated", Draft([put("a", "")], columns={chunks.KEY: b"\x7f\x05a"}).raw()),
    "counter far away": ("number", _later(put("a", "", (1, 2**40)))),
    "own actor cut off": ("truncated", chunks.frame(b"\x00\x10abc")),
    # the operations
    "nested map": ("action", Draft([Row(chunks.MAKE_MAP, "a")]).raw()),
    "list": ("action", Draft([Row(chunks.MAKE_LIST, "a")]).raw()),
    "table": ("action", Draft([Row(chunks.MAKE_TABLE, "a")]).raw()),
    "increment": ("action", Draft([Row(chunks.INCREMENT, "a", value=b"\x01", value_type=4)]).raw()),
    "mark": ("action", Draft([Row(chunks.MARK, "a")]).raw()),
    "unknown action": ("action", Draft([Row(99, "a")]).raw()),
    "deleted key": ("action", _later(Row(chunks.DELETE, "a", preds=((1, 3),)))),
    "text in a later change": ("action", _later(Row(chunks.MAKE_TEXT, "a", preds=((1, 3),)))),
    "counter": ("value-type", Draft([Row(chunks.SET, "a", value=b"\x01", value_type=8)]).raw()),
    "timestamp": ("value-type", Draft([Row(chunks.SET, "a", value=b"\x01", value_type=9)]).raw()),
    "float": ("value-type", Draft([Row(chunks.SET, "a", value=b"\x00" * 8, value_type=5)]).raw()),
    "unknown value type": ("value-type", Draft([Row(chunks.SET, "a", value=b"\x01", value_type=12)]).raw()),
    "null with contents": ("value-type", Draft([Row(chunks.SET, "a", value=b"\x01", value_type=0)]).raw()),
    "number of eleven bytes": ("value-type", Draft([Row(chunks.SET, "a", value=b"\x80" * 11, value_type=3)]).raw()),
    "number with a tail": ("number", Draft([Row(chunks.SET, "a", value=b"\x01\x01", value_type=3)]).raw()),
    "string not UTF-8": ("utf-8", Draft([Row(chunks.SET, "a", value=b"\xff", value_type=6)]).raw()),
    "value longer than there": ("value-length", Draft([put("a", "b")], columns={chunks.VALUE: b""}).raw()),
    "values left over": ("value-length", Draft([put("a", "b")], columns={chunks.VALUE: b"bc"}).raw()),
    "1 MB key": ("too-large", Draft([put("k" * 1_000_000, "")]).raw()),
    "257-byte key": ("key-length", Draft([put("k" * 257, "")]).raw()),
    "key not UTF-8": ("utf-8", Draft([put("a", "")], columns={chunks.KEY: b"\x7f\x01\xff"}).raw()),
    "no key": ("map-key", Draft([Row(chunks.SET)]).raw()),
    "key and element": ("map-key", _later(Row(chunks.SET, "a", element=(1, 2)))),
    "insert into the map": ("insert", Draft([Row(chunks.SET, "a", insert=True)]).raw()),
    "pred of the future": ("operation-id", _later(put("a", "", (1, 5)))),
    "pred 0": ("operation-id", _later(put("a", "", (1, 0)))),
    "own pred of another key": ("operation-id", Draft([put("a", ""), put("b", "", (0, 1))]).raw()),
    "pred of itself": ("operation-id", Draft([put("a", "", (0, 1))]).raw()),
    "pred without actor": ("operation-id", Draft([put("a", "", (None, 1))], start_op=5).raw()),
    "preds twice": ("predecessors", _later(put("a", "", (1, 2), (1, 2)))),
    "preds unsorted": ("predecessors", _later(put("a", "", (1, 3), (1, 2)))),
    "half an object": ("object", _later(Row(chunks.SET, obj=(1, None), element=(1, 2), insert=True))),
    "object of the future": ("object", _later(typed((1, 9), (None, 0), "a"))),
    "own object that is a string": ("object", Draft([put("a", ""), typed(TEXT, (None, 0), "a")]).raw()),
    "key in a text": ("text-key", Draft([MADE, Row(chunks.SET, "a", obj=TEXT, insert=True)]).raw()),
    "put into a text": ("action", Draft([MADE, typed(TEXT, (None, 0), "a"), Row(obj=TEXT, element=(0, 2))]).raw()),
    "text in a text": ("action", Draft([MADE, Row(chunks.MAKE_TEXT, obj=TEXT, element=(None, 0), insert=True)]).raw()),
    "two characters in a row": ("character", Draft([MADE, typed(TEXT, (None, 0), "ab")]).raw()),
    "no character": ("character", Draft([MADE, typed(TEXT, (None, 0), "")]).raw()),
    "number as a character": (
        "character",
        Draft([MADE, Row(chunks.SET, obj=TEXT, element=(None, 0), insert=True, value=b"\x01", value_type=3)]).raw(),
    ),
    "half a character": (
        "character",
        Draft([MADE, Row(obj=TEXT, element=(None, 0), insert=True, value=b"\xc3", value_type=6)]).raw(),
    ),
    "two halves of a character": (
        "utf-8",
        Draft([MADE, Row(obj=TEXT, element=(None, 0), insert=True, value=b"\xc3\x28", value_type=6)]).raw(),
    ),
    "insert after nothing": ("operation-id", Draft([MADE, typed(TEXT, (0, 9), "a")]).raw()),
    "insert after the text itself": ("operation-id", Draft([MADE, typed(TEXT, (0, 1), "a")]).raw()),
    "insert with a pred": (
        "predecessors",
        Draft([MADE, Row(obj=TEXT, element=(None, 0), insert=True, value=b"a", value_type=6, preds=((0, 1),))]).raw(),
    ),
    "delete without a pred": ("predecessors", _later(Row(chunks.DELETE, obj=(1, 1), element=(1, 2)))),
    "delete of another": ("predecessors", _later(Row(chunks.DELETE, obj=(1, 1), element=(1, 2), preds=((1, 3),)))),
    "delete with a value": (
        "action",
        _later(Row(chunks.DELETE, obj=(1, 1), element=(1, 2), preds=((1, 2),), value=b"a", value_type=6)),
    ),
    "delete of the beginning": (
        "operation-id",
        Draft([MADE, Row(chunks.DELETE, obj=TEXT, element=(None, 0), preds=((None, 0),))]).raw(),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_classes_are_refused(name: str) -> None:
    code, raw = HOSTILE[name]
    assert refused(raw) == code


def test_a_bomb_makes_no_rows() -> None:
    """What a run claims is compared with the limit before anything of that length exists."""
    for decode in (unsigned_column, delta_column, boolean_column, lambda c, n: string_column(c, n, 9)):
        for bomb in (chunks.sleb(2**60) + b"\x01", b"\x00" + chunks.uleb(2**60), chunks.uleb(2**60)):
            with pytest.raises(ChunkRefused) as caught:
                decode(bomb, 5000)  # would be 2^60 entries
            assert caught.value.code in {"too-many-rows", "truncated", "number"}


def test_5000_rows_are_the_most() -> None:
    rows = [MADE, *(typed(TEXT, (0, row) if row > 1 else (None, 0), "a") for row in range(1, 5000))]
    assert read_chunk(Draft(rows).raw()).op_count == 5000
    assert refused(Draft([*rows, typed(TEXT, (0, 5000), "a")]).raw()) == "too-many-rows"


def test_control_and_bidi_characters_are_kept() -> None:
    """What is stored stays as it was signed; screens clean it."""
    raw = Draft([put("title", "a\x00\x1b[2J\u202eb"), MADE, typed((0, 2), (None, 0), "\x1b")]).raw()
    assert read_chunk(raw).op_count == 3


def test_the_actor_commits_to_everything() -> None:
    ana = Neighbour(1)
    raw = ana.act("task.add", title="Gate").raw
    body = zeroed_body(raw)
    args = (NETWORK, TASK_RECORD, ana.device, ana.written[0].at_ms)
    assert read_chunk(raw).actor == committed_actor(*args, body)
    assert zeroed_body(with_actor(raw, ActorId(OTHER))) == body
    assert with_actor(with_actor(raw, ActorId(OTHER)), read_chunk(raw).actor) == raw
    changed = [
        committed_actor(NETWORK, TASK_RECORD, device(2), args[3], body),
        committed_actor(NETWORK, TASK_RECORD, args[2], args[3] + 1, body),
        committed_actor(NETWORK, type(TASK_RECORD)(b"\x20" + b"\x08" * 15), args[2], args[3], body),
        committed_actor(*args, body + b"\x00"),
    ]
    assert read_chunk(raw).actor not in changed


def test_a_typical_change_costs_little() -> None:
    """Not a benchmark: a reader that fell out of its fast paths would be ten times slower."""
    ana = Neighbour(1)
    ana.act("task.add", title="Fix the gate", details="The hinge is loose and the paint is gone. " * 2, due="fri")
    raw = ana.written[0].raw
    costs = []
    for _ in range(200):
        start = time.perf_counter()
        read_chunk(raw)
        costs.append(time.perf_counter() - start)
    assert min(costs) < 0.001, f"{min(costs) * 1e6:.0f} us for {len(raw)} bytes"


def test_seeded_numbers_are_read_as_written() -> None:
    source = random.Random(7)
    for _ in range(300):
        values = [source.choice([None, 0, 1, 1, 1, 200, source.randrange(2**30)]) for _ in range(source.randrange(40))]
        assert unsigned_column(chunks.numbers(values), 50) == values
        assert delta_column(chunks.deltas(values), 50) == values
        words = [None if value is None else f"w{value}é" for value in values]
        assert string_column(chunks.strings(words), 50, 40) == words
        flags = [bool(value) for value in values]
        assert boolean_column(chunks.booleans(flags), 50) == flags
