"""`meshnode help`: all commands, one command, or a topic."""

from __future__ import annotations

import argparse
import difflib

from meshnode.cli import registry
from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.layout import columns
from meshnode.cli.main import command_parser
from meshnode.cli.overview import board_overview, overview
from meshnode.cli.texts import TOPICS
from meshnode.errors import BadInput

READABLE = 100
"""Longer lines are hard to read, however wide the window is."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `help` takes."""
    parser.add_argument("topic", metavar="TOPIC", nargs="*", help=f"a command, or one of: {', '.join(TOPICS)}")


def run(call: Call) -> Answer:
    """Print the help that was asked for."""
    words: list[str] = call.options.topic
    if not words:
        answer = overview()
        rows = [(name, summary) for name, (summary, _) in TOPICS.items()]
        return Answer(answer.value, [*answer.lines, "", "Topics:", *columns(rows, READABLE)])
    topic = TOPICS.get("-".join(words))
    if topic is not None:
        lines = topic[1](call.paths, min(call.terminal.width, READABLE))
        return Answer({"topic": "-".join(words), "lines": lines}, lines)
    firsts = [name for name, _ in registry.first_words()]
    if words[0] not in firsts:
        near = difflib.get_close_matches(words[0], [*TOPICS, *firsts], 1, 0.5)
        raise BadInput(
            f"There is no help on {words[0]!r}.",
            next_step=f"Did you mean `meshnode help {near[0]}`?" if near else "See `meshnode help`.",
        )
    entry, _ = registry.find(words)
    if entry is None:
        return board_overview(words[0])
    text = command_parser(entry, entry.load()).format_help().rstrip()
    return Answer({"help": text}, text.splitlines())


COMMAND = Command(
    examples=("meshnode help", "meshnode help privacy", "meshnode help task add"), run=run, arguments=arguments
)
