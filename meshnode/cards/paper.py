"""The key card as people hold it: its text, a file or a printer for it, and whether what was written down is right.

Rules of this module:
1. The key is read from the key file, which only its owner can read; it never travels over the node's socket.
2. A file is new, and its owner's alone; a printer gets the text on standard input, never through a file.
3. Nothing of a card is logged or kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from meshnode.errors import NoNetwork, NotPossible, StorageError
from meshnode.identity.key_file import KEY_FILE, load
from meshnode.identity.keys import MemberKeys
from meshnode.membership.key_card import LINES, CardEntry, card_code, card_lines, read_card

__all__ = ["LINES", "CardEntry", "KeyCard", "card_of", "is_mine", "print_out", "typed_text", "write"]

PAPER_WIDTH: Final = 42
"""Fits a wallet card and the roll of a receipt printer of 80 mm."""
NARROW_WIDTH: Final = 32
"""A receipt printer of 58 mm."""
ON_PAPER: Final = (
    "When every device of mine is lost: on a new one, choose the key card, with an invite of a neighbour.",
    "Whoever has this card can act as me. Keep it safe, away from the device.",
)
BEFORE: Final = (
    "Whoever has this card can act as you: vouch, vote, and make devices of yours.",
    "With it you come back when your main device is lost. Nobody else can give you another.",
    "Keep it where you keep your passport, not with the device; photograph it never.",
)
PRINTER_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True, repr=False)
class KeyCard:
    """One member key, ready for paper."""

    name: str
    network: str
    lines: tuple[str, ...]
    """Eight lines of four words."""
    code: str
    """The same, for a QR code."""

    def text(self, code_rows: Sequence[str], *, narrow: bool = False) -> list[str]:
        """The card as lines of text.

        Args:
            code_rows: the drawn code; none where it cannot be drawn.
            narrow: 32 letters a line.
        """
        width = NARROW_WIDTH if narrow else PAPER_WIDTH
        rows: list[str] = []
        for number, line in enumerate(self.lines, 1):
            words = line.split()
            parts = [words[:2], words[2:]] if narrow else [words]
            rows += [f" {number if not at else ' '}  {' '.join(part)}" for at, part in enumerate(parts)]
        heads = [textwrap.fill(text, width) for text in (f"Key card of {self.name}", f"{self.network} (meshnode)")]
        return [*heads, "", *rows, "", *(textwrap.fill(text, width) for text in ON_PAPER), "", *code_rows]


def member_key(keys_folder: Path) -> MemberKeys:
    """The member key in a folder of keys.

    Raises:
        NoNetwork: there is no identity yet.
        NotPossible: this device holds no member key.
    """
    identity = load(keys_folder / KEY_FILE)
    if identity is None:
        raise NoNetwork
    if identity.member_keys is None:
        raise NotPossible(
            "This device does not hold a member key, so it has no card.", next_step="Do this on your main device."
        )
    return identity.member_keys


def card_of(keys_folder: Path, name: str, network: str) -> KeyCard:
    """The card of the member whose keys lie in a folder.

    Raises:
        NoNetwork: there is no identity yet.
        NotPossible: this device holds no member key.
    """
    keys = member_key(keys_folder)
    return KeyCard(name, network, card_lines(keys), card_code(keys))


def is_mine(typed: str, keys_folder: Path) -> bool:
    """Whether a whole card that was typed is of the member whose keys lie in a folder.

    Raises:
        BadInput: there is a mistake in it; the sentence says in which line.
    """
    keys = read_card(typed)
    identity = load(keys_folder / KEY_FILE)
    return identity is not None and identity.member == keys.id


def typed_text(entry: CardEntry) -> str:
    """A card that was typed line by line, as one text."""
    return "\n".join(card_lines(entry.keys()))


def write(path: Path, lines: Sequence[str]) -> None:
    """Write a new file, for its owner alone.

    Raises:
        NotPossible: there is one of that name already.
        StorageError: it could not be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError as error:
        raise NotPossible(f"There is a file {path} already.", next_step="Name another one, or delete it.") from error
    except OSError as error:
        raise StorageError(f"{path} could not be written: {error.strerror}.") from error


def print_out(lines: Sequence[str]) -> None:
    """Hand the card to the system's printer.

    Raises:
        NotPossible: there is none, or it did not take it.
    """
    command = shutil.which("lp")
    if command is None:
        raise NotPossible("This machine knows no printer (`lp` is missing).", next_step="Write the lines down by hand.")
    try:
        done = subprocess.run(
            [command, "-t", "meshnode"],
            input="\n".join(lines) + "\n",
            capture_output=True,
            text=True,
            timeout=PRINTER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotPossible("The printer did not answer.", next_step="Write the lines down by hand.") from error
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[:200]
        raise NotPossible(f"The printer did not take it: {said}", next_step="Write the lines down by hand.")
