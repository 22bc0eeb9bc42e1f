"""`meshnode demo`: an invented neighbourhood on this machine alone."""

from __future__ import annotations

from pathlib import Path

from meshnode.cli.command import Answer, Call, Command
from meshnode.errors import BadInput


def run(call: Call) -> Answer:
    """Show the demo until the screen closes."""
    if call.json or not call.terminal.draws:
        raise BadInput("The demo is a screen, and here is no terminal that can show one.")
    play(call)
    return Answer({"demo": "over"}, ["The demo is over; nothing of it was kept. Start for real with `meshnode`."])


def play(call: Call) -> None:
    """Start the demo's nodes, show the screen, and clear everything away."""
    from meshnode.cli.screen import show
    from meshnode.demo import run_demo

    call.terminal.note("Starting three nodes on this machine ...")

    def screen(socket: Path) -> None:
        show(call, socket)

    run_demo(screen)


COMMAND = Command(
    examples=("meshnode demo",),
    run=run,
    more="Three nodes with real keys on this machine alone; two invented neighbours do something every few seconds.\n"
    "Nothing leaves this machine, nothing touches your profiles, nothing is kept.",
)
