"""What the rows of one change say, checked for sense: writes of keys in the record's flat map, and edits of its texts.

Rules of this module:
1. Only four things may be said: put a scalar under a key, make a Text under a key (in a record's first change), insert
   one character into a Text, delete one character of a Text. No lists, maps, counters, increments, marks; no key is
   ever deleted.
2. What a change says about itself (its own actor, index 0) is checked here. What it says about earlier changes is
   handed on as `references`; `record` checks them against the change's own past.
3. Runs of rows are compared as whole slices; only rows that are not part of an ordinary run are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from crdt.columns import Column
from crdt.errors import ChunkRefused
from crdt.identifiers import ActorId
from crdt.leb128 import read_signed, read_unsigned

SET, DELETE, MAKE_TEXT = 1, 3, 4
"""The operation codes that a record may use, of automerge's 0-7."""

_NULL, _UTF8, _ASCII_CHARACTER = 0x00, 6, 0x16
_VALUE_SIZES = {0: (0, 0), 1: (0, 0), 2: (0, 0), 3: (1, 10), 4: (1, 10), 6: (0, 1 << 20), 7: (0, 1 << 20)}
"""Value types that a key may hold (null, false, true, unsigned, signed, string, bytes) and how long each may be.

Floats are not needed, counters (8), timestamps (9) and unknown types panic or raise when read."""

LONGEST_KEY = 256


class OpId(NamedTuple):
    """One operation of one change: a change's operations are numbered on from its `start_op`."""

    actor: ActorId
    counter: int


Target = str | OpId | None
"""What an operation wrote: a key of the map, the Text it put a character into, or nothing that can be referred to."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The meaning of a change's rows."""

    targets: Sequence[Target]
    """One entry an operation, in order."""
    made_texts: frozenset[int]
    """Positions in `targets` that made a Text."""
    references: Sequence[tuple[OpId, str | OpId]]
    """Earlier operations that this change overwrites, deletes or inserts after, with what each must have written."""
    text_references: frozenset[OpId]
    """Earlier operations that must have made a Text."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The decoded columns of one change, all of one length except the three of predecessors."""

    actors: Sequence[ActorId]
    start_op: int
    object_actor: Column
    object_counter: Column
    key_actor: Column
    key_counter: Column
    key: Sequence[str | None]
    insert: Sequence[bool]
    action: Column
    value_meta: Column
    values: bytes
    pred_count: Column
    pred_actor: Column
    pred_counter: Column


class _Reading:
    """One pass over the rows."""

    def __init__(self, rows: Rows, first_change: bool) -> None:
        self.rows = rows
        self.first_change = first_change
        self.targets: list[Target] = []
        self.made: set[int] = set()
        self.references: list[tuple[OpId, str | OpId]] = []
        self.texts: set[OpId] = set()
        self.value_at = 0
        self.pred_at = 0

    def check_reference(self, actor: int | None, counter: int | None, expected: str | OpId) -> None:
        """Refuse an operation id that is not earlier; keep a foreign one for `record`."""
        if actor is None or counter is None:
            raise ChunkRefused("operation-id")
        start = self.rows.start_op
        if actor:
            if not 0 < counter < start:
                raise ChunkRefused("operation-id")
            self.references.append((OpId(self.rows.actors[actor], counter), expected))
        elif not start <= counter < start + len(self.targets) or self.targets[counter - start] != expected:
            raise ChunkRefused("operation-id")

    def map_rows(self, begin: int, end: int) -> None:
        rows = self.rows
        for row in range(begin, end):
            key = rows.key[row]
            if key is None or rows.key_counter[row] is not None or rows.key_actor[row] is not None:
                raise ChunkRefused("map-key")
            if rows.insert[row]:
                raise ChunkRefused("insert")
            action, meta = rows.action[row], rows.value_meta[row]
            assert meta is not None
            if action == SET:
                self._scalar(meta)
            elif action == MAKE_TEXT and self.first_change and meta == _NULL:
                self.made.add(row)
            else:
                raise ChunkRefused("action")
            count = rows.pred_count[row]
            assert count is not None
            if count:
                self._predecessors(key, count)
            self.targets.append(key)

    def _scalar(self, meta: int) -> None:
        size = meta >> 4
        least, most = _VALUE_SIZES.get(meta & 15, (1, 0))
        if not least <= size <= most:
            raise ChunkRefused("value-type")
        raw = self._take(size)
        kind = meta & 15
        if kind == _UTF8:
            if not raw.isascii():
                _decoded(raw)
        elif kind in {3, 4}:
            _check_number(raw, signed=kind == 4)

    def _take(self, size: int) -> bytes:
        raw = self.rows.values[self.value_at : self.value_at + size]
        self.value_at += size
        if len(raw) != size:
            raise ChunkRefused("value-length")
        return raw

    def _predecessors(self, key: str, count: int) -> None:
        """What a put overwrites: in the order of operation ids, each once."""
        rows, at = self.rows, self.pred_at
        self.pred_at = at + count
        before: tuple[int, bytes] = (0, b"")
        for position in range(at, at + count):
            actor, counter = rows.pred_actor[position], rows.pred_counter[position]
            self.check_reference(actor, counter, key)
            assert actor is not None
            assert counter is not None
            now = (counter, rows.actors[actor])
            if now <= before:
                raise ChunkRefused("predecessors")
            before = now

    def text_rows(self, begin: int, end: int, text: OpId, own: bool) -> None:
        rows = self.rows
        if own:
            position = text.counter - rows.start_op
            if position not in self.made:
                raise ChunkRefused("object")
        else:
            self.texts.add(text)
        if any_other(rows.key[begin:end], None):
            raise ChunkRefused("text-key")
        if rows.insert[begin]:
            self._inserts(begin, end, text)
        else:
            self._deletes(begin, end, text)

    def _inserts(self, begin: int, end: int, text: OpId) -> None:
        rows = self.rows
        if rows.action[begin] != SET:
            raise ChunkRefused("action")
        if any(rows.pred_count[begin:end]):
            raise ChunkRefused("predecessors")
        self._characters(rows.value_meta[begin:end])
        self._insert_after(rows.key_actor[begin], rows.key_counter[begin], text)
        first = rows.start_op + begin
        count = end - begin
        # Typing on: each character is inserted after the one before it.
        chain = range(first, first + count - 1)
        if rows.key_counter[begin + 1 : end] == list(chain) and not any_other(rows.key_actor[begin + 1 : end], 0):
            self.targets += [text] * (count - 1)
            return
        for row in range(begin + 1, end):
            self._insert_after(rows.key_actor[row], rows.key_counter[row], text)

    def _insert_after(self, actor: int | None, counter: int | None, text: OpId) -> None:
        if actor is not None or counter != 0:  # (null, 0) is the beginning of the text
            self.check_reference(actor, counter, text)
        self.targets.append(text)

    def _characters(self, metas: Column) -> None:
        """One character a row."""
        if not any_other(metas, _ASCII_CHARACTER):
            if not self._take(len(metas)).isascii():
                raise ChunkRefused("character")
            return
        sizes = []
        for meta in metas:
            assert meta is not None
            if meta & 15 != _UTF8 or not 1 <= meta >> 4 <= 4:
                raise ChunkRefused("character")
            sizes.append(meta >> 4)
        written = _decoded(self._take(sum(sizes)))
        if [1 + (c > "\x7f") + (c > "\u07ff") + (c > "\uffff") for c in written] != sizes:
            raise ChunkRefused("character")

    def _deletes(self, begin: int, end: int, text: OpId) -> None:
        """Each row deletes the one character it names: its only predecessor is that character's insertion."""
        rows = self.rows
        if rows.action[begin] != DELETE or any(rows.value_meta[begin:end]):
            raise ChunkRefused("action")
        count, at = end - begin, self.pred_at
        self.pred_at = at + count
        if (
            any_other(rows.pred_count[begin:end], 1)
            or rows.pred_actor[at : at + count] != rows.key_actor[begin:end]
            or rows.pred_counter[at : at + count] != rows.key_counter[begin:end]
        ):
            raise ChunkRefused("predecessors")
        for row in range(begin, end):
            self.check_reference(rows.key_actor[row], rows.key_counter[row], text)
            self.targets.append(None)


def any_other(values: Sequence[object], expected: object) -> bool:
    """Whether any entry differs from `expected`."""
    return values.count(expected) != len(values)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise ChunkRefused("utf-8") from None


def _check_number(raw: bytes, signed: bool) -> None:
    if len(raw) == 1 and raw[0] < 0x80:
        return
    _, end = read_signed(raw, 0) if signed else read_unsigned(raw, 0)
    if end != len(raw):
        raise ChunkRefused("number")


def read_operations(rows: Rows, first_change: bool) -> Operations:
    """Check every row and say what it means.

    Args:
        rows: the decoded columns; actor indices are in range, lengths agree.
        first_change: whether the change has no dependencies, and so may make Texts.

    Raises:
        ChunkRefused: a row says something that no record may say.
    """
    reading = _Reading(rows, first_change)
    begin = 0
    for (actor, counter, _, _), same in groupby(
        zip(rows.object_actor, rows.object_counter, rows.insert, rows.action, strict=True)
    ):
        end = begin + len(list(same))
        if actor is None and counter is None:
            reading.map_rows(begin, end)
        elif actor is None or counter is None or not 0 < counter < rows.start_op + begin:
            raise ChunkRefused("object")
        else:
            reading.text_rows(begin, end, OpId(rows.actors[actor], counter), own=actor == 0)
        begin = end
    if reading.value_at != len(rows.values) or reading.pred_at != len(rows.pred_actor):
        raise ChunkRefused("value-length" if reading.value_at != len(rows.values) else "predecessors")
    return Operations(
        targets=reading.targets,
        made_texts=frozenset(reading.made),
        references=reading.references,
        text_references=frozenset(reading.texts),
    )
