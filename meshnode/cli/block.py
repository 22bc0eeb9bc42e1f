"""`meshnode block`: this node links with somebody's devices no more."""

from __future__ import annotations

import argparse

from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.deciding import NOTHING_DONE, agreed, names_of, the_one
from meshnode.cli.decision_texts import BLOCK


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `block` takes."""
    parser.add_argument("name", metavar="NAME", nargs="+", help="whose devices")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what it does and what it does not; after a yes, do it."""
    with conversation(call) as talk:
        member = the_one(talk, call.options.name)
        name = names_of([member])
        if not agreed(call, BLOCK, "Link with {name} no more?", name=name):
            return NOTHING_DONE
        after = talk.ask("block", member=member["id"])
        return Answer(after, [f"This node links with {name} no more. `meshnode unblock {name}` takes it back."])


COMMAND = Command(examples=("meshnode block Carl", "meshnode block Carl --yes"), run=run, arguments=arguments)
