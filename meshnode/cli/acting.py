"""Acting: who does something at a hub, as it is typed: `--as NAME`.

Rules of this module:
1. Nobody is guessed: without `--as` the node of a hub refuses, and says what to add.
"""

from __future__ import annotations

import argparse
import re

from meshnode.cli.command import Json

_KEY_BEGINNING = re.compile("[0-9a-f]{8,64}")


def add_as(parser: argparse.ArgumentParser) -> None:
    """The option that says who acts."""
    parser.add_argument(
        "--as",
        dest="acting",
        metavar="NAME",
        help="at a hub: who does it, by name (or by the beginning of a neighbour's key)",
    )


def who_acts(options: argparse.Namespace) -> Json:
    """What a request says about who acts: nothing, or `as`."""
    typed: str | None = getattr(options, "acting", None)
    if typed is None:
        return {}
    return {"as": {"member": typed} if _KEY_BEGINNING.fullmatch(typed) else {"name": typed}}
