"""Entries of the boards on the command line: their short numbers, and how one is meant by words.

Rules of this module:
1. A short number is the beginning of the record's id, as long as it takes to be unique here and at least three
   characters. More of it always means the same entry.
2. Words that fit several entries are never guessed at: the sentence names them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crdt.display import display_line
from meshnode.cli.command import Json
from meshnode.cli.layout import clip
from meshnode.errors import BadInput, UnknownRecord

KIND_LETTERS: Final = 2
"""The first byte of an id says the kind: it is the same for all entries of a board."""
SHORTEST: Final = 3
SHOWN_CHOICES: Final = 6


class SeveralFit(BadInput):
    """These words fit several entries."""

    code = "several-fit"
    exit_code = UnknownRecord.exit_code
    next_step = "Give the number of the one you mean."


def short_numbers(views: Sequence[Json]) -> dict[str, str]:
    """The short number of every record, by id."""
    ids = sorted((str(view["id"]) for view in views), key=lambda record: record[KIND_LETTERS:])
    numbers = {}
    for at, record in enumerate(ids):
        neighbours = ids[max(0, at - 1) : at] + ids[at + 1 : at + 2]
        own = record[KIND_LETTERS:]
        shared = max((_shared(own, other[KIND_LETTERS:]) for other in neighbours), default=0)
        numbers[record] = own[: max(SHORTEST, shared + 1)]
    return numbers


def _shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def find_entry(views: Sequence[Json], words: Sequence[str], kind: str = "task") -> Json:
    """The one entry that is meant by a short number, a whole id, or words of its title.

    Raises:
        UnknownRecord: none is.
        SeveralFit: several are; names them.
        BadInput: nothing was given.
    """
    text = " ".join(words).strip()
    if not text:
        raise BadInput(f"Which {kind}? Nothing was given.", next_step="Give its short number or words of its title.")
    numbered = re.fullmatch(r"#?([0-9a-f]{3,32})", text.lower())
    if numbered:
        given = numbered[1]
        found = [view for view in views if view["id"] == given or str(view["id"])[KIND_LETTERS:].startswith(given)]
        if found:
            return _the_one(found, views, text, kind)
    parts = text.casefold().split()
    found = [view for view in views if all(part in _said(view).casefold() for part in parts)]
    exact = [view for view in found if str(view["title"]).casefold() == text.casefold()]
    if len(exact) == 1:
        return exact[0]
    if not found:
        raise UnknownRecord(
            f"No {kind} has the number or the words {clip(text, 60)!r}.",
            next_step=f"See `meshnode {kind} list` for what there is.",
        )
    return _the_one(found, views, text, kind)


def _said(view: Json) -> str:
    """An entry's title; of one day of a series also the day, since all its days are called alike."""
    return " ".join(filter(None, (str(view["title"]), str(view.get("day") or ""))))


def _the_one(found: Sequence[Json], views: Sequence[Json], text: str, kind: str) -> Json:
    if len(found) == 1:
        return found[0]
    numbers = short_numbers(views)
    named = [f"{numbers[view['id']]} ({clip(_said(view), 40)})" for view in found[:SHOWN_CHOICES]]
    more = f" and {len(found) - SHOWN_CHOICES} more" if len(found) > SHOWN_CHOICES else ""
    raise SeveralFit(
        f"{clip(text, 60)!r} fits {len(found)} {kind if kind.endswith('s') else kind + 's'}: {', '.join(named)}{more}."
    )


def title_of(view: Json) -> str:
    """A title for people, also where there is none."""
    return display_line(str(view.get("title") or "")) or "(no title)"


def field_name(field: str) -> str:
    """A field as people call it."""
    return field.replace("_", " ")
