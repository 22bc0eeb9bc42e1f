"""Nothing but the documented refusals comes out, whatever goes in; none takes a second, and memory does not grow."""

from __future__ import annotations

import os

import pytest

from tests.fuzz.harness import Target, run
from tests.fuzz.targets import SEED, TARGETS
from tests.support.people import fuzz_count

WITHOUT_READING = {"session"}
"""Its inputs are not counted as read or refused: a conversation goes on."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name.replace(" ", "-"))
def test_mutated_inputs(target: Target) -> None:
    seed = int(os.environ.get("MESHNODE_SEED", SEED))
    result = run(target, fuzz_count(target.share), seed)
    print(
        f"{target.name}: seed {seed}, {result.inputs:,} inputs, {result.read:,} read, "
        f"slowest {1000 * result.slowest:.0f} ms, {result.grown_mb:.1f} MB more"
    )
    assert result.inputs >= target.share
    if target.name not in WITHOUT_READING:
        assert 0 < result.read < result.inputs, "the mutations are too tame or too wild"


def test_the_shares_make_a_million_in_the_long_run() -> None:
    assert sum(target.share for target in TARGETS) * 40 == 1_000_000
