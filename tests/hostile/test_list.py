"""README.md of this folder: every test that the list of attempts names exists, and what is not proved says so."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).parent / "README.md"
ROW = re.compile(r"^\| (?!\*\*|---|attempt)(.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_row_names_tests_that_exist_or_is_open() -> None:
    rows = ROW.findall(LIST.read_text())
    assert len(rows) > 40
    for attempt, _, proof in rows:
        named = NAMED.findall(proof)
        assert named or proof.startswith("*open"), attempt
        for place, name in named:
            assert re.search(rf"def {name}\(", (ROOT / place).read_text()), f"{place}::{name}"
