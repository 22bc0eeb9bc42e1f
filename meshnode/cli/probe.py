"""Probe: whether something answers at a socket, asked without asyncio, so that asking is cheap."""

from __future__ import annotations

import socket
from pathlib import Path

PROBE_SECONDS = 2.0


def answers(path: Path) -> bool:
    """Whether a process listens at a Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_SECONDS)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
