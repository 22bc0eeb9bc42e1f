"""The registry: every command loads, explains itself, and its examples can be typed."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys

import pytest

from crdt.actions import ACTIONS
from meshnode.cli import registry
from meshnode.cli.command import Parser, add_common
from meshnode.cli.main import command_parser
from meshnode.cli.registry import Entry, entries, find, first_words
from meshnode.errors import BadInput

ENTRIES = list(entries())


def name_of(entry: Entry) -> str:
    return entry.name


def test_names_are_unique_and_every_first_word_is_in_a_group() -> None:
    names = [entry.name for entry in ENTRIES]
    assert len(names) == len(set(names)) > 25
    grouped = [word for words in registry.GROUPS.values() for word in words]
    assert sorted(grouped) == sorted({name.partition(" ")[0] for name in names})
    assert [word for word, _ in first_words()] == grouped


def test_every_declared_action_is_a_command() -> None:
    made = {entry.name for entry in ENTRIES}
    for name in ACTIONS:
        assert name.replace(".", " ").replace("_", "-") in made


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_every_help_shows_an_example(entry: Entry) -> None:
    command = entry.load()
    text = command_parser(entry, command).format_help()
    assert command.examples
    for example in command.examples:
        assert example in text.partition("examples:")[2]
    assert f"usage: meshnode {entry.name}" in text
    assert entry.summary in " ".join(text.split())


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_every_example_can_be_typed(entry: Entry) -> None:
    command = entry.load()
    for example in command.examples:
        program, *words = shlex.split(example)
        if program == "systemctl":
            continue
        assert program == "meshnode"
        common = Parser(add_help=False)
        add_common(common, everywhere=True)
        common.add_argument("words", nargs=argparse.REMAINDER)
        options, others = common.parse_known_args(words)
        words = options.words or ["screen", *others]
        found, named = find(words)
        assert found is not None
        parser = command_parser(found, found.load())
        parsed = parser.parse_intermixed_args(words[named:], namespace=options)
        assert hasattr(parsed, "profile")
        assert found.name.startswith(entry.name)


def test_some_example_is_of_the_command_itself() -> None:
    for entry in ENTRIES:
        words = [shlex.split(example) for example in entry.load().examples]
        said = [" ".join(word for word in each if not word.startswith("--")) for each in words]
        assert entry.name == "screen" or any(f" {entry.name}" in each for each in said), entry.name


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["taks"], "meshnode task"),
        (["statsu"], "meshnode status"),
        (["task", "claims"], "meshnode task claim"),
        (["task", "check_add"], "meshnode task check-add"),
        (["profile", "edti"], "meshnode profile edit"),
    ],
)
def test_an_unknown_command_suggests_the_nearest(words: list[str], meant: str) -> None:
    with pytest.raises(BadInput) as refused:
        find(words)
    assert refused.value.what_next == f"Did you mean `{meant}`?"


def test_what_resembles_nothing_points_to_the_help() -> None:
    with pytest.raises(BadInput) as refused:
        find(["\x1b[2Jqqqq"])
    assert "\x1b" not in refused.value.sentence
    assert refused.value.what_next == "See `meshnode --help`."


def loaded_by(words: str) -> set[str]:
    """The modules in a process that ran these words."""
    program = (
        "import sys, contextlib, io\n"
        "from meshnode.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):\n"
        f"    main({words.split()!r})\n"
        "print(*sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    return set(result.stdout.split())


def test_the_first_help_loads_nothing_slow() -> None:
    loaded = loaded_by("--help")
    assert "meshnode.cli.overview" in loaded
    assert not loaded & {
        "asyncio",
        "automerge",
        "aiohttp",
        "zeroconf",
        "textual",
        "sqlite3",
        "nacl",
        "meshnode.cli.run",
    }


@pytest.mark.parametrize("words", ["task list --help", "status", "task add --help", "invite --help", "export --help"])
def test_the_client_side_loads_no_network_library_and_no_screen(words: str) -> None:
    loaded = loaded_by(words)
    assert "meshnode.cli.command" in loaded
    assert not loaded & {"aiohttp", "zeroconf", "textual", "segno", "meshnode.node.node", "meshnode.store.store"}
