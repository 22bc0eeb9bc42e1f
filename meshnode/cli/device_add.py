"""`meshnode device add`: make another machine a device of yours."""

from __future__ import annotations

from meshnode.cli.asking import conversation
from meshnode.cli.card_typing import add_card, card_if_wanted
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.shown_code import show_until_used


def run(call: Call) -> Answer:
    """Show a code for ten minutes."""
    with conversation(call) as talk:
        shown = talk.ask("device_code", purpose="device", card=card_if_wanted(call))
        return show_until_used(call, talk, shown, "meshnode join", "On your other machine, in a new profile:")


COMMAND = Command(
    examples=("meshnode device add", "meshnode device add --card"),
    run=run,
    arguments=add_card,
    more="The other machine writes as you; your member key stays here.",
)
