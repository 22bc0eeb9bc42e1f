"""What an edit of a record may be: a scalar under a key, or a stretch of a text replaced.

Rules of this module:
1. Edits are what actions plan and `record.draft` writes; they know nothing about automerge.
2. Limits of authoring live here: what everybody must be able to read back is bounded when it is written.
3. Positions in texts are code points, as in Python and in automerge; a stretch never cuts a character from the marks
   that combine with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from crdt.identifiers import MemberId

Scalar = str | int | bool | bytes | None
"""What a key may hold. Bytes are read, never written by this version."""

LONGEST_STRING_BYTES = 16 * 1024
"""A string longer than this belongs into prose, which travels and merges letter by letter."""
MOST_ROWS_AN_EDIT = 4000
"""Below the 5,000 rows that every reader accepts in one change; the rest is for keys and rounding."""
_WORTH_COMPARING = 12
"""Shorter stretches are replaced as one."""
_LONGEST_COMPARED = 4000
"""Comparing word by word takes time with the square of the length."""
MOST_BYTES_AN_EDIT = 24 * 1024
"""Leaves most of a change's 128 KiB for naming what it builds on: up to 98 KiB where 2,000 versions meet."""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a value under a key."""

    key: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Splice:
    """In the text under `key`, delete `delete` code points from `index` on and insert `insert` there."""

    key: str
    index: int
    delete: int
    insert: str


@dataclass(frozen=True, slots=True)
class Seal:
    """Let only `people` read a text under `key`. The node puts the sealed value in its place before it is drafted.

    `text` is None to seal what it says now anew.
    """

    key: str
    text: str | None = field(repr=False)
    people: tuple[MemberId, ...]


Edit = Put | Splice
Planned = Edit | Seal
"""What an action plans."""


def splices(key: str, before: str, after: str) -> list[Edit]:
    """The stretches of `before` that must be replaced to make it `after`, from left to right.

    Few and short stretches leave most of the text to those who write in it at the same time.
    """
    edits: list[Edit] = []
    for begin, end, new_begin, new_end in _hunks(before, after):
        start, tail = _common(before[begin:end], after[new_begin:new_end])
        delete, insert = end - begin - start - tail, after[new_begin + start : new_end - tail]
        if delete or insert:
            # What lies to the left is replaced already: the position is one of the new text.
            edits.append(Splice(key, new_begin + start, delete, insert))
    return edits


def _hunks(before: str, after: str) -> Iterator[tuple[int, int, int, int]]:
    """Where the texts differ, word by word; as one stretch if they are short or too long to compare."""
    start, tail = _common(before, after)
    old, new = before[start : len(before) - tail], after[start : len(after) - tail]
    if min(len(old), len(new)) < _WORTH_COMPARING or max(len(old), len(new)) > _LONGEST_COMPARED:
        yield start, start + len(old), start, start + len(new)
        return
    old_at, new_at = _words(old), _words(new)
    old_words = [old[i:j] for i, j in pairwise(old_at)]
    new_words = [new[i:j] for i, j in pairwise(new_at)]
    for kind, a, b, c, d in SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes():
        if kind != "equal":
            yield start + old_at[a], start + old_at[b], start + new_at[c], start + new_at[d]


def _words(text: str) -> list[int]:
    """Where words, spaces and signs begin, and the end."""
    cuts = [
        at for at in range(1, len(text)) if not _joins(text, at) and not (text[at].isalnum() and text[at - 1].isalnum())
    ]
    return [0, *cuts, len(text)]


def _common(before: str, after: str) -> tuple[int, int]:
    """How many code points both begin and end with, whole characters only."""
    start = 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    while start and (_joins(before, start) or _joins(after, start)):
        start -= 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    while end and (_joins(before, len(before) - end) or _joins(after, len(after) - end)):
        end -= 1
    return start, end


def _joins(text: str, index: int) -> bool:
    """Whether the code point at `index` belongs to the character before it."""
    if not 0 < index < len(text):
        return False
    here = text[index]
    if here.isascii():
        return here == "\n" and text[index - 1] == "\r"
    return bool(
        unicodedata.combining(here)
        or unicodedata.category(here) in {"Mn", "Me", "Mc"}
        or here in "\u200d\ufe0e\ufe0f"
        or text[index - 1] == "\u200d"
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )


def rows(edit: Edit) -> int:
    """How many rows of a change an edit takes."""
    return 1 if isinstance(edit, Put) else edit.delete + len(edit.insert)


def _size(edit: Edit) -> int:
    """About how many bytes of a change an edit takes besides its rows."""
    text = edit.insert if isinstance(edit, Splice) else edit.value if isinstance(edit.value, str) else ""
    return len(edit.key.encode()) + len(text.encode())


def _pieces(edit: Edit) -> Iterator[Edit]:
    """The edit itself, or consecutive splices that together do the same."""
    if isinstance(edit, Put) or rows(edit) <= MOST_ROWS_AN_EDIT:
        yield edit
        return
    remaining = edit.delete
    while remaining:
        some = min(remaining, MOST_ROWS_AN_EDIT)
        yield Splice(edit.key, edit.index, some, "")
        remaining -= some
    for start in range(0, len(edit.insert), MOST_ROWS_AN_EDIT):
        yield Splice(edit.key, edit.index + start, 0, edit.insert[start : start + MOST_ROWS_AN_EDIT])


def parts(edits: Sequence[Edit]) -> list[list[Edit]]:
    """The same edits as one or more drafts, each small enough for one change. Draft, add, then draft the next."""
    out: list[list[Edit]] = [[]]
    room, space = MOST_ROWS_AN_EDIT, MOST_BYTES_AN_EDIT
    for edit in edits:
        for piece in _pieces(edit):
            if out[-1] and (rows(piece) > room or _size(piece) > space):
                out.append([])
                room, space = MOST_ROWS_AN_EDIT, MOST_BYTES_AN_EDIT
            out[-1].append(piece)
            room -= rows(piece)
            space -= _size(piece)
    return out
