"""`meshnode`: the screen, attached to the node that runs for the profile, or to one started for it."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import os
from pathlib import Path
from typing import Any

from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.layout import paragraph
from meshnode.cli.node_process import node_for
from meshnode.config import load_config
from meshnode.logs import SCREEN_FILE_BYTES, set_up_logs


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the screen takes."""
    parser.add_argument("--plain", action="store_true", help="line by line, for screen readers and slow lines")
    parser.add_argument("--keep-running", action="store_true", help="leave the node running when the screen closes")


def run(call: Call) -> Answer:
    """Show the screen; without a terminal, run the node alone and say so."""
    plain = call.options.plain and not call.json
    if not plain and (call.json or not call.terminal.draws):
        from meshnode.cli.run import serve

        headless = (
            "No terminal that can show a screen here: the node runs without one. "
            "Ctrl+C or `meshnode stop` ends it; `meshnode task list` and the other commands work beside it."
        )
        call.terminal.note(paragraph(headless, call.terminal.width))
        return serve(call, quiet=False, with_parent=False)
    for warning in load_config(call.paths.config).warnings:
        call.terminal.note(f"meshnode: {warning}")
    call.paths.prepare()
    with node_for(call.paths, stays=call.options.keep_running) as started:
        outcome = talk(call, call.paths.socket) if plain else show(call, call.paths.socket)
    if outcome == "DEMO":
        from meshnode.cli.demo import play

        play(call)
        return run(call)
    if outcome == "ALONG":
        from meshnode.cli.refound_accept import accept

        chosen: dict[str, Any] = {"name": [], "profile_name": None, "me": None, "address": None, "yes": False}
        return accept(dataclasses.replace(call, options=argparse.Namespace(**(vars(call.options) | chosen))))
    lines = ["The node goes on running. `meshnode stop` ends it."] if started and call.options.keep_running else []
    return Answer({"outcome": outcome}, lines)


def talk(call: Call, socket: Path) -> str:
    """Talk line by line on a node's socket until the person is done; how it ended, by name."""
    config = load_config(call.paths.config).config
    plain: Any = importlib.import_module("tui.plain")
    return str(plain.run(socket, language_name=config.screen.language, environ=os.environ).name)


def show(call: Call, socket: Path) -> str:
    """Show the screen on a node's socket until the person closes it; how it ended, by name."""
    config = load_config(call.paths.config).config
    set_up_logs(call.paths.state / "screen.log", "warning", file_bytes=SCREEN_FILE_BYTES)
    # By name, because commands and screen are neighbours that know nothing of each other.
    app: Any = importlib.import_module("tui.start")
    screen = config.screen
    outcome = app.run(
        socket,
        call.paths.profile,
        glyph_set=screen.glyphs,
        theme_name=screen.theme,
        language_name=screen.language,
        keys_folder=call.paths.keys,
    )
    return str(outcome.name)


COMMAND = Command(
    examples=("meshnode", "meshnode --plain", "meshnode --profile allotment", "meshnode --keep-running"),
    run=run,
    arguments=arguments,
    more=(
        "Starts the node as a process of its own when none runs for the profile, and stops that one again when the\n"
        "screen closes. Attaches to a node that runs already. Without a terminal, runs the node alone, as\n"
        "`meshnode run` does."
    ),
)
