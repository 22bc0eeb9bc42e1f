"""`meshnode vote`: yes or no to what somebody has asked about people."""

from __future__ import annotations

import argparse

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.card_typing import add_card, card_if_wanted
from meshnode.cli.command import Answer, Call, Command, Json, add_yes
from meshnode.cli.deciding import NOTHING_DONE, agreed, listed
from meshnode.cli.decision_texts import VOTE_NO, VOTE_YES
from meshnode.errors import BadInput


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `vote` takes."""
    about = "its short number, as `meshnode members` shows it, or the name of whom it is about"
    parser.add_argument("petition", metavar="PETITION", help=about)
    parser.add_argument("answer", metavar="yes|no", choices=("yes", "no"), help="your answer")
    add_card(parser)
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what a vote means; after a yes to that, cast it."""
    yes = call.options.answer == "yes"
    with conversation(call) as talk:
        petition = _petition(talk.ask("members")["petitions"], call.options.petition)
        names = listed(petition["targets"])
        network = display_line(talk.ask("status")["network"]["name"])
        question = f"Vote {call.options.answer}?"
        if not agreed(call, VOTE_YES if yes else VOTE_NO, question, names=names, network=network):
            return NOTHING_DONE
        after = talk.ask("vote", petition=petition["id"], yes=yes, card=card_if_wanted(call))
        return Answer(after, ["Your vote is cast.", how_it_stands(after)])


def _named(petition: Json) -> list[str]:
    return [display_line(name).casefold() for name in petition["targets"]]


def _petition(petitions: list[Json], text: str) -> Json:
    found = [each for each in petitions if len(text) >= 4 and str(each["id"]).startswith(text.lower())]
    found = found or [each for each in petitions if text.casefold() in _named(each)]
    if len(found) != 1:
        raise BadInput(f"There is no petition {display_line(text)!r} here.", next_step="See `meshnode members`.")
    return found[0]


def how_it_stands(petition: Json) -> str:
    """Where a petition stands, in a sentence."""
    names = listed(petition["targets"])
    if petition["state"] == "effective":
        return f"The neighbourhood has parted with {names}."
    missing = int(petition["missing"])
    return f"{names}: {missing} more yes would be needed to part." if missing else f"{names}: nothing is settled."


COMMAND = Command(
    examples=("meshnode vote Dora yes", "meshnode vote 3fa9c1d2 no", "meshnode vote 3fa9c1d2 yes --yes"),
    run=run,
    arguments=arguments,
    more="Vote again to change your mind. If the no win, whoever was parted with is back.",
)
