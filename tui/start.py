"""Start: the screen, shown on a node's socket until the person closes it."""

from __future__ import annotations

from pathlib import Path

from meshnode.api.schema import Json
from tui.app import MeshnodeApp
from tui.outcome import Ending, Outcome


def run(
    socket_path: Path | str,
    profile: str = "default",
    *,
    glyph_set: str = "auto",
    theme_name: str = "auto",
    language_name: str = "auto",
    place: str = "home",
    keys_folder: Path | None = None,
    begun: Json | None = None,
) -> Ending:
    """Show the screen until the person closes it."""
    app = MeshnodeApp(
        socket_path,
        profile,
        glyph_set=glyph_set,
        theme_name=theme_name,
        language_name=language_name,
        place=place,
        keys_folder=keys_folder,
        begun=begun,
    )
    outcome = app.run() or Outcome.QUIT
    return Ending(outcome, app.new_start)
