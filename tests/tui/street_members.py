"""What the street's node answers to `members`: everybody's standing, two petitions, something held back."""

from __future__ import annotations

from typing import Any

from tests.tui.street import key

Json = dict[str, Any]


def member(name: str, standing: str, *words: Json, **more: Any) -> Json:
    return {"id": key(name), "name": name, "standing": standing, "mine": False, "vouched_by": list(words)} | more


def word(name: str, *, by_hand: bool = False) -> Json:
    return {"name": name, "by_hand": by_hand}


def petition(name: str, state: str, **more: Any) -> Json:
    return {
        "id": key(f"petition {name}"),
        "short": key(name)[:8],
        "by": "Lena",
        "targets": [name],
        "state": state,
    } | more


ANSWER: Json = {
    "members": [
        member("Ana", "founder", mine=True),
        member("Bo", "established", word("Ana")),
        member("Chidi", "established", word("Ana"), word("Lena", by_hand=True)),
        member("Dee", "newcomer", word("Chidi")),
        member("Gus", "removed", word("Bo")),
        member("Kai", "established", word("Ana"), blocked=True),
        member("Lena", "established", word("Ana")),
        member("Mo", "left", word("Lena")),
    ],
    "petitions": [
        petition(
            "Kai",
            "open",
            reason="He has sold the drill that was everybody's, and would not talk about it.",
            yes=["Lena", "Bo"],
            no=["Chidi"],
            needed=3,
            missing=1,
            my_vote=None,
        ),
        petition("Gus", "effective", reason="", yes=["Ana", "Bo", "Lena"], no=[], needed=3, missing=0, my_vote="yes"),
    ],
    "notices": [],
    "brake": {"waiting": []},
}
