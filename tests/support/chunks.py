"""Hand-built Automerge changes, honest and hostile: every number in them can be chosen.

Rules of this module:
1. The encoders write the canonical form; a test that wants another writes the bytes itself.
2. Everything here is bytes: it knows automerge's format, not crdt's reader of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

MAGIC = b"\x85\x6f\x4a\x83"
ZERO_ACTOR = bytes(16)
OBJ_ACTOR, OBJ_COUNTER, KEY_ACTOR, KEY_COUNTER, KEY = 0x01, 0x02, 0x11, 0x13, 0x15
INSERT, ACTION, VALUE_META, VALUE = 0x34, 0x42, 0x56, 0x57
PRED_COUNT, PRED_ACTOR, PRED_COUNTER = 0x70, 0x71, 0x73
MAKE_MAP, SET, MAKE_LIST, DELETE, MAKE_TEXT, INCREMENT, MAKE_TABLE, MARK = range(8)


def uleb(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def sleb(value: int) -> bytes:
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value & 0x7F])


def frame(body: bytes, chunk_type: int = 1) -> bytes:
    """A chunk with the right length and checksum around any contents."""
    hashed = bytes([chunk_type]) + uleb(len(body)) + body
    return MAGIC + hashlib.sha256(hashed).digest()[:4] + hashed


def chunk_hash(raw: bytes) -> bytes:
    return hashlib.sha256(raw[8:]).digest()


def rle(values: Sequence[bytes | None]) -> bytes:
    """Run-length encoding of values that are encoded already."""
    out = bytearray()
    literals: list[bytes] = []

    def flush() -> None:
        if literals:
            out.extend(sleb(-len(literals)) + b"".join(literals))
            literals.clear()

    for value, same in groupby(values):
        count = len(list(same))
        if value is not None and count == 1:
            literals.append(value)
            continue
        flush()
        out.extend(b"\x00" + uleb(count) if value is None else sleb(count) + value)
    flush()
    return bytes(out)


def numbers(values: Iterable[int | None]) -> bytes:
    return rle([None if value is None else uleb(value) for value in values])


def deltas(values: Iterable[int | None]) -> bytes:
    out: list[bytes | None] = []
    before = 0
    for value in values:
        out.append(None if value is None else sleb(value - before))
        before = before if value is None else value
    return rle(out)


def strings(values: Iterable[str | None]) -> bytes:
    return rle([None if value is None else uleb(len(value.encode())) + value.encode() for value in values])


def booleans(values: Iterable[bool]) -> bytes:
    out = bytearray()
    expected = False
    for value, same in groupby(values):
        if value != expected:
            out += b"\x00"
        out += uleb(len(list(same)))
        expected = not value
    return bytes(out)


@dataclass(frozen=True)
class Row:
    """One operation; ids are (actor index, counter)."""

    action: int = SET
    key: str | None = None
    obj: tuple[int | None, int | None] = (None, None)
    element: tuple[int | None, int | None] = (None, None)
    insert: bool = False
    value: bytes = b""
    value_type: int = 0
    preds: tuple[tuple[int | None, int | None], ...] = ()


def put(key: str, text: str, *preds: tuple[int | None, int | None]) -> Row:
    return Row(SET, key, value=text.encode(), value_type=6, preds=preds)


def typed(text_object: tuple[int, int], after: tuple[int | None, int], character: str) -> Row:
    return Row(SET, obj=text_object, element=after, insert=True, value=character.encode(), value_type=6)


def deleted(text_object: tuple[int, int], element: tuple[int, int]) -> Row:
    return Row(DELETE, obj=text_object, element=element, preds=(element,))


def columns_of(rows: Sequence[Row]) -> dict[int, bytes]:
    """The columns as automerge writes them: those with nothing in them are left out."""
    preds = [pred for row in rows for pred in row.preds]
    columns = {
        OBJ_ACTOR: numbers(row.obj[0] for row in rows),
        OBJ_COUNTER: numbers(row.obj[1] for row in rows),
        KEY_ACTOR: numbers(row.element[0] for row in rows),
        KEY_COUNTER: deltas(row.element[1] for row in rows),
        KEY: strings(row.key for row in rows),
        INSERT: booleans(row.insert for row in rows),
        ACTION: numbers(row.action for row in rows),
        VALUE_META: numbers(len(row.value) << 4 | row.value_type for row in rows),
        VALUE: b"".join(row.value for row in rows),
        PRED_COUNT: numbers(len(row.preds) for row in rows),
        PRED_ACTOR: numbers(pred[0] for pred in preds),
        PRED_COUNTER: deltas(pred[1] for pred in preds),
    }
    nothing = {OBJ_ACTOR, OBJ_COUNTER, KEY_ACTOR, KEY_COUNTER, KEY}
    return {
        spec: column
        for spec, column in columns.items()
        if column and not (spec in nothing and column == b"\x00" + uleb(len(rows)))
    }


@dataclass(frozen=True)
class Draft:
    """A change of which every part can be chosen."""

    rows: Sequence[Row] = ()
    actor: bytes = b"\x11" * 16
    deps: Sequence[bytes] = ()
    others: Sequence[bytes] = ()
    seq: int = 1
    start_op: int = 1
    time: int = 0
    message: bytes = b""
    extra: bytes = b""
    columns: Mapping[int, bytes] = field(default_factory=dict)
    """Columns to write instead of those of the rows; an empty one is left out."""

    def body(self) -> bytes:
        columns = {**columns_of(self.rows), **self.columns}
        columns = {spec: columns[spec] for spec in sorted(columns) if columns[spec]}
        return b"".join(
            [
                uleb(len(self.deps)) + b"".join(self.deps),
                uleb(len(self.actor)) + self.actor,
                uleb(self.seq) + uleb(self.start_op) + sleb(self.time),
                uleb(len(self.message)) + self.message,
                uleb(len(self.others)) + b"".join(uleb(len(other)) + other for other in self.others),
                uleb(len(columns)) + b"".join(uleb(spec) + uleb(len(column)) for spec, column in columns.items()),
                b"".join(columns.values()),
                self.extra,
            ]
        )

    def raw(self) -> bytes:
        return frame(self.body())
