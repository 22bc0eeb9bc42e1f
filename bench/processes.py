"""Processes: real `meshnode run` and real screens, timed, weighed and, when asked, profiled.

Rules of this module:
1. A node is ready when it says so: the READY=1 that it gives systemd.
2. Weight and CPU are what /proc says of the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.nodes import RunningNode
from tests.tui.terminal import ROOT, Terminal

READY_SECONDS = 120.0
OFF = '[network]\ndiscovery = "off"\n'
"""Settings of a node that neither announces nor listens for others."""


class MeasuredNode(RunningNode):
    """A node of a prepared home."""

    def __init__(self, home: Path, name: str, *, prefix: Sequence[str] = (), settings: str = "") -> None:
        ready = ["env", f"NOTIFY_SOCKET={home / 'ready'}"]
        super().__init__(home, name, prefix=[*prefix, *ready], settings=settings)
        self.ready_seconds = 0.0
        self.ready_at = 0.0
        self.profile: Path | None = None

    def command(self) -> list[str]:
        """As usual; under cProfile where `profile` says where to write it."""
        usual = super().command()
        if self.profile is None:
            return usual
        python = usual.index(sys.executable)
        return [*usual[: python + 1], "-m", "cProfile", "-o", str(self.profile), *usual[python + 1 :]]

    async def start(self) -> None:
        """Start, and note how long it took until READY=1."""
        path = self.home / "ready"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.bind(str(path))
            ear.settimeout(READY_SECONDS)
            began = time.perf_counter()
            self._spawn()
            while not (await asyncio.to_thread(ear.recv, 4096)).startswith(b"READY=1"):
                pass
            self.ready_seconds = time.perf_counter() - began
            self.ready_at = time.time()
        await self.ask("status")

    @property
    def pid(self) -> int:
        """The process; what put it into its namespace has become it."""
        assert self.process is not None
        return self.process.pid

    def cpu_seconds(self) -> float:
        """CPU that the process has used so far."""
        return cpu_seconds(self.pid)

    def rss_mb(self) -> float:
        """What the process holds in memory."""
        return rss_mb(self.pid)

    async def port(self) -> int:
        """Where it listens."""
        return int(str((await self.ask("status"))["listening"][0]).rpartition(":")[2])


class MeasuredTerminal(Terminal):
    """A terminal that says when bytes arrived."""

    def read_once(self, seconds: float) -> float | None:
        """One piece of output within this time; when it arrived."""
        if not select.select([self.master], [], [], seconds)[0]:
            return None
        try:
            got = os.read(self.master, 65_536)
        except OSError:
            return None
        arrived = time.monotonic()
        self.sent += got
        self._stream.feed(got)
        return arrived


def cpu_seconds(pid: int) -> float:
    """Time on a processor of all threads that a process has now, to the nanosecond."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def rss_mb(pid: int) -> float:
    """Resident memory of a process, in millions of bytes."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else float("nan")


@contextlib.contextmanager
def screen_on(
    node_socket: Path, size: tuple[int, int] = (80, 24), profile: Path | None = None
) -> Iterator[MeasuredTerminal]:
    """A screen on a node in a pseudo-terminal; it ends by Ctrl+Q."""
    under = [] if profile is None else ["-m", "cProfile", "-o", str(profile)]
    process, master = pty.fork()
    if process == 0:
        os.chdir(ROOT)
        environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execve(
            sys.executable, [sys.executable, *under, "-m", "tui", "--socket", str(node_socket)], environment
        )  # pragma: no cover
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    terminal = MeasuredTerminal(process, master, size)
    try:
        yield terminal
    finally:
        _leave(terminal)


def _leave(terminal: Terminal) -> None:
    with contextlib.suppress(OSError):
        terminal.type(b"\x11")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        done, _ = os.waitpid(terminal.process, os.WNOHANG)
        if done:
            break
        if select.select([terminal.master], [], [], 0.05)[0]:
            with contextlib.suppress(OSError):
                os.read(terminal.master, 65_536)
    else:
        os.kill(terminal.process, signal.SIGKILL)
        os.waitpid(terminal.process, 0)
    os.close(terminal.master)
