"""Machine: what this machine does by itself: one signature checked, one byte on the disk, one echo.

Rules of this module:
1. Nothing of meshnode is in these figures but the very calls it makes below everything else.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from nacl.bindings import crypto_sign_open

from bench.report import Report, median
from bench.scale import Scale
from bench.written import Written, corpus
from meshnode.identity.envelope import parse_envelope

SAMPLE = 2_000
COMMITS = 50
ECHOES = 1_000


def measure(report: Report, scale: Scale) -> None:
    """Print the three figures of the machine."""
    report.heading("This machine, in the same run")
    changes = corpus(max(1, min(scale.tasks, SAMPLE // 10))).changes
    rounds = [bare_verification(changes) / len(changes) for _ in range(5)]
    report.figure("bare PyNaCl verification of one change", 1e6 * median(rounds), "us")
    with tempfile.TemporaryDirectory() as folder:
        commits, syncs = _commits(Path(folder)), _fsyncs(Path(folder))
    report.figure("one-row SQLite commit, WAL, synchronous=FULL (median of 50)", 1e3 * median(commits), "ms")
    report.figure("write and fsync of 4 KiB (median of 50)", 1e3 * median(syncs), "ms")
    report.figure("echo of one byte over loopback TCP (median of 1,000)", 1e3 * median(_echoes()), "ms")


def bare_verification(changes: Sequence[Written]) -> float:
    """Seconds of this thread's time for checking these changes' signatures and nothing else."""
    signed = [
        (envelope.signature + each.key[8:], envelope.author)
        for each, envelope in ((each, parse_envelope(each.envelope)) for each in changes)
    ]
    began = time.thread_time()
    for message, author in signed:
        crypto_sign_open(message, author)
    return time.thread_time() - began


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _commits(folder: Path) -> list[float]:
    connection = sqlite3.connect(folder / "commits.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, bytes BLOB)")
    took = [
        _timed(lambda number=number: connection.execute("INSERT INTO rows VALUES (?, ?)", (number, bytes(400))))  # type: ignore[misc]
        for number in range(COMMITS)
    ]
    connection.close()
    return took


def _fsyncs(folder: Path) -> list[float]:
    with (folder / "raw").open("wb", buffering=0) as file:

        def write() -> None:
            file.write(bytes(4096))
            os.fsync(file.fileno())

        return [_timed(write) for _ in range(COMMITS)]


def _echoes() -> list[float]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        other = multiprocessing.get_context("fork").Process(target=_echo, args=(server,), daemon=True)
        other.start()
        with socket.create_connection(server.getsockname()) as near:
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def ping() -> None:
                near.sendall(b"x")
                near.recv(1)

            took = [_timed(ping) for _ in range(ECHOES)]
        other.join(5)
    return took


def _echo(server: socket.socket) -> None:
    far, _ = server.accept()
    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while got := far.recv(1):
        far.sendall(got)
