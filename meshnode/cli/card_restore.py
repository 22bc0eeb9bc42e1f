"""`meshnode card restore`: be yourself again on a new device, with the key card and any invite of a neighbour."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import Conversation, conversation
from meshnode.cli.card_typing import typed_card
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.device_names import device_line
from meshnode.cli.join import split_scanned, stay_for_board
from meshnode.errors import AlreadyMember

WHYS = ("lost", "stolen", "retired")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `card restore` takes."""
    parser.add_argument("code", metavar="CODE", nargs="+", help="an invite of any neighbour, as for `meshnode join`")
    parser.add_argument("--address", metavar="HOST:PORT", help="where a neighbour's node is, if it is not found")


def run(call: Call) -> Answer:
    """Have the card typed, come back, and ask what became of the other devices."""
    code, scanned = split_scanned(" ".join(call.options.code))
    with conversation(call) as talk:
        if talk.ask("status")["state"] != "outside":
            raise AlreadyMember
        card = typed_card(call)
        if not call.json:
            call.terminal.note("Looking for a node that knows this invite. Ctrl+C stops.")
        status = talk.ask("restore", card=card, code=code, address=call.options.address or scanned)
        name, network = display_line(status["me"]["name"]), display_line(status["network"]["name"])
        lines = [f"Welcome back to {network}, {name}. This is your main device now; the invite was not used up."]
        lines += stay_for_board(talk)
        others = [each for each in talk.ask("devices")["devices"] if _is_another_of_mine(each)]
        if call.asks:
            for line in lines:
                call.terminal.say(line)
            lines = [said for each in others for said in _ask_about(call, talk, each)]
        elif others:
            lines += ["Is one of your other devices lost? `meshnode device list`, then `meshnode device drop`."]
        return Answer(status, lines)


def _is_another_of_mine(device: Json) -> bool:
    return device["kind"] == "personal" and device["state"] == "current" and not device["here"]


def _ask_about(call: Call, talk: Conversation, device: Json) -> list[str]:
    """Whether a device of before is still hers."""
    call.terminal.say()
    call.terminal.say(f"You also have {device_line(device)}.")
    answer = call.terminal.ask("Is it lost, stolen or retired? Enter keeps it:").lower()
    if answer not in WHYS:
        return []
    talk.ask("device_drop", device=device["device"], why=answer)
    return [f"{display_line(device['name'])} is no device of yours any more."]


COMMAND = Command(
    examples=("meshnode card restore MESH1:ABCD...", "meshnode --profile new card restore MESH1:ABCD... --json"),
    run=run,
    arguments=arguments,
    more="In a profile that belongs to no neighbourhood. The invite only opens the door: it is not used up.",
)
