"""A process under test, with its output line by line and deadlines for what it has to say."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class Running:
    """A process in a host, with its output line by line."""

    def __init__(self, label: str, command: Sequence[str], env: Mapping[str, str] | None, cwd: Path | None) -> None:
        self.label = label
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._ended = False
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def mark(self) -> int:
        """How many lines there are so far: give it to `wait_for` to wait for a later one."""
        with self._more:
            return len(self.lines)

    def wait_for(self, pattern: str, within: float = 10.0, since: int = 0) -> re.Match[str]:
        """The first line from number `since` on in which the pattern is found; fails after `within` seconds."""
        deadline = time.monotonic() + within
        with self._more:
            at = since
            while True:
                for line in self.lines[at:]:
                    if match := re.search(pattern, line):
                        return match
                at = len(self.lines)
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    why = "ended" if self._ended else f"did not say so within {within} s"
                    last = "\n".join(self.lines[-20:])
                    raise AssertionError(f"{self.label} {why}: {pattern!r}; its last lines:\n{last}")
                self._more.wait(left)

    def say(self, line: str) -> None:
        """Write a line to the process."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def stop(self, within: float = 10.0) -> int:
        """Ask it to end (SIGTERM) and wait; its exit code."""
        self._process.terminate()
        return self._finish(within)

    def kill(self) -> None:
        """Power cut: no goodbye."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._finish(10.0)

    def _finish(self, within: float) -> int:
        code = self._process.wait(within)
        self._reader.join(within)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        return code

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()
