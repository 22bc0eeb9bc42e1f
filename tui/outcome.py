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
    ALONG = 23
    """Comes along to a neighbourhood that somebody started anew."""
    NO_SCREEN = 22
    """This terminal cannot show it."""
