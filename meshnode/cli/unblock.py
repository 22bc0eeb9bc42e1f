"""`meshnode unblock`: this node links with somebody's devices again."""

from __future__ import annotations

import argparse

from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.deciding import names_of, the_one


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `unblock` takes."""
    parser.add_argument("name", metavar="NAME", nargs="+", help="whose devices")


def run(call: Call) -> Answer:
    """Take a block back."""
    with conversation(call) as talk:
        member = the_one(talk, call.options.name)
        after = talk.ask("unblock", member=member["id"])
        return Answer(after, [f"This node links with {names_of([member])} again when they meet."])


COMMAND = Command(examples=("meshnode unblock Carl",), run=run, arguments=arguments)
