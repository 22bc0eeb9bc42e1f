"""Report: one table of figures, each with its aim, in the order they were measured.

Rules of this module:
1. A figure is the median of at least five measurements unless it is a count of bytes or says otherwise.
2. An aim is printed as met or not met; nothing is hidden and nothing fails because of a figure.
3. Under a miss stands where the time went, by own time.
"""

from __future__ import annotations

import os
import platform
import pstats
import statistics
import sys
from collections.abc import Sequence
from cProfile import Profile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROFILE_LINES = 8
ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Report:
    """What was measured so far."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def figure(self, name: str, value: float, unit: str, aim: float | None = None, *, at_least: bool = False) -> bool:
        """Add a figure; `aim` is the most it should be, or the least with `at_least`. False when it missed."""
        shown = f"{value:,.3g}" if abs(value) < 1_000 else f"{value:,.0f}"
        met, verdict, wanted = True, "", ""
        if aim is not None:
            met = value >= aim if at_least else value <= aim
            verdict = "met" if met else "NOT MET"
            wanted = f"{'>=' if at_least else '<='} {aim:.4g} {unit}"
        self.rows.append((name, f"{shown} {unit}", wanted, verdict))
        print(f"{name:<70} {shown:>10} {unit:<5} {wanted:<14} {verdict}".rstrip(), flush=True)
        return met

    def note(self, text: str) -> None:
        """A line between the figures."""
        print(text, flush=True)

    def heading(self, text: str) -> None:
        """The start of a group of figures, with how busy the machine is."""
        print(f"\n## {text}  (load average {os.getloadavg()[0]:.2f})", flush=True)

    def profile(self, what: str, profile: Profile | Path) -> None:
        """Where the time of something went: the functions with the most own time."""
        counted: Any = pstats.Stats(str(profile) if isinstance(profile, Path) else profile)
        total = counted.total_tt or 1.0
        print(f"  profile of {what}: {total:.2f} s in all; own time, calls, where")
        rows = sorted(counted.stats.items(), key=lambda row: -float(row[1][2]))
        for (file, line, name), (_, calls, own, *_rest) in rows[:PROFILE_LINES]:
            print(f"    {own:7.3f} s {100 * own / total:4.0f} % {calls:>9,} x {_place(file, line, name)}")
        sys.stdout.flush()

    def machine(self) -> None:
        """What this ran on."""
        print(
            f"Python {platform.python_version()}, {platform.machine()}, {platform.system()} {platform.release()}, ",
            end="",
        )
        print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.2f}")
        sys.stdout.flush()

    def summary(self) -> None:
        """How many aims were met."""
        judged = [row for row in self.rows if row[3]]
        met = sum(row[3] == "met" for row in judged)
        print(f"\n{met} of {len(judged)} aims met")
        for name, shown, wanted, verdict in judged:
            if verdict != "met":
                print(f"  not met: {name}: {shown} (aim {wanted})")


def _place(file: str, line: int, name: str) -> str:
    if file == "~":
        return name
    path = Path(file)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) and ".venv" not in file else path.name
    return f"{shown}:{line} {name}"


def median(values: Sequence[float]) -> float:
    """The median; NaN of nothing."""
    return statistics.median(values) if values else float("nan")


def ninetieth(values: Sequence[float]) -> float:
    """What nine of ten stay below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)] if ordered else float("nan")
