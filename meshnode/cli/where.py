"""`meshnode where`: where this profile keeps its files."""

from __future__ import annotations

import argparse
import os

from meshnode.cli.command import Answer, Call, Command
from meshnode.cli.layout import columns
from meshnode.config import template
from meshnode.errors import NotPossible, StorageError

_TITLES = {
    "config": "Settings",
    "data": "Everything of this profile",
    "keys": "Keys (never give them away)",
    "network": "What the board holds",
    "log": "Log of the node",
    "socket": "Where the node answers",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `where` takes."""
    parser.add_argument("--write-config", action="store_true", help="write a settings file that explains every key")


def run(call: Call) -> Answer:
    """Print the paths; they need not exist."""
    where = call.paths.where()
    if call.options.write_config:
        _write_template(call)
    missing = [name for name in _TITLES if not os.path.lexists(where[name])]
    rows = [(title, where[name], "(not there yet)" if name in missing else "") for name, title in _TITLES.items()]
    lines = [f"Profile {call.paths.profile}:", *columns(rows, max(call.terminal.width, 200), flexible=9)]
    return Answer(dict(where) | {"missing": missing}, [*lines, "", "What each is for: `meshnode help files`."])


def _write_template(call: Call) -> None:
    """Write the commented settings, never over somebody's own.

    Raises:
        NotPossible: there is a file already.
    """
    path = call.paths.config
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("x", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(template())
    except FileExistsError as error:
        raise NotPossible(
            f"There is a settings file already: {path}.", next_step="Move it away first, or edit it as it is."
        ) from error
    except OSError as error:
        raise StorageError(f"{path} could not be written: {error.strerror}.") from error


COMMAND = Command(
    examples=("meshnode where", "meshnode where --write-config", "meshnode --profile allotment where --json"),
    run=run,
    arguments=arguments,
)
