"""Outcome: how a person left the screen, for the program that started it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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
    ANEW = 24
    """Starts anew with chosen people."""
    NO_SCREEN = 22
    """This terminal cannot show it."""


@dataclass(frozen=True, slots=True)
class NewStart:
    """What somebody wants to begin: the new neighbourhood's name, who is asked along (member ids), and why."""

    name: str
    along: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How it was left, and with ANEW what is to begin."""

    outcome: Outcome
    new_start: NewStart | None = None
