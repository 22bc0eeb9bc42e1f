"""Logs: a rotating file for the node, and lines for the journal or the terminal when it runs without a screen.

Rules of this module:
1. All files of a profile's log together stay below 5 MB.
2. Never keys, codes or contents: callers log ids and counts; what looks like a long key or code is cut all the same.
3. What a neighbour's machine sent cannot move the cursor of whoever reads the log: control characters are escaped.
4. A full disk never stops the node: a line that cannot be written is lost.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
import sys
from pathlib import Path
from typing import Final, TextIO

FILE_BYTES: Final = 1_000_000
OLDER_FILES: Final = 3
LONGEST_ENTRY: Final = 16_000
"""A traceback fits; an entry is always far smaller than a file, so that rotation keeps the bound."""
SCREEN_FILE_BYTES: Final = 100_000
"""A screen has a log of its own: two processes cannot turn over one file."""
CRASH_BYTES: Final = 200_000
FILE_MODE: Final = 0o600

_SECRETS = re.compile(r"(?i)MESH1[:\w-]{8,}|\b(?=[a-z2-7]*\d)[a-z2-7]{24,}={0,6}|\b[0-9a-f]{17,}\b")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


def harmless(text: str) -> str:
    """Text as it may stand in a log: no secrets, no control characters, no endless entry."""
    if len(text) > LONGEST_ENTRY:
        text = text[: LONGEST_ENTRY // 2] + "\n[...]\n" + text[-LONGEST_ENTRY // 2 :]
    text = _SECRETS.sub(lambda found: f"{found[0][:8]}…", text)
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _without_traceback(record: logging.LogRecord) -> bool:
    """A network interface that does not carry a packet is a line, not a bug of ours with its traceback."""
    record.exc_info = None
    return True


class _Entry(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return harmless(super().format(record)).replace("\n", "\n    ")


class _JournalEntry(logging.Formatter):
    """The journal keeps the time itself, and takes the priority from the beginning of each line."""

    def format(self, record: logging.LogRecord) -> str:
        prefix = f"<{next((number for level, number in _PRIORITIES if record.levelno >= level), 7)}>"
        return "\n".join(prefix + line for line in harmless(super().format(record)).splitlines())


class _RotatingFile(logging.handlers.RotatingFileHandler):
    def _open(self) -> TextIO:  # type: ignore[override]  # the same object, its mode set before anything is written
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:
        """Lose the line: nothing can be done about a full disk here."""


def set_up_logs(
    file: Path, level: str = "info", *, file_bytes: int = FILE_BYTES, stderr: bool = False, journal: bool = False
) -> None:
    """Send everything that is logged in this process to a rotating file, and to stderr if asked for.

    Args:
        file: the newest log file; older ones get .1 to .3. Its folder must exist.
        level: "debug", "info", "warning" or "error".
        file_bytes: when a file is full; four of them are kept.
        stderr: write to stderr too (a node without a screen).
        journal: with priorities in front, as journald reads them.
    """
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
        old.close()
    # The file opens with the first entry: a log that cannot be written stops nobody.
    to_file = _RotatingFile(file, maxBytes=file_bytes, backupCount=OLDER_FILES, encoding="utf-8", delay=True)
    to_file.setFormatter(_Entry("%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    root.addHandler(to_file)
    if stderr:
        to_stderr = logging.StreamHandler(sys.stderr)
        plain = _Entry("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")
        to_stderr.setFormatter(_JournalEntry("%(name)s: %(message)s") if journal else plain)
        root.addHandler(to_stderr)
    root.setLevel(level.upper())
    # These tell of every packet at debug level; their warnings are kept.
    for talkative in ("asyncio", "zeroconf", "aiohttp"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    logging.getLogger("zeroconf").addFilter(_without_traceback)


def write_crash(path: Path, traceback: str) -> bool:
    """Keep the last unexpected error of a command; False where the disk does not take it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(harmless(traceback)[:CRASH_BYTES] + "\n")
    except OSError:
        return False
    return True
