"""Report: one table of figures, each with its aim, in the order they were measured.

Rules of this module:
1. A figure is the median of at least five measurements unless it is a count of bytes.
2. An aim is printed as met or not met; nothing is hidden and nothing fails because of a figure.
"""

from __future__ import annotations

import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """What was measured so far."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def figure(self, name: str, value: float, unit: str, aim: float | None = None, *, at_least: bool = False) -> None:
        """Add a figure; `aim` is the most it should be, or the least with `at_least`."""
        shown = f"{value:,.3g}" if abs(value) < 1_000 else f"{value:,.0f}"
        verdict, wanted = "", ""
        if aim is not None:
            met = value >= aim if at_least else value <= aim
            verdict = "met" if met else "NOT MET"
            wanted = f"{'>=' if at_least else '<='} {aim:g} {unit}"
        self.rows.append((name, f"{shown} {unit}", wanted, verdict))
        print(f"{name:<62} {shown:>10} {unit:<6} {wanted:<16} {verdict}", flush=True)

    def note(self, text: str) -> None:
        """A line between the figures."""
        print(text, flush=True)

    def heading(self, text: str) -> None:
        """The start of a group of figures."""
        print(f"\n## {text}", flush=True)

    def machine(self) -> None:
        """What this ran on."""
        print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()} {platform.release()}")
        sys.stdout.flush()

    def summary(self) -> None:
        """How many aims were met."""
        judged = [row for row in self.rows if row[3]]
        met = sum(row[3] == "met" for row in judged)
        print(f"\n{met} of {len(judged)} aims met")
        for name, shown, wanted, verdict in judged:
            if verdict != "met":
                print(f"  not met: {name}: {shown} (aim {wanted})")


def median(values: Sequence[float]) -> float:
    """The median; NaN of nothing."""
    return statistics.median(values) if values else float("nan")
