"""`meshnode`: the screen, attached to the node that runs for the profile, or to one started for it."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import os
from pathlib import Path
from typing import Any

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.layout import paragraph
from meshnode.cli.node_process import node_for
from meshnode.config import load_config
from meshnode.logs import SCREEN_FILE_BYTES, set_up_logs
from meshnode.platform import Paths


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
    return _shown(call, None)


def _shown(call: Call, begun: Json | None) -> Answer:
    """The screen, and whatever it was left for."""
    with node_for(call.paths, stays=call.options.keep_running) as started:
        if call.options.plain and not call.json:
            talk(call, call.paths.socket)
            return Answer({"outcome": "QUIT"})
        ending = show(call, call.paths.socket, begun)
        if ending.outcome.name == "ANEW":
            # Within the block: people are told by the old node, for as long as the new screen is open.
            return _start_anew(call, ending.new_start)
    outcome = str(ending.outcome.name)
    if outcome == "DEMO":
        from meshnode.cli.demo import play

        play(call)
        return run(call)
    if outcome == "ALONG":
        return _come_along(call)
    lines = ["The node goes on running. `meshnode stop` ends it."] if started and call.options.keep_running else []
    return Answer({"outcome": outcome}, lines)


def talk(call: Call, socket: Path) -> None:
    """Talk line by line on a node's socket until the person is done."""
    config = load_config(call.paths.config).config
    plain: Any = importlib.import_module("tui.plain")
    plain.run(socket, language_name=config.screen.language, environ=os.environ)


def _start_anew(call: Call, wanted: Any) -> Answer:
    """Begin what was chosen and agreed to on the screen, and go over to it."""
    from meshnode.cli.new_start import begin, planned

    call.terminal.note(f"Starting {display_line(wanted.name)} ...")
    with conversation(call) as talk:
        people = [each for each in talk.ask("members")["members"] if each["id"] in wanted.along]
    start = planned(call, wanted.name, people, wanted.reason)
    begun = begin(call, start)
    for line in begun.lines:
        call.terminal.say(line)
    return _shown(begun.call, begun.for_screen(start))


def _come_along(call: Call) -> Answer:
    """Join where somebody asked this person along, with the usual questions, and go over to it."""
    from meshnode.cli.refound_accept import accept

    chosen: dict[str, Any] = {"name": [], "profile_name": None, "me": None, "address": None, "yes": False}
    answer = accept(dataclasses.replace(call, options=argparse.Namespace(**(vars(call.options) | chosen))))
    if answer.exit_code:
        return answer
    for line in answer.lines:
        call.terminal.say(line)
    profile = str(answer.value["profile"])
    options = argparse.Namespace(**(vars(call.options) | {"profile": profile}))
    return _shown(dataclasses.replace(call, options=options, paths=Paths(profile, call.paths.roots)), None)


def show(call: Call, socket: Path, begun: Json | None = None) -> Any:
    """Show the screen on a node's socket until the person closes it.

    Args:
        call: whose settings count.
        socket: where the node listens.
        begun: what there is to say of the new start that led here.

    Returns:
        how it ended, as `tui.outcome.Ending`.
    """
    config = load_config(call.paths.config).config
    set_up_logs(call.paths.state / "screen.log", "warning", file_bytes=SCREEN_FILE_BYTES)
    # By name, because commands and screen are neighbours that know nothing of each other.
    app: Any = importlib.import_module("tui.start")
    screen = config.screen
    return app.run(
        socket,
        call.paths.profile,
        glyph_set=screen.glyphs,
        theme_name=screen.theme,
        language_name=screen.language,
        keys_folder=call.paths.keys,
        begun=begun,
    )


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
