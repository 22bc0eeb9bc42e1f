"""Quick entry: one typed line as the arguments of a new task: "rake leaves @fri #garden 2p".

Rules of this module:
1. Pure. What is understood is shown before it is written; what is not stays in the title, word for word.
2. "@" names a day, "#" the kind of work, a number with "p" the people needed; everything else is the title.
3. The last one of a kind counts, as the last word of a person does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tui.day_words import day_of

_PEOPLE = re.compile(r"([1-9][0-9]?)p", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a line means."""

    values: Mapping[str, str]
    """The arguments of `task.add`."""
    unclear: tuple[str, ...] = field(default=())
    """Words with a mark that say no day."""


def understand(typed: str, today: date) -> Understood:
    """The task that a line describes.

    Args:
        typed: one line.
        today: the civil day from which "fri" is counted.
    """
    values: dict[str, str] = {}
    title: list[str] = []
    unclear: list[str] = []
    for word in typed.split():
        people = _PEOPLE.fullmatch(word)
        if people:
            values["people_needed"] = people[1]
        elif word.startswith("@") and len(word) > 1:
            day = day_of(word[1:].replace("_", " "), today)
            if day is None:
                unclear.append(word)
                title.append(word)
            else:
                values["due"] = day
        elif word.startswith("#") and len(word) > 1:
            values["work"] = word[1:].replace("_", " ")
        else:
            title.append(word)
    return Understood({"title": " ".join(title)} | values, tuple(unclear))
