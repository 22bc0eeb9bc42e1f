"""Folders: which sticks are plugged in, and what a typed folder means.

Rules of this module:
1. What is offered is read from the system's list of mounts; no stick is touched for it: a broken one holds up nothing.
2. Somebody may type a folder, paste what a file window shows, or name one file in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from crdt.display import display_line
from meshnode.errors import BadInput

MOUNTS = Path("/proc/self/mounts")
"""Where Linux lists what is mounted; elsewhere nothing is offered, and the folder is typed."""
PLACES = re.compile(r"/media/[^/]+(/[^/]+)?|/run/media/[^/]+/[^/]+|/mnt(/[^/]+)?")
"""Where systems open a stick; what lies deeper is something else."""
_FAR = re.compile(r"autofs|nfs|cifs|smb|9p|fuse\.ssh")
"""Kinds of folders that lie on other machines."""
MOST_OFFERED = 8
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Stick:
    """One stick that is plugged in and open."""

    folder: Path
    read_only: bool


def sticks_here() -> list[Stick]:
    """The sticks that are plugged in now, those that can be written first."""
    try:
        lines = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return []
    found: dict[str, Stick] = {}
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 4:
            continue
        _, where, kind, options = fields[:4]
        where = _OCTAL.sub(lambda match: chr(int(match[1], 8)), where)
        if PLACES.fullmatch(where):
            found.pop(where, None)
            if not _FAR.match(kind):
                found[where] = Stick(Path(where), "ro" in options.split(","))
    return sorted(found.values(), key=lambda stick: (stick.read_only, str(stick.folder)))[:MOST_OFFERED]


def typed_folder(typed: str) -> Path:
    """The folder or file that somebody means.

    Raises:
        BadInput: nothing was typed, or there is no such folder.
    """
    text = typed.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://"))
    if not text or "\0" in text:
        raise BadInput("No folder is named.", next_step="Plug the stick in, or name its folder.")
    try:
        path = Path(text).expanduser().absolute()
        there = path.exists() or path.is_symlink()
    except (OSError, RuntimeError):
        there = False
    if not there:
        raise BadInput(
            f"There is no folder {display_line(text)}.",
            next_step="Is the stick plugged in? Wait until it has opened, or name another folder.",
        )
    return path
