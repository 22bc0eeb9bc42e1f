"""Terminal: what can be shown and asked where this command runs.

Rules of this module:
1. Nothing is asked where nobody can answer, and no control sequence goes where no terminal is.
2. Foreign text passes `display_line` before it comes here.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO

from meshnode.errors import BadInput

NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Terminal:
    """The three streams and the environment of this process, or those of a test."""

    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return self.stdin.isatty() and self.stdout.isatty()

    @property
    def draws(self) -> bool:
        """Whether a full screen can be drawn."""
        return self.interactive and self.environment.get("TERM", "dumb") not in {"", "dumb"}

    @property
    def colours(self) -> bool:
        """Whether control sequences for colours are welcome."""
        return self.stdout.isatty() and self.draws and not self.environment.get("NO_COLOR")

    @property
    def half_blocks(self) -> bool:
        """Whether half blocks can be drawn: the stock fonts of the Linux console have none."""
        asked = self.environment.get("MESH_GLYPHS", "")
        if asked in {"unicode", "console", "plain"}:
            return asked == "unicode"
        utf8 = (self.stdout.encoding or "").lower().replace("-", "") == "utf8"
        return utf8 and self.environment.get("TERM") not in {"linux", "vt100", "vt220"}

    @property
    def width(self) -> int:
        """Columns; a pipe gets room for whole lines."""
        if not self.stdout.isatty():
            return 120
        return max(NARROWEST, shutil.get_terminal_size().columns)

    @property
    def height(self) -> int:
        """Rows."""
        return shutil.get_terminal_size().lines

    def say(self, line: str = "", *, end: str = "\n") -> None:
        """Print to the person (or file) that reads the answer."""
        print(line, end=end, file=self.stdout, flush=True)

    def note(self, line: str) -> None:
        """Print something that is not the answer."""
        print(line, file=self.stderr, flush=True)

    def ask(self, question: str, usual: str = "") -> str:
        """One line from the person; an empty one means the usual answer.

        Raises:
            BadInput: there is nobody to ask.
        """
        if not self.interactive:
            raise BadInput("Something has to be asked, and there is nobody to ask.", next_step="See `--help`.")
        self.say(f"{question} [{usual}] " if usual else f"{question} ", end="")
        line = self.stdin.readline()
        if not line:
            self.say()
            raise KeyboardInterrupt
        return line.strip() or usual

    def confirm(self, question: str) -> bool:
        """A yes or a no; anything that is not clearly a yes is a no."""
        return self.ask(f"{question} (y/n)").lower() in {"y", "yes"}
