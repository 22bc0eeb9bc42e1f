"""`meshnode BOARD list`: the entries of any board, by state, then day, then title."""

from __future__ import annotations

import argparse

from crdt.board import Board
from meshnode.cli.asking import Snapshot, snapshot, with_node
from meshnode.cli.board_lines import BoardLines, state_word
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import short_numbers


def command_of(board: Board) -> Command:
    """The command that lists a board."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("words", metavar="WORD", nargs="*", help="only entries with all these words")
        parser.add_argument("--all", action="store_true", help="finished ones, too")
        parser.add_argument("--state", choices=board.states, help="only entries that stand there")
        parser.add_argument("--mine", action="store_true", help="only what you wrote")

    return Command(
        examples=(f"meshnode {board.name} list", f"meshnode {board.name} list --all"),
        run=lambda call: _run(call, board),
        arguments=arguments,
        more="The first column is the entry's short number: other commands know it by that, or by words of its title.",
    )


def _run(call: Call, board: Board) -> Answer:
    known = with_node(call, snapshot)
    printed = BoardLines(board, known, call.terminal.width, known.now())
    today = printed.today
    every = known.of_kind(board.kind.name)
    numbers = short_numbers(every)
    options = call.options
    everything = options.all or bool(options.words) or options.state in board.finished
    found = [
        view
        for view in sorted(every, key=lambda view: board.order(view, today))
        if _wanted(view, call, board, today) and (not options.mine or _mine(view, known))
    ]
    shown = [view for view in found if everything or board.state(view, today) not in board.finished]
    lines = printed.listed(shown, numbers)
    if hidden := len(found) - len(shown):
        words = sorted({state_word(board.state(view, today)) for view in found} & set(map(state_word, board.finished)))
        lines += ["", f"{hidden} {', '.join(words)} (`meshnode {board.name} list --all` shows them)"]
    value = {"entries": [{"number": numbers[view["id"]], "state": board.state(view, today), **view} for view in found]}
    return Answer(value, lines or [f"Nothing here. `meshnode {board.name} add` writes something down."])


def _wanted(view: Json, call: Call, board: Board, today: str) -> bool:
    text = board.words(view).casefold()
    state = call.options.state
    return all(word.casefold() in text for word in call.options.words) and state in (None, board.state(view, today))


def _mine(view: Json, known: Snapshot) -> bool:
    return bool(known.members.get(str(view["created"]["member"]), {}).get("mine"))
