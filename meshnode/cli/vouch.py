"""`meshnode vouch`: one's own word for somebody."""

from __future__ import annotations

import argparse

from meshnode.cli.asking import conversation
from meshnode.cli.card_typing import add_card, card_if_wanted
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.deciding import NOTHING_DONE, agreed, names_of, the_one
from meshnode.cli.decision_texts import VOUCH


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `vouch` takes."""
    parser.add_argument("name", metavar="NAME", nargs="+", help="whom you have met")
    add_card(parser)
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what one's word means; after a yes, give it."""
    with conversation(call) as talk:
        member = the_one(talk, call.options.name)
        name = names_of([member])
        if not agreed(call, VOUCH, "Give your word for {name}?", name=name):
            return NOTHING_DONE
        after = talk.ask("vouch", member=member["id"], card=card_if_wanted(call))
        standing = "established" if after["standing"] == "established" else "one word short of being established"
        return Answer(after, [f"Your word for {name} is given; {name} is {standing}."])


COMMAND = Command(examples=("meshnode vouch Bo", "meshnode vouch Bo --yes"), run=run, arguments=arguments)
