"""`meshnode hub add`: answer for a hub: show a code for the machine that becomes one, or type the code it shows."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.card_typing import add_card, card_if_wanted
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.device_names import device_line
from meshnode.cli.join import split_scanned
from meshnode.cli.shown_code import show_until_used


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `hub add` takes."""
    parser.add_argument("code", metavar="CODE", nargs="*", help="the code that the hub shows; without it, we show one")
    parser.add_argument("--address", metavar="HOST:PORT", help="where the hub is, if it is not found")
    add_card(parser)


def run(call: Call) -> Answer:
    """Become steward of a hub."""
    code, scanned = split_scanned(" ".join(call.options.code))
    with conversation(call) as talk:
        card = card_if_wanted(call)
        if not code:
            shown = talk.ask("device_code", purpose="hub", card=card)
            return show_until_used(call, talk, shown, "meshnode join", "On the machine that is to be the hub:")
        if not call.json:
            call.terminal.note("Looking for the hub that shows this code. Ctrl+C stops.")
        hub = talk.ask("hub_add", code=code, address=call.options.address or scanned, card=card)
        stewards = ", ".join(display_line(each["name"]) for each in hub["stewards"])
        return Answer(hub, [f"{device_line(hub)} is a hub of your neighbourhood. Stewards: {stewards}."])


COMMAND = Command(
    examples=("meshnode hub add", "meshnode hub add MESH1:ABCD... --address 192.168.1.30:7766"),
    run=run,
    arguments=arguments,
    more=(
        "A hub is a node that is always on. It has one to five stewards, and no vote. Each further steward types a\n"
        "code that the hub shows: `meshnode hub setup` on the hub."
    ),
)
