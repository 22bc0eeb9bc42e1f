"""Matching: which offer may fit which request, each with its reasons in words.

Rules of this module:
1. Computed where it is shown, from what is written; nothing is stored, nobody is told, nobody is matched.
2. A suggestion is a pair of listings with reasons that anybody can check by reading both. There is no score: pairs
   stand in the order of the board.
3. A word in common is needed; the same kind, place or day alone is no reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crdt.boards.listings import BOARD, state_of

Listing = dict[str, Any]
_WORD = re.compile(r"\w+")
_SHORTEST = 3
_FILLERS = (
    "the and for with from any some need needs needed want wants offer offers have has give ask asks can one two "
    "der die das und für mit ein eine einen brauche suche biete habe kann "
    "los las una uno unos para con por que necesito ofrezco tengo puedo"
)
_SAY_NOTHING = frozenset(_FILLERS.split())
"""Words of our languages that no two listings have in common for a reason."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing two listings have in common: `what` is word, kind, place or time; `said` is what both say."""

    what: str
    said: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An offer and a request that may fit."""

    offer: str
    request: str
    reasons: tuple[Shared, ...]


def suggestions(listings: Iterable[Listing], today: str) -> list[Suggestion]:
    """Every open offer with every open request of somebody else that it may fit.

    Args:
        listings: views of the board.
        today: the civil day, for what has run out.
    """
    standing = [view for view in listings if state_of(view, today) == "open"]
    standing.sort(key=lambda view: BOARD.order(view, today))
    offers = [view for view in standing if view["side"] == "offer"]
    found = []
    for request in (view for view in standing if view["side"] == "request"):
        for offer in offers:
            reasons = () if _one_person(offer, request) else shared(offer, request)
            if reasons:
                found.append(Suggestion(str(offer["id"]), str(request["id"]), reasons))
    return found


def shared(offer: Listing, request: Listing) -> tuple[Shared, ...]:
    """What an offer and a request have in common; nothing where no word of theirs is."""
    words = _common(_words(offer, "title", "details"), _words(request, "title", "details"))
    if not words:
        return ()
    reasons = [Shared("word", word) for word in words]
    if offer["what"] == request["what"]:
        reasons.append(Shared("kind", str(offer["what"])))
    reasons += [Shared("time", word) for word in _common(_words(offer, "window"), _words(request, "window"))]
    reasons += [Shared("place", word) for word in _common(_words(offer, "place"), _words(request, "place"))]
    return tuple(reasons)


def _one_person(one: Listing, other: Listing) -> bool:
    mine, theirs = one["created"], other["created"]
    if mine.get("by") or theirs.get("by"):
        return bool(mine.get("by") == theirs.get("by"))
    return bool(mine["member"] == theirs["member"])


def _words(view: Listing, *keys: str) -> dict[str, str]:
    """The words that say something, by their stem, as they are written."""
    words = [word for key in keys for word in _WORD.findall(str(view.get(key) or ""))]
    said = {_stem(word): word.casefold() for word in reversed(words)}
    return {stem: word for stem, word in said.items() if len(stem) >= _SHORTEST and word not in _SAY_NOTHING}


def _stem(word: str) -> str:
    """A word without accents and without the ending of several things: "ladders" is "ladder"."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for ending in ("es", "en", "s", "n"):
        if plain.endswith(ending) and len(plain) - len(ending) > _SHORTEST:
            return plain.removesuffix(ending)
    return plain


def _common(one: dict[str, str], other: dict[str, str]) -> Sequence[str]:
    return sorted(one[stem] for stem in one.keys() & other.keys())
