"""The bounded reader of one Automerge change: everything a stranger's bytes must be before automerge sees them.

Rules of this module:
1. Only one shape passes: one uncompressed change chunk, written by its own 16-byte actor (seq 1, time 0, no message, no
   extra bytes), with bounded rows, in automerge's canonical form. Anything else is a `ChunkRefused` with a stable code.
2. Work and memory are bounded by the size of the input and by `MOST_ROWS`, whatever the numbers in it claim.
3. Whether bytes pass depends on nothing but the bytes. What needs the record (are the dependencies there, does
   `start_op` fit) is decided by `record`.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass

from crdt.columns import Column, boolean_column, delta_column, string_column, unsigned_column
from crdt.errors import ChunkRefused
from crdt.identifiers import ACTOR_BYTES, ActorId, ChangeHash, DeviceId, NetworkId, RecordId
from crdt.leb128 import read_unsigned
from crdt.operations import LONGEST_KEY, Operations, Rows, read_operations

MAGIC = b"\x85\x6f\x4a\x83"
CHANGE_TYPE = 1
LARGEST_CHUNK = 128 * 1024 - 120
"""What an envelope of 128 KiB leaves after signature, author, record and time."""
MOST_DEPS = 2048
MOST_ACTORS = 2048
MOST_ROWS = 5000
"""A 104-byte change can otherwise make 200,001 operations, 1.4 s and 109 MB in automerge."""
LARGEST_OP = 2**31
"""Near 2^32 automerge panics on the next edit, on every node."""

_BODY_AFTER = 9
"""Magic 4, checksum 4, type 1; then the length."""

_OBJ_ACTOR, _OBJ_COUNTER, _KEY_ACTOR, _KEY_COUNTER, _KEY = 0x01, 0x02, 0x11, 0x13, 0x15
_INSERT, _ACTION, _VALUE_META, _VALUE = 0x34, 0x42, 0x56, 0x57
_PRED_COUNT, _PRED_ACTOR, _PRED_COUNTER = 0x70, 0x71, 0x73
_KNOWN = frozenset(
    {
        *(_OBJ_ACTOR, _OBJ_COUNTER, _KEY_ACTOR, _KEY_COUNTER, _KEY, _INSERT, _ACTION),
        *(_VALUE_META, _VALUE, _PRED_COUNT, _PRED_ACTOR, _PRED_COUNTER),
    }
)
_DEFLATED = 0x08


@dataclass(frozen=True, slots=True)
class Chunk:
    """One well-formed change."""

    hash: ChangeHash
    deps: tuple[ChangeHash, ...]
    actor: ActorId
    seq: int
    start_op: int
    op_count: int
    operations: Operations

    @property
    def max_op(self) -> int:
        """The number of its last operation (of the one before its first, if it has none)."""
        return self.start_op + self.op_count - 1


def read_chunk(raw: bytes) -> Chunk:
    """Read one change that may come from anywhere.

    Raises:
        ChunkRefused: with a code that depends on nothing but `raw`. Any other exception is a bug in this module.
    """
    body = _body_start(raw)
    digest = hashlib.sha256(memoryview(raw)[8:]).digest()
    if digest[:4] != raw[4:8]:
        raise ChunkRefused("checksum")
    deps, at = _deps(raw, body)
    actor, at = _actor(raw, at)
    seq, at = _number(raw, at)
    if seq != 1:
        raise ChunkRefused("seq")
    start_op, at = _number(raw, at)
    if not 0 < start_op < LARGEST_OP:
        raise ChunkRefused("start-op")
    if raw[at : at + 2] != b"\x00\x00":
        raise ChunkRefused("time" if raw[at : at + 1] != b"\x00" else "message")
    actors, at = _actors(raw, at + 2, actor)
    columns = _columns(raw, at)
    rows = _rows(columns, actors, start_op)
    operations = read_operations(rows, first_change=not deps)
    return Chunk(ChangeHash(digest), deps, actor, seq, start_op, len(rows.action), operations)


def read_links(raw: bytes) -> tuple[ChangeHash, tuple[ChangeHash, ...]]:
    """The hash of a change that `read_chunk` has taken before, and those of the changes it builds on."""
    deps, _ = _deps(raw, _body_start(raw))
    return ChangeHash(hashlib.sha256(memoryview(raw)[8:]).digest()), deps


def _number(raw: bytes, at: int) -> tuple[int, int]:
    if at < len(raw) and raw[at] < 0x80:
        return raw[at], at + 1
    return read_unsigned(raw, at)


def _body_start(raw: bytes) -> int:
    """Where the contents begin, once the frame around them is right."""
    if len(raw) > LARGEST_CHUNK:
        raise ChunkRefused("too-large")
    if raw[:4] != MAGIC:
        raise ChunkRefused("magic")
    if len(raw) <= _BODY_AFTER:
        raise ChunkRefused("truncated")
    if raw[8] != CHANGE_TYPE:
        raise ChunkRefused("chunk-type")
    length, body = _number(raw, _BODY_AFTER)
    if body + length != len(raw):
        raise ChunkRefused("length")
    return body


def _deps(raw: bytes, at: int) -> tuple[tuple[ChangeHash, ...], int]:
    count, at = _number(raw, at)
    if count > MOST_DEPS:
        raise ChunkRefused("too-many-deps")
    end = at + 32 * count
    if end > len(raw):
        raise ChunkRefused("truncated")
    deps = tuple([ChangeHash(raw[i : i + 32]) for i in range(at, end, 32)])
    for earlier, later in itertools.pairwise(deps):
        if earlier >= later:
            raise ChunkRefused("deps-order")
    return deps, end


def _actor(raw: bytes, at: int) -> tuple[ActorId, int]:
    if at >= len(raw) or raw[at] != ACTOR_BYTES:
        raise ChunkRefused("actor-length")
    actor = raw[at + 1 : at + 1 + ACTOR_BYTES]
    if len(actor) != ACTOR_BYTES:
        raise ChunkRefused("truncated")
    return ActorId(actor), at + 1 + ACTOR_BYTES


def _actors(raw: bytes, at: int, own: ActorId) -> tuple[list[ActorId], int]:
    """All actors by index: the change's own, then the others in order."""
    count, at = _number(raw, at)
    if count > MOST_ACTORS:
        raise ChunkRefused("too-many-actors")
    actors = [own]
    before = b""
    for _ in range(count):
        actor, at = _actor(raw, at)
        if actor <= before or actor == own:
            raise ChunkRefused("actors-order")
        actors.append(actor)
        before = actor
    return actors, at


def _columns(raw: bytes, at: int) -> dict[int, bytes]:
    """The columns by their specification; nothing may follow them."""
    count, at = _number(raw, at)
    if count > len(_KNOWN):
        raise ChunkRefused("column")
    layout = []
    before = -1
    for _ in range(count):
        pair = raw[at : at + 2]
        if len(pair) == 2 and pair[0] < 0x80 and pair[1] < 0x80:
            # Nearly always: both numbers take one byte.
            (spec, length), at = pair, at + 2
        else:
            spec, at = _number(raw, at)
            length, at = _number(raw, at)
        if spec & _DEFLATED:
            raise ChunkRefused("deflated-column")
        if spec not in _KNOWN:
            raise ChunkRefused("column")
        if spec <= before or not length:
            raise ChunkRefused("column-order")
        before = spec
        layout.append((spec, length))
    columns = {}
    for spec, length in layout:
        columns[spec] = raw[at : at + length]
        at += length
    if at != len(raw):
        raise ChunkRefused("truncated" if at > len(raw) else "extra-bytes")
    return columns


def _rows(columns: dict[int, bytes], actors: list[ActorId], start_op: int) -> Rows:
    """Decode every column and make sure that all tell of equally many rows and of listed actors only."""
    get = columns.get
    action = unsigned_column(get(_ACTION, b""), MOST_ROWS)
    count = len(action)
    if not count:
        raise ChunkRefused("no-operations")
    if start_op + count > LARGEST_OP:
        raise ChunkRefused("start-op")
    nulls: Column = [None] * count
    insert = boolean_column(get(_INSERT, b""), count)
    key = string_column(columns[_KEY], count, LONGEST_KEY) if _KEY in columns else nulls
    pred_count = unsigned_column(get(_PRED_COUNT, b""), count)
    meta = unsigned_column(get(_VALUE_META, b""), count)
    if None in action or None in pred_count or None in meta:
        raise ChunkRefused("null")
    preds = sum(pred_count)  # type: ignore[arg-type]  # no nulls: just checked
    if preds > MOST_ROWS:
        raise ChunkRefused("too-many-rows")
    rows = Rows(
        actors=actors,
        start_op=start_op,
        object_actor=unsigned_column(columns[_OBJ_ACTOR], count) if _OBJ_ACTOR in columns else nulls,
        object_counter=unsigned_column(columns[_OBJ_COUNTER], count) if _OBJ_COUNTER in columns else nulls,
        key_actor=unsigned_column(columns[_KEY_ACTOR], count) if _KEY_ACTOR in columns else nulls,
        key_counter=delta_column(columns[_KEY_COUNTER], count) if _KEY_COUNTER in columns else nulls,
        key=key,  # type: ignore[arg-type]  # a column of nulls has no numbers
        insert=insert,
        action=action,
        value_meta=meta,
        values=get(_VALUE, b""),
        pred_count=pred_count,
        pred_actor=unsigned_column(get(_PRED_ACTOR, b""), preds),
        pred_counter=delta_column(get(_PRED_COUNTER, b""), preds),
    )
    _check_lengths(rows, count, preds)
    _check_actors(rows, len(actors))
    return rows


def _check_lengths(rows: Rows, count: int, preds: int) -> None:
    if not (
        len(rows.insert) == len(rows.pred_count) == len(rows.value_meta) == len(rows.key) == count
        and len(rows.object_actor) == len(rows.object_counter) == len(rows.key_actor) == len(rows.key_counter) == count
        and len(rows.pred_actor) == len(rows.pred_counter) == preds
    ):
        raise ChunkRefused("row-count")


def _check_actors(rows: Rows, count: int) -> None:
    """Every actor index is listed, and every listed actor is used: automerge could not load its own copy otherwise."""
    used: set[int | None] = {*rows.object_actor, *rows.key_actor, *rows.pred_actor}
    used.discard(None)
    used.add(0)
    if len(used) != count or max(used) != count - 1:  # type: ignore[type-var]  # no nulls: just discarded
        raise ChunkRefused("actor-index" if max(used) >= count else "unused-actor")  # type: ignore[type-var, operator]


def _actor_position(raw: bytes) -> tuple[int, int]:
    """Where the contents and, in them, the own actor's 16 bytes begin."""
    _, body = _number(raw, _BODY_AFTER)
    count, at = _number(raw, body)
    return body, at + 32 * count + 1


def zeroed_body(raw: bytes) -> bytes:
    """The change's contents with its own actor's bytes zero: what the actor commits to."""
    body, actor = _actor_position(raw)
    return raw[body:actor] + bytes(ACTOR_BYTES) + raw[actor + ACTOR_BYTES :]


def committed_actor(network: NetworkId, record: RecordId, author: DeviceId, at_ms: int, body: bytes) -> ActorId:
    """The only actor under which this content may be written: nothing can be forked, squatted, re-dated or moved."""
    committed = network + record + author + at_ms.to_bytes(8, "big") + body
    return ActorId(hashlib.blake2b(committed, digest_size=ACTOR_BYTES, person=b"meshnode-actor").digest())


def with_actor(raw: bytes, actor: ActorId) -> bytes:
    """The same change under another own actor, with its checksum right again."""
    _, position = _actor_position(raw)
    hashed = raw[8:position] + actor + raw[position + ACTOR_BYTES :]
    return MAGIC + hashlib.sha256(hashed).digest()[:4] + hashed
