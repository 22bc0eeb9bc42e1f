"""`meshnode BOARD show`: one entry of any board with everything on it."""

from __future__ import annotations

import argparse

from crdt.board import Board
from meshnode.cli.asking import Attached, snapshot, with_node
from meshnode.cli.board_lines import BoardLines, conflict_lines
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import find_entry, short_numbers


def command_of(board: Board) -> Command:
    """The command that shows one entry of a board."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        metavar = board.name.upper()
        parser.add_argument("entry", metavar=metavar, nargs="+", help="its short number, or words of its title")

    return Command(
        examples=(f"meshnode {board.name} show 3fa", f"meshnode {board.name} show {board.example}"),
        run=lambda call: _run(call, board),
        arguments=arguments,
    )


def _run(call: Call, board: Board) -> Answer:
    async def work(node: Attached) -> Answer:
        known = await snapshot(node)
        views = known.of_kind(board.kind.name)
        view = find_entry(views, call.options.entry, board.name)
        conflicts: list[Json] = []
        if view.get("conflicts"):
            conflicts = (await node.ask("conflicts", record=view["id"]))["conflicts"]
        number, now = short_numbers(views)[view["id"]], known.now()
        printed = BoardLines(board, known, call.terminal.width, now)
        lines = [*printed.entry(view, number), *conflict_lines(board.name, conflicts, number, known, now)]
        value = {"number": number, "state": board.state(view, printed.today), "view": view, "disputed": conflicts}
        return Answer(value, lines)

    return with_node(call, work)
