"""A screen in a real pseudo-terminal, as a person would start it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]


class Terminal:
    """A screen in a pseudo-terminal, and everything that was sent to it."""

    def __init__(self, process: int, master: int, size: tuple[int, int]) -> None:
        self.process = process
        self.master = master
        self.started = time.monotonic()
        self.shown = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.shown)
        self.sent = b""

    def read(self, seconds: float) -> bytes:
        """What comes within this time, at least until a pause."""
        got = b""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if not ready:
                break
            try:
                got += os.read(self.master, 65536)
            except OSError:
                break
        self.sent += got
        self._stream.feed(got)
        return got

    async def until(self, text: str, seconds: float = 20.0) -> bytes:
        """Read until the terminal shows this text."""
        got, deadline = b"", time.monotonic() + seconds
        while text not in "\n".join(self.shown.display):
            assert time.monotonic() < deadline, "\n".join(self.shown.display)
            got += await asyncio.to_thread(self.read, 0.02)
        return got

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    @property
    def rss_kib(self) -> int:
        """What the process holds in memory."""
        status = Path(f"/proc/{self.process}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        return int(found[1])


@contextmanager
def terminal(
    socket: Path, size: tuple[int, int] = (80, 24), environ: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """The screen of the node at `socket`, as a person would start it."""
    process, master = pty.fork()
    if process == 0:
        os.chdir(ROOT)
        clean = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        more = environ if environ is not None else {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tui", "--socket", str(socket), "--place", "board"],
            clean | dict(more),
        )
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    try:
        yield Terminal(process, master, size)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(master)
