"""Typing a key card: line by line, each checked while the card is at hand.

Rules of this module:
1. What is typed goes to the node with one request and is kept nowhere.
2. Where nobody can be asked, the card comes on standard input, all of it: never as an argument, which other programs of
   this machine could read.
"""

from __future__ import annotations

import argparse

from meshnode.cli.command import Call
from meshnode.errors import BadInput
from meshnode.membership.armour import PREFIX
from meshnode.membership.key_card import LINES, LONGEST_TEXT, CardEntry, card_lines, read_card


def add_card(parser: argparse.ArgumentParser) -> None:
    """The option with which somebody signs with their key card, on a device without their member key."""
    parser.add_argument("--card", action="store_true", help="type your key card, on a device that is not your main one")


def card_if_wanted(call: Call) -> str | None:
    """The card, where `--card` was given."""
    return typed_card(call) if call.options.card else None


def typed_card(call: Call) -> str:
    """The whole card, without a mistake.

    Raises:
        BadInput: what came on standard input is none.
    """
    if not call.asks:
        text = call.terminal.stdin.read(LONGEST_TEXT + 1)
        if not text.strip():
            raise BadInput("The key card is missing.", next_step="Put its eight lines on standard input.")
        read_card(text)
        return text
    call.terminal.say(f"Type the {LINES} lines of the key card, one after the other (or scan its code). Ctrl+C stops.")
    entry = CardEntry()
    while not entry.is_whole:
        typed = call.terminal.ask(f"{entry.next_line}:")
        try:
            if typed.upper().startswith(PREFIX):
                read_card(typed)
                return typed
            entry.take(typed)
        except BadInput as mistake:
            call.terminal.say(mistake.sentence)
    return "\n".join(card_lines(entry.keys()))
