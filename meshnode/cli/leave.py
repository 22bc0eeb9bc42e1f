"""`meshnode leave`: leave the neighbourhood; no reason is asked."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.layout import paragraph
from meshnode.errors import NoNetwork
from meshnode.wording import LEAVE_EFFECT


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `leave` takes."""
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what leaving means; after a yes, leave and give thanks."""

    with conversation(call) as talk:
        status = talk.ask("status")
        if status["state"] == "outside":
            raise NoNetwork
        effect = [
            *(paragraph(line, call.terminal.width) for line in LEAVE_EFFECT),
            "To take a copy along first: `meshnode export FOLDER`.",
        ]
        if not call.agreed(effect, f"Leave {display_line(status['network']['name'])}?"):
            return Answer({"left": False}, ["Nothing was done."], exit_code=1)
        thanks = str(talk.ask("leave")["thanks"])
        after = ["Your copy stays on this machine until you delete it: `meshnode remove`."]
        if talk.node.started:
            after.insert(0, "Your neighbours hear of it when a node of yours meets theirs: start `meshnode` once more.")
        return Answer({"left": True, "thanks": thanks}, [display_line(thanks), *after])


COMMAND = Command(examples=("meshnode leave", "meshnode leave --yes"), run=run, arguments=arguments)
