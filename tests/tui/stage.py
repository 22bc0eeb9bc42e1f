"""A screen on a stage: starts the app without a terminal, waits for what is to be seen, reads what stands there."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.tui.street import StreetClock
from tui.app import MeshnodeApp
from tui.moments import Clock
from tui.outcome import Outcome
from tui.screens.welcome import WelcomeScreen

PATIENCE_SECONDS = float(os.environ.get("PATIENCE", "20"))
TERMINAL: Mapping[str, str] = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Stage:
    """One running screen and its keys."""

    def __init__(self, app: MeshnodeApp, pilot: Pilot[Outcome]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for each in keys:
            await self.pilot.press(each)

    async def type(self, text: str) -> None:
        """Type a text."""
        names = {" ": "space", "-": "minus", ":": "colon", "/": "slash", ".": "full_stop"}
        await self.pilot.press(*(names.get(character, character) for character in text))

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    def lines(self) -> list[str]:
        """The screen's lines."""
        return self.text().split("\n")

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait until something is so.

        Raises:
            AssertionError: it did not come to be so; with what stands on the screen.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not holds():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"never so: {what}\n{self.text()}") from None

    async def sees(self, *texts: str) -> None:
        """Wait until all these texts stand on the screen."""
        await self.until(lambda: all(text in self.text() for text in texts), f"sees {texts}")

    async def sees_not(self, text: str) -> None:
        """Wait until this text stands there no more."""
        await self.until(lambda: text not in self.text(), f"does not see {text}")


@contextlib.asynccontextmanager
async def stage(
    socket: Path,
    size: tuple[int, int] = (80, 24),
    *,
    clock: Clock | None = None,
    environ: Mapping[str, str] = TERMINAL,
    place: str = "board",
    **options: Any,
) -> AsyncIterator[Stage]:
    """A screen on the node that listens at `socket`, from its first whole picture on, at a place."""
    app = MeshnodeApp(socket, clock=clock or StreetClock(), environ=environ, **options)
    async with app.run_test(size=size) as pilot:
        shown = Stage(app, pilot)
        await shown.until(lambda: app.held.complete and app.held.linked, "the first snapshot")
        if not app.held.outside and place != "home":
            await shown.until(lambda: not isinstance(app.screen, WelcomeScreen), "home")
            app.show_place(place)
            await pilot.pause()
        yield shown
