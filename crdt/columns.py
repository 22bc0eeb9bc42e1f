"""Decoders for the columns of an Automerge change, each to a list of one entry a row.

Rules of this module:
1. Rows are counted before they are made: a run length beyond `limit` is refused, so that work and memory stay
   proportional to `limit`, never to a number that a stranger wrote.
2. Only the canonical form is read (no runs of one, no neighbouring runs that could be one): automerge writes nothing
   else, and would write anything else back differently.
3. Bytes below 0x80 are numbers by themselves, so runs of literals are read in bulk where `isascii()` says so.
"""

from __future__ import annotations

from crdt.errors import ChunkRefused
from crdt.leb128 import read_signed, read_unsigned

Column = list[int | None]


def _run_header(column: bytes, at: int) -> tuple[int, int]:
    byte = column[at]
    if byte < 0x80:
        return (byte if byte < 0x40 else byte - 0x80), at + 1
    return read_signed(column, at)


def _null_run(column: bytes, at: int, previous: object, room: int) -> tuple[int, int]:
    """The length of a run of nulls, which may not be empty nor follow another one."""
    if at >= len(column):
        raise ChunkRefused("truncated")
    count, at = read_unsigned(column, at)
    if previous is None or not count:
        raise ChunkRefused("run-length")
    if count > room:
        raise ChunkRefused("too-many-rows")
    return count, at


_START = object()
"""Stands for "no run before": differs from every value and from null."""


def unsigned_column(column: bytes, limit: int) -> Column:
    """Run-length encoded unsigned numbers."""
    out: Column = []
    at, end = 0, len(column)
    previous: object = _START
    literal_before = False
    while at < end:
        count, at = _run_header(column, at)
        if count > 0:
            if count > limit - len(out):
                raise ChunkRefused("too-many-rows")
            if at < end and column[at] < 0x80:
                value = column[at]
                at += 1
            else:
                value, at = read_unsigned(column, at)
            if count == 1 or value == previous:
                raise ChunkRefused("run-length")
            out += [value] * count
            previous, literal_before = value, False
        elif count:
            if -count > limit - len(out):
                raise ChunkRefused("too-many-rows")
            values, at = _unsigned_literals(column, at, -count)
            if literal_before or not _all_differ(previous, values):
                raise ChunkRefused("run-length")
            out += values
            previous, literal_before = values[-1], True
        else:
            count, at = _null_run(column, at, previous, limit - len(out))
            out += [None] * count
            previous, literal_before = None, False
    return out


def _unsigned_literals(column: bytes, at: int, count: int) -> tuple[list[int], int]:
    bulk = column[at : at + count]
    if len(bulk) == count and bulk.isascii():
        return list(bulk), at + count
    values = []
    for _ in range(count):
        value, at = read_unsigned(column, at)
        values.append(value)
    return values, at


def _all_differ(previous: object, values: list[int] | list[str]) -> bool:
    """Whether no value of a literal run equals the one before it."""
    for value in values:
        if value == previous:
            return False
        previous = value
    return True


def delta_column(column: bytes, limit: int) -> Column:
    """Run-length encoded differences; nulls do not move the running number. Results stay within +-2^31 * limit."""
    out: Column = []
    at, end = 0, len(column)
    total = 0
    previous: object = _START
    literal_before = False
    while at < end:
        count, at = _run_header(column, at)
        if count > 0:
            if count > limit - len(out):
                raise ChunkRefused("too-many-rows")
            value, at = _small_signed(column, at)
            if count == 1 or value == previous:
                raise ChunkRefused("run-length")
            if value:
                out += range(total + value, total + value * count + (1 if value > 0 else -1), value)
                total += value * count
            else:
                out += [total] * count
            previous, literal_before = value, False
        elif count:
            if -count > limit - len(out):
                raise ChunkRefused("too-many-rows")
            if literal_before:
                raise ChunkRefused("run-length")
            for _ in range(-count):
                value, at = _small_signed(column, at)
                if value == previous:
                    raise ChunkRefused("run-length")
                total += value
                out.append(total)
                previous = value
            literal_before = True
        else:
            count, at = _null_run(column, at, previous, limit - len(out))
            out += [None] * count
            previous, literal_before = None, False
    return out


def _small_signed(column: bytes, at: int) -> tuple[int, int]:
    """A difference between two operation counters: these stay below 2^31."""
    if at < len(column) and column[at] < 0x80:
        byte = column[at]
        return (byte if byte < 0x40 else byte - 0x80), at + 1
    value, at = read_signed(column, at)
    if not -(1 << 31) < value < 1 << 31:
        raise ChunkRefused("number")
    return value, at


def string_column(column: bytes, limit: int, longest: int) -> list[str | None]:
    """Run-length encoded UTF-8 strings of at most `longest` bytes each."""
    out: list[str | None] = []
    at, end = 0, len(column)
    previous: object = _START
    literal_before = False
    while at < end:
        count, at = _run_header(column, at)
        if abs(count) > limit - len(out):
            raise ChunkRefused("too-many-rows")
        if count > 0:
            value, at = _string(column, at, longest)
            if count == 1 or value == previous:
                raise ChunkRefused("run-length")
            out += [value] * count
            previous, literal_before = value, False
        elif count:
            if literal_before:
                raise ChunkRefused("run-length")
            for _ in range(-count):
                value, at = _string(column, at, longest)
                if value == previous:
                    raise ChunkRefused("run-length")
                out.append(value)
                previous = value
            literal_before = True
        else:
            count, at = _null_run(column, at, previous, limit - len(out))
            out += [None] * count
            previous, literal_before = None, False
    return out


def _string(column: bytes, at: int, longest: int) -> tuple[str, int]:
    if at < len(column) and column[at] < 0x80:
        length = column[at]
        at += 1
    else:
        length, at = read_unsigned(column, at)
    if length > longest:
        raise ChunkRefused("key-length")
    piece = column[at : at + length]
    if len(piece) != length:
        raise ChunkRefused("truncated")
    try:
        return piece.decode(), at + length
    except UnicodeDecodeError:
        raise ChunkRefused("utf-8") from None


def boolean_column(column: bytes, limit: int) -> list[bool]:
    """Alternating run lengths, the first of them of `False`."""
    out: list[bool] = []
    at, end = 0, len(column)
    value = False
    while at < end:
        count = column[at]
        if count < 0x80:
            at += 1
        else:
            count, at = read_unsigned(column, at)
        if count > limit - len(out):
            raise ChunkRefused("too-many-rows")
        if not count and out:
            raise ChunkRefused("run-length")
        out += [value] * count
        value = not value
    return out
