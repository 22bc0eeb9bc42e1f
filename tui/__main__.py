"""The screen as a program: `python -m tui --socket PATH`. The exit code says how it was left (outcome.py)."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from tui.outcome import Outcome
from tui.wording import say

PLACES = ("home", "board", "asks", "roll", "net")


def main(arguments: list[str] | None = None) -> int:
    """Show the screen; the result is an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tui", description=__doc__)
    parser.add_argument("--socket", required=True, help="where the node listens")
    parser.add_argument("--profile", default="default")
    parser.add_argument("--glyphs", default="auto", choices=("auto", "unicode", "console", "plain"))
    parser.add_argument("--theme", default="auto")
    parser.add_argument("--language", default="auto")
    parser.add_argument("--place", default="home", choices=PLACES, help="where to begin")
    parser.add_argument("--log", help="a file for what goes wrong; without it nothing is logged")
    chosen = parser.parse_args(arguments)
    if os.environ.get("TERM", "dumb") == "dumb" or not sys.stdin.isatty():
        print(say("no-screen"), file=sys.stderr)
        return Outcome.NO_SCREEN.value
    logging.basicConfig(filename=chosen.log or os.devnull, level=logging.WARNING)
    from tui.start import run

    return run(
        chosen.socket,
        chosen.profile,
        glyph_set=chosen.glyphs,
        theme_name=chosen.theme,
        language_name=chosen.language,
        place=chosen.place,
    ).outcome.value


if __name__ == "__main__":
    sys.exit(main())
