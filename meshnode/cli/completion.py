"""`meshnode completion`: what the shell needs to complete meshnode's commands with the Tab key.

Rules of this module:
1. The shell asks meshnode itself each time, so that what it offers is what this version takes.
2. Completing reads declarations only: no node is asked, nothing is opened, and a mistake offers nothing.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence

from meshnode.cli import registry
from meshnode.cli.command import Answer, Call, Command, Parser
from meshnode.cli.main import command_parser
from meshnode.errors import BadInput, MeshnodeError

BETWEEN = "\x1f"
"""Stands between words that a shell hands over: no keyboard types it."""
_BASH = """_meshnode() {
    local IFS=$'\\x1f'
    local words="${COMP_WORDS[*]:1:COMP_CWORD}"
    IFS=$'\\n'
    COMPREPLY=($(meshnode completion --words="$words" 2>/dev/null))
}
complete -o default -F _meshnode meshnode"""
_ZSH = """#compdef meshnode
local -a found
found=("${(@f)$(meshnode completion --words="${(pj:\\x1f:)words[2,CURRENT]}" 2>/dev/null)}")
compadd -- $found || _files"""
_FISH = """function __meshnode
    meshnode completion --words=(string join \\x1f -- (commandline -opc)[2..] (commandline -ct)) 2>/dev/null
end
complete -c meshnode -f -a '(__meshnode)'"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
_FILES = {
    "bash": "~/.local/share/bash-completion/completions/meshnode",
    "zsh": "a file called _meshnode in a folder of your fpath",
    "fish": "~/.config/fish/completions/meshnode.fish",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `completion` takes."""
    parser.add_argument("shell", metavar="SHELL", nargs="?", help=f"one of: {', '.join(SCRIPTS)}")
    parser.add_argument(
        "--words", dest="typed", metavar="WORDS", help="what could stand in place of the last of these words"
    )


def run(call: Call) -> Answer:
    """Print a shell's script, or what completes some words."""
    shell: str | None = call.options.shell
    if call.options.typed is not None:
        found = list(candidates(call.options.typed.split(BETWEEN)))
        return Answer({"words": found}, found)
    if shell not in SCRIPTS:
        raise BadInput("Which shell?", next_step=f"Say one of: {', '.join(SCRIPTS)}.")
    return Answer({"shell": shell, "script": SCRIPTS[shell]}, SCRIPTS[shell].splitlines())


def candidates(words: Sequence[str]) -> Iterator[str]:
    """What could stand in place of the last of some words, which may be begun or empty."""
    *before, begun = words or [""]
    for word in _following([word for word in before if word != "--json"], begun):
        if word.startswith(begun):
            yield word


def _following(before: Sequence[str], begun: str) -> list[str]:
    if not before:
        return (
            ["--profile", "--json", "--help"] if begun.startswith("-") else [word for word, _ in registry.first_words()]
        )
    if before[0] in registry.BOARDS and len(before) == 1 and not begun.startswith("-"):
        return [entry.name.partition(" ")[2] for entry in registry.verbs(before[0])]
    if before[0] == "help":
        return _first_words()
    with contextlib.suppress(MeshnodeError):
        entry, _ = registry.find(before)
        if entry is not None:
            return _of_parser(command_parser(entry, entry.load()), before[-1], begun)
    return []


def _first_words() -> list[str]:
    return [word for word, _ in registry.first_words()]


def _of_parser(parser: Parser, last: str, begun: str) -> list[str]:
    """The choices of the option before, or the options there are."""
    actions = parser._actions
    for action in actions:
        if last in action.option_strings and action.nargs != 0:
            return [str(choice) for choice in action.choices or _options_in(action.metavar)]
    if begun.startswith("-"):
        return [option for action in actions for option in action.option_strings if option.startswith("--")]
    return [str(choice) for action in actions if not action.option_strings for choice in action.choices or ()]


def _options_in(metavar: object) -> list[str]:
    """The words of a choice that a board checks: "open|doing|done"."""
    return metavar.split("|") if isinstance(metavar, str) and "|" in metavar else []


COMMAND = Command(
    examples=(
        "meshnode completion bash",
        "meshnode completion zsh",
        "meshnode completion fish",
    ),
    run=run,
    arguments=arguments,
    more="Keep what it prints where your shell looks for it:\n"
    + "\n".join(f"  {shell}: {path}" for shell, path in _FILES.items()),
)
