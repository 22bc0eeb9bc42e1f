"""`meshnode card print`: the member key on paper: on the screen, in a file, or from the printer."""

from __future__ import annotations

import argparse
from pathlib import Path

from crdt.display import display_line
from meshnode.cards import paper
from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Command, add_yes
from meshnode.cli.layout import paragraph
from meshnode.cli.qr import paper_qr, qr_lines
from meshnode.errors import NoNetwork


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `card print` takes."""
    parser.add_argument("--to", metavar="FILE", type=Path, help="write it to a new file that only you can read")
    parser.add_argument("--lp", action="store_true", help="send it to the printer")
    parser.add_argument("--narrow", action="store_true", help="32 letters a line, for a narrow receipt printer")
    add_yes(parser)


def run(call: Call) -> Answer:
    """Say what the card is, ask, and show it."""
    paper.member_key(call.paths.keys)
    with conversation(call) as talk:
        status = talk.ask("status")
    if status["state"] == "outside":
        raise NoNetwork
    width = call.terminal.width
    if not call.agreed([paragraph(line, width) for line in paper.BEFORE], "Show it now?"):
        return Answer({"printed": False}, ["Nothing was shown."], exit_code=1)
    name, network = display_line(status["me"]["name"]), display_line(status["network"]["name"])
    card = paper.card_of(call.paths.keys, name, network)
    value = {"name": name, "network": network, "lines": list(card.lines), "code": card.code}
    narrow = call.options.narrow
    if call.options.lp:
        paper.print_out(card.text(paper_qr(card.code), narrow=narrow))
        return Answer({"printed": True}, ["It went to the printer. Try the paper: `meshnode card check`."])
    if call.options.to is not None:
        paper.write(call.options.to, card.text(paper_qr(card.code), narrow=narrow))
        after = ["Print it, delete the file, and try the paper: `meshnode card check`."]
        return Answer({"written": str(call.options.to)}, [f"The card is in {call.options.to}.", *after])
    shown = card.text(qr_lines(card.code, call.terminal), narrow=narrow)
    return Answer(value, [*shown, "", "Write it down or print it, then try the paper: `meshnode card check`."])


COMMAND = Command(
    examples=("meshnode card print", "meshnode card print --lp", "meshnode card print --to card.txt --yes"),
    run=run,
    arguments=arguments,
    more="Eight numbered lines of four words, which are typed without mistakes, and the same as a code to scan.",
)
