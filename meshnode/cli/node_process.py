"""NodeProcess: the node as a process of its own, started for a command or a screen that finds none running.

Rules of this module:
1. The child ends with its parent: it watches its standard input, which closes however the parent ends. Only a node
   that shall stay is started without that.
2. Ready means that its socket answers; waiting has a deadline, and a child that gave up says why in its own words.
3. A node that somebody else started meanwhile is as good as ours, and is never stopped.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import IO

from meshnode.api.schema import error_from
from meshnode.cli.exit_codes import EXIT_CODES
from meshnode.cli.probe import answers
from meshnode.errors import MeshnodeError, NodeAway, NodeBusy
from meshnode.platform import Paths, check_socket_folder

READY_SECONDS = 60.0
"""A Pi with a slow card and many records takes seconds; a minute means that something is wrong."""
OTHERS_SECONDS = 10.0
STOP_SECONDS = 15.0
LOOK_SECONDS = 0.02
MAX_COMPLAINT_BYTES = 64 * 1024


class NodeProcess:
    """A node that was started here."""

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[bytes], paths: Paths) -> None:
        self._process = process
        self._complaints = complaints
        self._paths = paths

    @classmethod
    def start(cls, paths: Paths, *, stays: bool = False) -> NodeProcess:
        """Start the node of a profile; it is not ready yet.

        Args:
            paths: whose node.
            stays: whether it goes on after this process has ended.
        """
        command = [sys.executable, "-m", "meshnode.cli.main", "--json", "--profile", paths.profile, "run", "--quiet"]
        if paths.config_given is not None:
            command += ["--config", str(paths.config_given)]
        if paths.socket_given is not None:
            command += ["--socket", str(paths.socket_given)]
        if not stays:
            command.append("--with-parent")
        complaints = tempfile.TemporaryFile()  # noqa: SIM115  (closed in `stop`: it lives as long as the process)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if stays else subprocess.PIPE,
            stdout=complaints,
            stderr=subprocess.DEVNULL,
            # Ctrl+C at our terminal is for us; we end the node ourselves, in order.
            start_new_session=True,
        )
        return cls(process, complaints, paths)

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until some node of this profile answers.

        Raises:
            NodeAway: none does in time.
            MeshnodeError: ours gave up, with its sentence.
        """
        deadline = time.monotonic() + seconds
        busy = False
        while not answers(self._paths.socket):
            if self._process.poll() is not None:
                if self._process.returncode != NodeBusy.exit_code:
                    raise self._why_it_ended()
                # Another one was quicker: it becomes ready, or it is something else that holds the profile.
                deadline = min(deadline, time.monotonic() + OTHERS_SECONDS) if not busy else deadline
                busy = True
            if time.monotonic() > deadline:
                if busy:
                    raise self._why_it_ended()
                raise NodeAway(
                    f"The node did not become ready within {seconds:.0f} seconds.",
                    next_step=f"Its log may say why: {self._paths.log}",
                )
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End it, and wait until it has written everything."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._complaints.close()

    def _why_it_ended(self) -> MeshnodeError:
        self._complaints.seek(0)
        try:
            error = error_from(json.loads(self._complaints.read(MAX_COMPLAINT_BYTES))["error"])
        except (ValueError, KeyError, TypeError):
            return NodeAway("The node ended at once.", next_step=f"Its log may say why: {self._paths.log}")
        code = self._process.returncode
        error.exit_code = code if code in EXIT_CODES else error.exit_code  # type: ignore[misc]  # this instance's own
        return error


@contextlib.contextmanager
def node_for(paths: Paths, *, stays: bool = False) -> Iterator[bool]:
    """Have a node of this profile run during the block; whether it was started for it.

    Raises:
        MeshnodeError: none could be started.
    """
    check_socket_folder(paths)
    if answers(paths.socket):
        yield False
        return
    node = NodeProcess.start(paths, stays=stays)
    ready = False
    try:
        node.wait_ready()
        ready = True
        yield True
    finally:
        if not (ready and stays):
            node.stop()
