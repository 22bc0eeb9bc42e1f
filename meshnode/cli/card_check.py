"""`meshnode card check`: whether a key card is whole, and whose it is."""

from __future__ import annotations

from meshnode.cards.paper import is_mine
from meshnode.cli.card_typing import typed_card
from meshnode.cli.command import Answer, Call, Command


def run(call: Call) -> Answer:
    """Have the card typed; every mistake is named with its line."""
    mine = is_mine(typed_card(call), call.paths.keys)
    sentence = (
        "The card is right: it is yours, and every word of it was read."
        if mine
        else "Every line of it is right, but it is not the card of this profile's member."
    )
    return Answer({"whole": True, "mine": mine}, [sentence], exit_code=0 if mine else 1)


COMMAND = Command(
    examples=("meshnode card check", "meshnode --profile allotment card check"),
    run=run,
    more="Nothing of what is typed is kept. In a pipe, the card is read from standard input.",
)
