"""Value reclaimed: what the group gave each other, at prices from elsewhere; and the receipt over nothing.

Rules of this module:
1. Sums are the group's. With fewer than three people who gave, one is not shown: it would name somebody, however
   many received.
2. A price is what somebody typed; what has none is counted as given, without a sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LEAST_PEOPLE = 3
CENTS = 100


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """What was given in a span of days."""

    cents: int
    things: int
    """How many givings."""
    priced: int
    """How many of them have a price."""


def reclaimed(listings: Iterable[dict[str, Any]], first: str, last: str) -> Reclaimed | None:
    """The group's sum over the givings of some days; None where fewer than three people gave.

    Args:
        listings: views of the board.
        first: the first civil day, "" for from the beginning.
        last: the last civil day.
    """
    people: set[str] = set()
    cents = things = priced = 0
    for view in listings:
        for giving in view["givings"]:
            if not (first <= giving["day"] <= last):
                continue
            people.add(str(giving.get("by") or giving["member"]))
            things += 1
            priced += bool(giving["price"])
            cents += giving["count"] * giving["price"]
    return Reclaimed(cents, things, priced) if len(people) >= LEAST_PEOPLE else None


def money(cents: int, currency: str = "") -> str:
    """An amount as people write it: "20.00 EUR"."""
    return f"{cents // CENTS}.{cents % CENTS:02d} {currency}".strip()
