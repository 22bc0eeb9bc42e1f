"""MemberGraph: who stands for whom, as a small tree in text.

Rules of this module:
1. Everybody stands in it once: under the first of those who gave their word for them, by name. Other words are said
   behind the name.
2. Two who stand for each other alone begin a tree of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crdt.display import display_line
from meshnode.cli.command import Json
from meshnode.cli.deciding import listed

Shown = Callable[[Json], str]


class MemberGraph:
    """Draws one answer to `members`; `standing` says what somebody is."""

    def __init__(self, members: Sequence[Json], standing: Shown) -> None:
        self._members = members
        self._standing = standing
        self._under: dict[str, list[Json]] = {}
        self._shown: set[str] = set()
        self._lines: list[str] = []

    def lines(self) -> list[str]:
        """The tree, a line a person."""
        roots = []
        for member in self._members:
            if member["founder"] or not member["vouched_by"]:
                roots.append(member)
            else:
                self._under.setdefault(str(member["vouched_by"][0]["name"]), []).append(member)
        for root in (*roots, *self._members):
            self._branch(root, "", "")
        return self._lines

    def _branch(self, member: Json, head: str, rest: str) -> None:
        if member["id"] in self._shown:
            return
        self._shown.add(member["id"])
        others = [word["name"] for word in member["vouched_by"][0 if member["founder"] else 1 :]]
        also = f", also on the word of {listed(others)}" if others else ""
        me = " (you)" if member["mine"] else ""
        self._lines.append(f"{head}{display_line(str(member['name']))}{me}: {self._standing(member)}{also}")
        below = [each for each in self._under.get(str(member["name"]), []) if each["id"] not in self._shown]
        for place, each in enumerate(below, 1):
            last = place == len(below)
            self._branch(each, rest + ("`- " if last else "|- "), rest + ("   " if last else "|  "))
