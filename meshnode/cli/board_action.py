"""The boards' actions as commands: arguments, help and examples are made from what an action declares.

Rules of this module:
1. Nothing about a particular action stands here, but how a few kinds of argument are typed.
2. Values are sent as typed: the board checks them, and its refusals are sentences.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from crdt.acting import KINDS_AT_HUBS
from crdt.action import Action, Argument
from crdt.boards.occurrences import of_view
from crdt.boards.shelf import BOARDS
from crdt.dates import in_zone
from crdt.display import display_line
from meshnode.cli import board_lines
from meshnode.cli.acting import add_as, who_acts
from meshnode.cli.asking import Attached, snapshot, with_node
from meshnode.cli.board_lines import state_word
from meshnode.cli.command import Answer, Call, Command, Json
from meshnode.cli.entries import find_entry, short_numbers, title_of
from meshnode.cli.moments import now
from meshnode.cli.notes import promise
from meshnode.errors import BadInput, NodeAway

EXAMPLE_NUMBER = "3fa"
EXAMPLE_WORDS = {board.kind.name: board.example for board in BOARDS.values()} | {"note": "door code"}
"""Words of a title, for kinds whose entries have numbers."""
KIND_WORDS = {board.kind.name: board.name for board in BOARDS.values()}
"""The first word of the commands for each kind."""
STDIN = "-"
METAVARS = {"day": "DAY", "moment": "TIME", "number": "N", "people": "NAMES", "rhythm": "RHYTHM", "reference": "ENTRY"}
MORE = {
    "note.add": "What is typed after a command may stay in the shell's history: give - as the text and type it then,\n"
    "or write the note on the screen.",
}
"""What the help of a few actions adds."""
NUMBERED = frozenset(EXAMPLE_WORDS)
KEPT_HERE = "It is kept here, and goes to your neighbours when your node runs: `meshnode`, or `meshnode run`."


def command_of(action: Action) -> Command:
    """The command that an action becomes."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        _add_arguments(parser, action)

    def run(call: Call) -> Answer:
        return _run(call, action)

    return Command(examples=examples_of(action), run=run, arguments=arguments, more=MORE.get(action.name, ""))


def option_of(argument: Argument) -> str:
    """The option that an argument becomes."""
    return f"--{argument.name.replace('_', '-')}"


def examples_of(action: Action) -> tuple[str, ...]:
    """The declared example, as it is typed; for a board with numbered entries also by words."""
    board, _, verb = action.name.partition(".")
    required = [argument for argument in action.arguments if argument.required]
    values = dict(action.example)
    parts = [shlex.quote(_example_value(argument, values.get(argument.name))) for argument in required]
    for argument in action.arguments:
        if not argument.required and argument.name in values:
            parts += [option_of(argument), shlex.quote(_example_value(argument, values[argument.name]))]
    before = f"meshnode {board} {verb.replace('_', '-')}"
    if not action.needs_record:
        return (" ".join([before, *parts]),)
    words = EXAMPLE_WORDS[action.record_kind]
    by_words = words if not required else f'"{words}"'
    return tuple(" ".join([before, record, *parts]) for record in (EXAMPLE_NUMBER, by_words))


def _example_value(argument: Argument, value: object) -> str:
    return {"reference": "9bc", "people": "Bo", "moment": "18:00"}.get(argument.kind, str(value))


def _add_arguments(parser: argparse.ArgumentParser, action: Action) -> None:
    """The entry it is for, then what is required in order, then the rest as options."""
    required = [argument for argument in action.arguments if argument.required]
    if action.needs_record:
        parser.add_argument(
            "entry",
            metavar=action.name.partition(".")[0].upper(),
            nargs=1 if required else "+",
            help="its short number, or words of its title" + (" in quotes" if required else ""),
        )
    for at, argument in enumerate(required):
        last = at == len(required) - 1
        parser.add_argument(
            f"value_{argument.name}",
            metavar=argument.title.upper().replace(" ", "-"),
            nargs="+" if last and argument.kind in {"line", "prose"} else 1,
            help=_help(argument),
        )
    for argument in action.arguments:
        if not argument.required:
            parser.add_argument(
                option_of(argument),
                dest=f"value_{argument.name}",
                metavar=_metavar(argument),
                help=_help(argument),
            )
    if action.record_kind in KINDS_AT_HUBS:
        add_as(parser)


def _metavar(argument: Argument) -> str:
    options = getattr(argument.field, "options", ())
    return "|".join(options) if options else METAVARS.get(argument.kind, "TEXT")


def _help(argument: Argument) -> str:
    extra = f' ("{STDIN}" reads standard input)' if argument.kind == "prose" else ""
    text = argument.help or argument.title
    return f"{text[:1].lower()}{text[1:]}".rstrip(".").replace("%", "%%") + extra


def _values(options: argparse.Namespace, action: Action) -> Json:
    """What was typed, by argument; what was left out is left out."""
    values: Json = {}
    for argument in action.arguments:
        typed: Any = getattr(options, f"value_{argument.name}")
        if isinstance(typed, list):
            typed = " ".join(typed)
        if typed == STDIN and argument.kind == "prose":
            typed = sys.stdin.read().rstrip("\n")
        if typed is not None:
            values[argument.name] = typed
    if not values and action.arguments and not any(argument.required for argument in action.arguments):
        named = ", ".join(option_of(argument) for argument in action.arguments)
        if action.name.endswith(".edit"):
            raise BadInput("Nothing to change was given.", next_step=f"Give at least one of {named}.")
    return values


async def records_of(node: Attached, kind: str) -> list[Json]:
    """The views of a kind; with the tasks the days of series that are shown today."""
    if kind == "task":
        tasks: list[Json] = (await node.ask("tasks"))["tasks"]
        return tasks
    views: list[Json] = (await node.ask("records", kind=kind))["records"]
    return views


def _run(call: Call, action: Action) -> Answer:
    values, acting = _values(call.options, action), who_acts(call.options)

    async def work(node: Attached) -> Answer:
        record: str | None = None
        view: Json = {}
        views: Sequence[Json] = ()
        if action.needs_record:
            views = await records_of(node, action.record_kind)
            view = find_entry(views, call.options.entry, action.name.partition(".")[0])
            record = view["id"]
        if (of := of_view(view)) is not None:
            acting["of"] = of
        await _resolve(action, values, view, node)
        reply = await node.ask("act", action=action.name, record=record, arguments=values, **acting)
        if action.record_kind in NUMBERED and not views:
            views = await records_of(node, action.record_kind)
        lines = _outcome(action, reply, views, await _today(node))
        if action.record_kind == "note":
            lines.append(promise(reply["view"], await snapshot(node)))
        if node.started:
            lines.append(KEPT_HERE)
        return Answer(reply, lines)

    return with_node(call, work)


async def _today(node: Attached) -> str:
    """The civil day in the neighbourhood's zone."""
    settings = await records_of(node, "settings")
    return in_zone(now(), str(settings[0].get("zone") or "") if settings else "").date().isoformat()


async def _resolve(action: Action, values: Json, view: Json, node: Attached) -> None:
    """Turn what people type for tasks and for checklist lines into ids; who people are, the node knows."""
    for argument in action.arguments:
        typed = values.get(argument.name)
        if typed is None:
            continue
        if argument.kind == "reference":
            kinds = getattr(argument.field, "kinds", ()) or tuple(EXAMPLE_WORDS)
            views = [view for kind in kinds for view in await records_of(node, kind)]
            words = [KIND_WORDS.get(kind, kind) for kind in kinds[:2]]
            values[argument.name] = find_entry(views, [typed], " or ".join(words))["id"]
        elif argument.name == "item":
            values[argument.name] = _item(view, typed)


def _item(view: Json, typed: str) -> str:
    """The id of a checklist line, by its place, its id or its words.

    Raises:
        BadInput: no single line is meant.
    """
    items: list[Json] = view.get("checklist", [])
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(items):
        return str(items[int(typed) - 1]["id"])
    # A whole id only: the beginning of a random one may look like a place in the list.
    found = [item for item in items if str(item["id"]) == typed]
    found = found or [item for item in items if typed.casefold() in str(item["text"]).casefold()]
    if len(found) != 1:
        raise BadInput(
            f"{'Several lines fit' if found else 'No line of the checklist fits'} {display_line(typed)!r}.",
            next_step="Give its place in the list: `meshnode task show` numbers the lines.",
        )
    return str(found[0]["id"])


def _outcome(action: Action, reply: Json, views: Sequence[Json], today: str) -> list[str]:
    """One line that says what came of it."""
    view = reply.get("task") or reply.get("view")
    if not isinstance(view, dict):
        raise NodeAway("The node answered in a way this version does not understand.")
    if action.record_kind not in NUMBERED:
        return ["Saved."]
    others = [each for each in views if each["id"] != view["id"]]
    number = short_numbers([*others, view])[view["id"]]
    board = next((board for board in BOARDS.values() if board.kind.name == action.record_kind), None)
    if board is None:
        return [f"{number}  {title_of(view)}"]
    return [f"{number}  {board_lines.title_of(board, view)} ({state_word(board.state(view, today))})"]
