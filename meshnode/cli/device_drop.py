"""`meshnode device drop`: give up a device that is retired, lost or stolen."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.card_typing import add_card, card_if_wanted
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.cli.device_names import device_line, named_device
from meshnode.cli.layout import paragraph

EFFECTS = {
    "retired": "What it wrote stays; from now on nobody takes anything from it.",
    "lost": "What it wrote stays; from now on nobody links with it.",
    "stolen": "From now on nobody links with it or takes anything from it, and nothing more is sealed to it. What it "
    "wrote stays only where others built on it or stand by it.",
}
KEEPS = "What is on its disk stays there: nobody can wipe it from afar."
MAIN = (
    "If it was your main device, whoever has it may have your member key too: then ask your neighbours for a new "
    "invite, join as a new member, and leave with the old key."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `device drop` takes."""
    parser.add_argument("device", metavar="DEVICE", nargs="+", help="its name, or its four words")
    why = parser.add_mutually_exclusive_group(required=True)
    for name, meaning in (("retired", "not used any more"), ("lost", "nobody knows where"), ("stolen", "taken away")):
        why.add_argument(f"--{name}", dest="why", action="store_const", const=name, help=meaning)
    add_card(parser)
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what it means, ask, and tell the neighbours."""
    return drop(call, "personal")


def drop(call: Call, kind: str) -> Answer:
    """Give up one of this person's devices, or a hub.

    Raises:
        BadInput: no such device, or nobody can be asked.
    """
    why = call.options.why
    with conversation(call) as talk:
        known = [each for each in talk.ask("devices")["devices"] if each["kind"] == kind and not each["dropped"]]
        device = named_device(
            [each for each in known if not (each["here"] and kind == "personal")], call.options.device
        )
        if not call.agreed(_effect(call, device), f"Give up {device_line(device)}?"):
            return Answer({"dropped": False}, ["Nothing was done."], exit_code=1)
        answer = talk.ask("device_drop", device=device["device"], why=why, card=card_if_wanted(call))
        return Answer(answer, _after(answer))


def _effect(call: Call, device: Json) -> list[str]:
    """What the person sees before saying yes."""
    why = call.options.why
    texts = [EFFECTS[why], KEEPS]
    if device["vouched"]:
        people = "1 neighbour" if device["vouched"] == 1 else f"{device['vouched']} neighbours"
        texts.append(f"{people} came in through it; they stay.")
    if device["kind"] == "personal" and why == "stolen":
        texts.append(MAIN)
    texts.append("This cannot be taken back: to use it again, it is added again in a new profile.")
    return [paragraph(text, call.terminal.width) for text in texts]


def _after(answer: Json) -> list[str]:
    name = display_line(answer["name"])
    if not answer["done"]:
        return [
            f"You have asked to give {name} up. You are not one of its stewards: one more established neighbour has to "
            "ask the same (`meshnode hub drop`)."
        ]
    return [f"{name} is given up. Your neighbours' nodes hear of it as they meet yours."]


COMMAND = Command(
    examples=(
        "meshnode device drop kitchen laptop --lost",
        "meshnode device drop maple kettle robin stool --stolen --yes",
    ),
    run=run,
    arguments=arguments,
)
