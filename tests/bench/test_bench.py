"""The benchmarks run: at a tenth of their sizes, in process, with no word about how quick anything is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.report import Report

ROOT = Path(__file__).parents[2]


def run(*names: str) -> list[str]:
    """What `python -m bench --quick` prints for these groups."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_the_quick_groups_measure_everything_they_have_aims_for() -> None:
    lines = run("sync", "join", "membership")
    judged = {line[:70].strip() for line in lines if line.rstrip().endswith(("met", "NOT MET")) and "<=" in line}
    assert judged == {
        "equal sets: sync bytes of a reconnect",
        "50 differences, half on each side: sync bytes over the payload",
        "50 differences, half on each side: flights until both sets are equal",
        "50 differences, all at the dialler: sync bytes over the payload",
        "50 differences, all at the dialler: flights until both sets are equal",
        "50 differences, all at the answerer: sync bytes over the payload",
        "50 differences, all at the answerer: flights until both sets are equal",
        "join: bytes sent, both ways, of the changes' own",
        "join: receiver's CPU by bare verification",
        "fold of 500 members' 10,000 statements",
        "the same with all of them parsed first, as at a start",
    }
    assert any("bare PyNaCl verification of one change" in line for line in lines)


def test_a_miss_is_told_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    assert report.figure("quick enough", 1.0, "s", 1.0)
    assert not report.figure("too slow", 2.0, "s", 1.0)
    assert report.figure("large enough", 2.0, "x", 1.0, at_least=True)
    report.summary()
    said = capsys.readouterr().out
    assert said.count("NOT MET") == 1
    assert "2 of 3 aims met\n  not met: too slow: 2 s (aim <= 1 s)" in said
