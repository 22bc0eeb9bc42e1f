"""The boards' actions as verbs of the command line.

Rules of this module:
1. The only place of the command line that reads the boards' registry.
2. A verb is an action's name after its board, with hyphens: `task.check_add` is `task check-add`.
"""

from __future__ import annotations

from crdt.actions import ACTIONS, Action


def actions_of(board: str) -> dict[str, Action]:
    """The actions of a board, by verb."""
    return {
        name.partition(".")[2].replace("_", "-"): action
        for name, action in ACTIONS.items()
        if name.partition(".")[0] == board
    }
