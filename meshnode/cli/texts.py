"""Texts: what `meshnode help TOPIC` shows, made from the tables that the program itself uses.

Rules of this module:
1. What is promised is in `meshnode.wording`, shared with the screen; what is counted comes from its own table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from meshnode.cli.exit_codes import EXIT_CODES
from meshnode.cli.layout import columns, paragraph
from meshnode.logs import FILE_BYTES, OLDER_FILES
from meshnode.platform import Paths
from meshnode.wording import EMERGENCY, EMERGENCY_TITLE, KEYS, KEYS_TITLE, PEOPLE, PEOPLE_TITLE, PRIVACY, WHAT_IT_IS


def privacy(paths: Paths, width: int) -> list[str]:
    """What others can read, and what cannot be taken back."""
    lines = [paragraph(WHAT_IT_IS, width)]
    for title, sentences in PRIVACY:
        lines += ["", title]
        lines += [paragraph(sentence, width, bullet="- ") for sentence in sentences]
    return lines


def keys(paths: Paths, width: int) -> list[str]:
    """What stands for a person, where it is, and what to do when it is lost."""
    return [KEYS_TITLE, "", *(paragraph(sentence, width, bullet="- ") for sentence in KEYS)]


def people(paths: Paths, width: int) -> list[str]:
    """Who belongs, and what neighbours decide about each other."""
    return [PEOPLE_TITLE, "", *(paragraph(sentence, width, bullet="- ") for sentence in PEOPLE)]


def emergency(paths: Paths, width: int) -> list[str]:
    """What to do before, when and after something happens."""
    return [EMERGENCY_TITLE, "", *(paragraph(sentence, width, bullet="- ") for sentence in EMERGENCY)]


def exit_codes(paths: Paths, width: int) -> list[str]:
    """What scripts can rely on."""
    rows = [(f"{code:>3}", meaning) for code, meaning in EXIT_CODES.items()]
    after = 'With --json every answer is one line, an error too: {"error": {"code": ..., "message": ..., "next": ...}}.'
    return ["The exit code of every command:", "", *columns(rows, max(width, 90)), "", after]


def files(paths: Paths, width: int) -> list[str]:
    """What each file is for, and what to do with it."""
    rows = [
        ("Keys", paths.keys, "Who you are. Without it nobody can write as you again; whoever has it can."),
        ("Board", paths.network, "Everything that was written, by everybody: one SQLite file and its logs."),
        ("Settings", paths.config, "Optional. `meshnode where --write-config` writes one that explains itself."),
        ("Logs", paths.state, f"At most {(OLDER_FILES + 2) * FILE_BYTES // 1_000_000} MB. No keys, codes or contents."),
        ("Socket", paths.socket, "The node's door for screens and commands of your user; gone when it stops."),
    ]
    lines: list[str] = []
    for title, path, meaning in rows:
        lines += [f"{title}: {path}", paragraph(meaning, width, indent=2)]
    for sentence in (
        "A backup is a copy of the whole data folder, made while the node is stopped. Use it only in place of the "
        "original: two machines with one key file confuse your neighbours' nodes.",
        "MESHNODE_HOME=FOLDER puts everything into one folder. Folders follow the XDG rules, on macOS too.",
        "`meshnode export FOLDER` writes what is on the board for people and other programs; "
        "`meshnode remove` deletes the profile.",
    ):
        lines += ["", paragraph(sentence, width)]
    return lines


def where(paths: Paths, width: int) -> list[str]:
    """The paths, and where they are explained."""
    rows = [(name, path) for name, path in paths.where().items()]
    return [*columns(rows, max(width, 160), flexible=9), "", "What each is for: `meshnode help files`."]


TOPICS: Mapping[str, tuple[str, Callable[[Paths, int], list[str]]]] = MappingProxyType(
    {
        "privacy": ("What neighbours, thieves and strangers can read, and what cannot be taken back", privacy),
        "keys": ("Your devices, your key card, and what to do when one is lost", keys),
        "people": ("Who belongs, how somebody is removed or comes back, and what nobody can promise", people),
        "emergency": ("Alarms, the roster, roll calls and drills, and what they can promise", emergency),
        "exit-codes": ("What scripts can rely on", exit_codes),
        "where": ("Where this profile keeps its files", where),
        "files": ("What each file is for, and how to keep a copy", files),
    }
)
"""Topics of the help: summary and text."""
