"""`meshnode init`: start a neighbourhood."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.layout import paragraph
from meshnode.errors import BadInput
from meshnode.founding import clean_name
from meshnode.wording import FOUND_EFFECT


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `init` takes."""
    parser.add_argument("name", metavar="NAME", nargs="+", help="what the neighbourhood is called")
    parser.add_argument("--me", metavar="NAME", help="what your neighbours call you")


def my_name(call: Call, given: str | None, option: str) -> str:
    """The name the person goes by, asked for where it was not given, until it is one.

    Raises:
        BadInput: it was not given and there is nobody to ask, or what was given is no name.
    """
    while given is None and call.asks:
        try:
            return clean_name(call.terminal.ask("What do your neighbours call you?"), "Your name")
        except BadInput as error:
            call.terminal.say(error.sentence)
    if not given or not given.strip():
        raise BadInput("Your name is missing.", next_step=f"Say what your neighbours call you: {option} NAME")
    return clean_name(given, "Your name")


def run(call: Call) -> Answer:
    """Found the neighbourhood; its node is started for it if need be."""
    network = clean_name(" ".join(call.options.name), "The neighbourhood's name")
    name = my_name(call, call.options.me, "--me")

    async def work(node: Attached) -> Answer:
        status = await node.ask("found", network=network, name=name)
        lines = [
            f"{display_line(status['network']['name'])} is there, and you are its first member, {display_line(name)}.",
            *(paragraph(line, call.terminal.width, indent=2) for line in FOUND_EFFECT),
            "",
            "Next: `meshnode` opens the screen, `meshnode invite` lets a neighbour in.",
            "What neighbours and thieves could read, and what cannot be taken back: `meshnode help privacy`.",
        ]
        return Answer(status, lines)

    return with_node(call, work)


COMMAND = Command(
    examples=('meshnode init "Maple Street" --me Ana', "meshnode --profile allotment init Allotment 12 --me Ana"),
    run=run,
    arguments=arguments,
)
