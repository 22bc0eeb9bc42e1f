"""What a board is: one declaration of fields, derived state and actions, from which lists, cards, forms, commands,
plain lines, history, print and help are made.

Rules of this module:
1. A board is declared once, in its file under `crdt/boards`; a screen or command that needs to know something about
   it asks the declaration. A new board needs no line elsewhere but its place in the catalogue, and its words.
2. What is derived is a pure function of a view and a day: no clock, no other node's opinion.
3. Nothing here can order people: lists are ordered by state, then day, then title.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crdt.action import Action
from crdt.kinds import Kind, View


@dataclass(frozen=True, slots=True)
class Board:
    """All records of one kind, as people work with them."""

    name: str
    """Its first word in commands, and of its actions' names."""
    title: str
    """Its name on screen and paper."""
    help: str
    """One line: what it is for."""
    kind: Kind
    actions: Sequence[Action]
    states: Sequence[str]
    """Every derived state, in the order in which lists show them."""
    state: Callable[[View, str], str]
    """The derived state of a view on a civil day of the network, "YYYY-MM-DD"."""
    example: str
    """Words of a title, for the examples of commands."""
    finished: frozenset[str] = frozenset()
    """States that lists only count, unless asked for."""
    row: Sequence[str] = ()
    """Keys of the view that a list shows beside the title."""
    facts: Sequence[str] = ()
    """Keys of the view that a card shows, one a line; each a declared field."""
    said: Sequence[str] = ()
    """Keys of the view with lists of what people said: `{id, member, at_ms, text}` each."""
    due: Callable[[View], str] = lambda view: str(view.get("due") or view.get("until") or "")
    """The day that orders entries of one state; "" for none."""
    summary: Callable[[View], str] = lambda view: str(view.get("title") or "")
    """What an entry is called in one line."""
    words: Callable[[View], str] = lambda view: " ".join(
        str(view.get(key) or "") for key in ("title", "details", "place")
    )
    """What a search looks in."""

    def order(self, view: View, today: str) -> tuple[int, str, str, str]:
        """Where an entry stands in a list: by state, day, title."""
        state = self.state(view, today)
        place = self.states.index(state) if state in self.states else len(self.states)
        return place, self.due(view) or "9999", self.summary(view).casefold(), str(view.get("id"))
