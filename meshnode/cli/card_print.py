"""`meshnode card print`: the member key on paper.

Rules of this module:
1. The key is read from the key file, which only its owner can read; it never travels over the node's socket.
2. It is shown on the screen, or written to a file for its owner alone; a printer gets it from there.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.layout import paragraph
from meshnode.cli.qr import paper_qr, qr_lines
from meshnode.errors import NoNetwork, NotPossible, StorageError
from meshnode.identity.key_file import KEY_FILE, load
from meshnode.identity.keys import MemberKeys
from meshnode.membership.key_card import card_code, card_lines

PAPER_WIDTH = 42
"""Fits a wallet card and the roll of a receipt printer of 80 mm."""
NARROW_WIDTH = 32
"""A receipt printer of 58 mm."""
ON_PAPER = (
    "When every device of mine is lost: on a new one, type `meshnode card restore`, with an invite of a neighbour.",
    "Whoever has this card can act as me. Keep it safe, away from the device.",
)
BEFORE = (
    "Whoever has this card can act as you: vouch, vote, and make devices of yours.",
    "With it you come back when your main device is lost. Nobody else can give you another.",
    "Keep it where you keep your passport, not with the device; photograph it never.",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `card print` takes."""
    parser.add_argument("--to", metavar="FILE", type=Path, help="write it to a new file that only you can read")
    parser.add_argument("--narrow", action="store_true", help="32 letters a line, for a narrow receipt printer")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what the card is, ask, and show it."""
    keys = member_key(call)
    with conversation(call) as talk:
        status = talk.ask("status")
    if status["state"] == "outside":
        raise NoNetwork
    width = call.terminal.width
    if not call.agreed([paragraph(line, width) for line in BEFORE], "Show it now?"):
        return Answer({"printed": False}, ["Nothing was shown."], exit_code=1)
    name, network = display_line(status["me"]["name"]), display_line(status["network"]["name"])
    value = {"name": name, "network": network, "lines": list(card_lines(keys)), "code": card_code(keys)}
    if call.options.to is not None:
        _write(call.options.to, _card(name, network, keys, narrow=call.options.narrow, code=paper_qr(card_code(keys))))
        after = ["Print it, delete the file, and try the paper: `meshnode card check`."]
        return Answer({"written": str(call.options.to)}, [f"The card is in {call.options.to}.", *after])
    shown = _card(name, network, keys, narrow=call.options.narrow, code=qr_lines(card_code(keys), call.terminal))
    return Answer(value, [*shown, "", "Write it down or print it, then try the paper: `meshnode card check`."])


def member_key(call: Call) -> MemberKeys:
    """The member key of the call's profile, out of its key file.

    Raises:
        NotPossible: it is not on this device.
    """
    identity = load(call.paths.keys / KEY_FILE)
    if identity is None:
        raise NoNetwork
    if identity.member_keys is None:
        raise NotPossible(
            "This device does not hold a member key, so it has no card.", next_step="Do this on your main device."
        )
    return identity.member_keys


def _card(name: str, network: str, keys: MemberKeys, *, narrow: bool, code: list[str]) -> list[str]:
    """The card as lines of text."""
    width = NARROW_WIDTH if narrow else PAPER_WIDTH
    rows: list[str] = []
    for number, line in enumerate(card_lines(keys), 1):
        words = line.split()
        parts = [words[:2], words[2:]] if narrow else [words]
        rows += [f" {number if not at else ' '}  {' '.join(part)}" for at, part in enumerate(parts)]
    wrapped = [paragraph(text, width) for text in (f"Key card of {name}", f"{network} (meshnode)")]
    return [*wrapped, "", *rows, "", *(paragraph(text, width) for text in ON_PAPER), "", *code]


def _write(path: Path, lines: list[str]) -> None:
    """A new file, for its owner alone.

    Raises:
        StorageError: it could not be written, or is there already.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError as error:
        raise NotPossible(f"There is a file {path} already.", next_step="Name another one, or delete it.") from error
    except OSError as error:
        raise StorageError(f"{path} could not be written: {error.strerror}.") from error


COMMAND = Command(
    examples=("meshnode card print", "meshnode card print --to card.txt --yes"),
    run=run,
    arguments=arguments,
    more="Eight numbered lines of four words, which are typed without mistakes, and the same as a code to scan.",
)
