"""A person's machine for tests of the command line: a home folder of its own, and real processes in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from meshnode.cli.probe import answers
from meshnode.platform import Paths, Roots

SETTINGS = '[network]\ndiscovery = "off"\ninterfaces = ["127.0.0.1"]\n'
COMMAND = (sys.executable, "-m", "meshnode.cli.main")
ANSWER_SECONDS = 60.0


class Home:
    """One person's folder; nothing of it touches another."""

    def __init__(self, folder: Path, settings: str = SETTINGS) -> None:
        self.folder = folder
        self.paths = Paths("default", Roots.under(folder))
        self.paths.config.parent.mkdir(parents=True)
        self.paths.config.write_text(settings)
        self.environment = os.environ | {"MESHNODE_HOME": str(folder), "TERM": "xterm-256color", "COLUMNS": "100"}
        self.environment.pop("NO_COLOR", None)

    def run(self, *words: str, expect: int = 0, typed: str = "") -> str:
        """Run a command to its end; what it printed."""
        result = subprocess.run(
            [*COMMAND, *words],
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS,
            check=False,
        )
        said = result.stdout + result.stderr
        assert result.returncode == expect, f"{' '.join(words)}: {result.returncode}\n{said}"
        assert "Traceback" not in said
        return said

    def json(self, *words: str, expect: int = 0) -> Any:
        """Run a command with --json; what it answered."""
        return json.loads(self.run("--json", *words, expect=expect))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that stays; wait until its node answers."""
        process = subprocess.Popen(
            [*COMMAND, *words],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.until_answers(True, process)
        return process

    def until_answers(self, wanted: bool, process: subprocess.Popen[str] | None = None) -> None:
        """Wait until the node answers, or is gone."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while answers(self.paths.socket) is not wanted:
            if process is not None and process.poll() is not None:
                raise AssertionError(f"ended with {process.returncode}: {process.communicate()}")
            assert time.monotonic() < deadline
            time.sleep(0.01)
