"""Scale: how large everything is: as the aims say, or a tenth of that to see that it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The sizes of one run."""

    tasks: int
    """With ten changes each."""
    plain_tasks: int
    """With one change each, for the node that starts: together with `tasks` they are its records."""
    board_tasks: int
    """On the board of the screen's node."""
    edits: int
    """Typed, over one hop and over two."""
    repeats: int
    """Of what takes long: starts, newcomers, joins."""
    idle_seconds: float
    flood_seconds: float
    members: int
    statements: int


FULL = Scale(3_600, 6_400, 2_000, 200, 5, 30.0, 20.0, 500, 10_000)
QUICK = Scale(360, 640, 200, 20, 1, 3.0, 4.0, 50, 1_000)
