"""`meshnode petition`: ask the neighbourhood to part with somebody."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.card_typing import add_card, card_if_wanted
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.deciding import NOTHING_DONE, agreed, names_of, the_ones
from meshnode.cli.decision_texts import NO_REASON, PETITION
from meshnode.errors import BadInput

QUORUM = 3
"""Yes that a neighbourhood takes to part with one person."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `petition` takes."""
    parser.add_argument("names", metavar="NAME", nargs="+", help="with whom; a name of several words in quotes")
    parser.add_argument("--reason", metavar="TEXT", default="", help="for everybody to read")
    add_card(parser)
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what asking does; after a yes, ask, with one's own yes."""
    with conversation(call) as talk:
        members = the_ones(talk, call.options.names)
        names = names_of(members)
        network = display_line(talk.ask("status")["network"]["name"])
        reason = str(call.options.reason).strip()
        if not (reason or call.asks or call.options.yes):
            raise BadInput(NO_REASON, next_step="Add --reason TEXT, and --yes, because there is nobody to ask.")
        texts = PETITION if reason else (*PETITION, NO_REASON)
        question = "Ask {network} to part with {names}?"
        needed = QUORUM + len(members) - 1
        if not agreed(call, texts, question, names=names, network=network, needed=needed):
            return NOTHING_DONE
        asked = talk.ask("petition", members=[each["id"] for each in members], reason=reason, card=card_if_wanted(call))
        return Answer(
            asked,
            [
                f"{network} is asked. It takes {asked['missing']} more yes.",
                f"Neighbours answer with `meshnode vote {asked['short']} yes` or `no`, or on their screens.",
            ],
        )


COMMAND = Command(
    examples=(
        'meshnode petition Carl --reason "He sold the drill that was everybody\'s."',
        'meshnode petition Carl "Anna Lee" --reason "Threats." --yes',
    ),
    run=run,
    arguments=arguments,
    more="To stop linking with somebody from your own node, without asking anybody: `meshnode block`.",
)
