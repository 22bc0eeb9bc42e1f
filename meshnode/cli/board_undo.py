"""`meshnode BOARD undo`: take back a change of an entry; the undo is a change of its own."""

from __future__ import annotations

import argparse
import re

from crdt.acting import KINDS_AT_HUBS
from crdt.board import Board
from meshnode.cli.acting import add_as, who_acts
from meshnode.cli.asking import Attached, with_node
from meshnode.cli.board_action import records_of
from meshnode.cli.board_lines import title_of
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.entries import find_entry, short_numbers
from meshnode.errors import BadInput


def command_of(board: Board) -> Command:
    """The command that takes back a change of a board's entry."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        metavar = board.name.upper()
        parser.add_argument("entry", metavar=metavar, nargs="+", help="its short number, or words of its title")
        parser.add_argument("--change", metavar="CODE", help=f"which change (`{board.name} history` shows the codes)")
        if board.kind.name in KINDS_AT_HUBS:
            add_as(parser)

    return Command(
        examples=(
            f"meshnode {board.name} undo 3fa",
            f"meshnode {board.name} undo {board.example} --change 9c1e44b0",
        ),
        run=lambda call: _run(call, board),
        arguments=arguments,
        more="Without --change: your own last change of it. Only fields that nobody wrote since are put back.",
    )


def _run(call: Call, board: Board) -> Answer:
    async def work(node: Attached) -> Answer:
        views = await records_of(node, board.kind.name)
        view = find_entry(views, call.options.entry, board.name)
        change = await _change(node, board.name, view["id"], call.options.change)
        reply = await node.ask("undo", record=view["id"], change=change, **who_acts(call.options))
        number = short_numbers(views)[view["id"]]
        lines = [
            f"Taken back: {number}  {title_of(board, reply.get('task') or reply.get('view') or view)}",
            f"Once more undoes the undo: meshnode {board.name} undo {number}",
        ]
        return Answer(reply, lines)

    return with_node(call, work)


async def _change(node: Attached, word: str, record: str, code: str | None) -> str | None:
    """The whole id of the change that a code is the beginning of.

    Raises:
        BadInput: no change of this entry begins so, or several do.
    """
    if code is None:
        return None
    entries = (await node.ask("history", record=record))["entries"]
    beginning = code.lower() if re.fullmatch("[0-9A-Fa-f]{4,64}", code) else "nothing"
    found = [str(entry["change"]) for entry in entries if str(entry["change"]).startswith(beginning)]
    if len(found) != 1:
        raise BadInput(
            f"{'Several changes' if found else 'No change'} of this {word} begin with {code!r}.",
            next_step=f"`meshnode {word} history` shows the codes; give at least four characters.",
        )
    return found[0]
