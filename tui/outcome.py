"""Outcome: how a person left the screen, for the program that started it."""

from __future__ import annotations

import enum


class Outcome(enum.Enum):
    """What is to happen after the screen closed; the value is the exit code of `python -m tui`."""

    QUIT = 0
    """Closed."""
    DEMO = 20
    """Chose to look around in a demo."""
    LEFT = 21
    """Left the neighbourhood."""
    NO_SCREEN = 22
    """This terminal cannot show it."""
