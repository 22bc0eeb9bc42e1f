"""Places: the numbered places of the screen, each made when it is first gone to and kept while one is away.

Rules of this module:
1. Home lies below all others: Esc leads there.
2. A place keeps its selection and its search; another neighbourhood begins with new ones.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tui.screens.place import Place

if TYPE_CHECKING:
    from tui.app import MeshnodeApp

HOME: Final = "home"
WELCOME: Final = "welcome"
_CLASSES: Final[Mapping[str, tuple[str, str]]] = {
    HOME: ("home", "HomeScreen"),
    "board": ("board", "BoardScreen"),
    "asks": ("asks", "AsksScreen"),
    "roll": ("roll", "RollScreen"),
    "net": ("neighbours", "NeighboursScreen"),
    WELCOME: ("welcome", "WelcomeScreen"),
}
"""Module and class of each place; imported when it is first gone to."""


class Places:
    """Where one can go."""

    def __init__(self, app: MeshnodeApp) -> None:
        self._app = app
        self._made: dict[str, Place] = {}

    def show(self, name: str) -> None:
        """Go to a place, away from whatever lies over it."""
        while len(self._app.screen_stack) > 1:
            self._app.pop_screen()
        if name == WELCOME:
            self._made.clear()
        else:
            self._app.push_screen(self._kept(HOME))
        if name != HOME:
            self._app.push_screen(self._kept(name) if name != WELCOME else self._new(name))

    def _kept(self, name: str) -> Place:
        if name not in self._made:
            place = self._made[name] = self._new(name)
            self._app.install_screen(place, f"{name}-{id(place)}")
        return self._made[name]

    def _new(self, name: str) -> Place:
        module, made = _CLASSES[name]
        place: Place = getattr(importlib.import_module(f"tui.screens.{module}"), made)()
        return place
