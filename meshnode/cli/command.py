"""What a command is: examples, arguments, and a function from a call to an answer.

Rules of this module:
1. A command returns an answer once; `main` prints it, as text or as one JSON object. Only commands that live on
   (the screen, `run`, an invite's countdown) or ask something use the terminal themselves.
2. It imports nothing that is slow to import: every command pays for it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from meshnode.cli.terminal import Terminal
from meshnode.errors import BadInput
from meshnode.platform import DEFAULT_PROFILE, Paths

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command: for programs, for people, and for the shell."""

    value: Json
    lines: Sequence[str] = ()
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a command."""

    options: argparse.Namespace
    paths: Paths
    terminal: Terminal

    @property
    def json(self) -> bool:
        """Whether a program reads the answer: nothing is asked then, and nothing else is printed."""
        return bool(self.options.json)

    @property
    def asks(self) -> bool:
        """Whether there is a person to ask."""
        return self.terminal.interactive and not self.json

    def must_be_answerable(self) -> None:
        """For steps that cannot be begun twice: whether the question to come can be answered.

        Raises:
            BadInput: nobody can be asked, and `--yes` was not given.
        """
        if not self.options.yes and not self.asks:
            raise BadInput("This needs a yes, and there is nobody to ask.", next_step="Add --yes.")

    def agreed(self, effect: Sequence[str], question: str) -> bool:
        """Show what a step does, and ask whether to do it; `--yes` has answered already.

        Raises:
            BadInput: nobody can be asked.
        """
        self.must_be_answerable()
        if self.options.yes:
            return True
        for line in effect:
            self.terminal.say(line)
        return self.terminal.confirm(question)


@dataclass(frozen=True, slots=True)
class Command:
    """One command, as its module declares it."""

    examples: Sequence[str]
    run: Callable[[Call], Answer]
    arguments: Callable[[argparse.ArgumentParser], object] = lambda parser: None
    more: str = ""
    """What the help says after the summary."""


class Parser(argparse.ArgumentParser):
    """argparse, with our errors and without guessing at shortened options."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting.

        Raises:
            BadInput: always.
        """
        for theirs, ours in _ARGPARSE_WORDS:
            message = message.replace(theirs, ours)
        sentence = message[:1].upper() + message[1:] + ("" if message.endswith((".", "?", "!")) else ".")
        raise BadInput(sentence, next_step=f"See `{self.prog} --help`.")


_ARGPARSE_WORDS: Final = (
    ("unrecognized arguments:", "not understood:"),
    ("the following arguments are required:", "something is missing:"),
)
COMMON_USAGE: Final = "[--profile NAME] [--json]"


def add_common(parser: argparse.ArgumentParser, *, everywhere: bool) -> None:
    """The options that every command takes, before or after its name.

    Args:
        everywhere: False after the command's name, where an option left out must not undo one given before.
    """
    unsaid: Any = None if everywhere else argparse.SUPPRESS
    group = parser.add_argument_group("options of every command")
    group.add_argument("-h", "--help", action="store_true", default=unsaid, help="show this help")
    group.add_argument("--json", action="store_true", default=unsaid, help="answer with one JSON object on one line")
    profile = DEFAULT_PROFILE if everywhere else unsaid
    group.add_argument("--profile", metavar="NAME", default=profile, help=f"which profile (usual: {DEFAULT_PROFILE})")
    group.add_argument("--config", metavar="FILE", type=Path, default=unsaid, help="another settings file")
    group.add_argument("--socket", metavar="PATH", type=Path, default=unsaid, help="another socket of the node")


def add_yes(parser: argparse.ArgumentParser) -> None:
    """The option that answers the question beforehand."""
    parser.add_argument("--yes", action="store_true", help="do not ask")
