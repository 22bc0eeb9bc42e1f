"""A few lines a minute for each reason, then a count."""

from __future__ import annotations

import logging

import pytest

from meshnode.transport.trickle import Trickle


def test_a_few_lines_a_minute_then_a_count(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    now = 1_000.0
    trickle = Trickle(logging.getLogger("meshnode.transport"), 2, lambda: now)
    for _ in range(10):
        trickle.say("10.0.0.1:5", "knocked")
    trickle.say("10.0.0.2:6", "another reason")
    now += 59.0
    trickle.say("10.0.0.1:5", "knocked")
    now += 1.0
    trickle.say("10.0.0.1:5", "knocked")
    trickle.say("10.0.0.1:5", "knocked")
    assert [record.getMessage() for record in caplog.records] == [
        "10.0.0.1:5: knocked",
        "10.0.0.1:5: knocked",
        "10.0.0.2:6: another reason",
        "10.0.0.1:5: knocked (and 9 more like it)",
        "10.0.0.1:5: knocked",
    ]
