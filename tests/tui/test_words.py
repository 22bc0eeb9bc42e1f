"""How times, days and changes are said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.street import DEVICES, MEMBERS, MINUTE, NOW_MS, StreetClock, status
from tui.glyphs import UNICODE
from tui.held import Held
from tui.history_words import history_text, value_text
from tui.moments import Clock, day, minute_line, moment, moment_or_doubt
from tui.neighbour_lines import NeighbourLines
from tui.themes import DARK

CLOCK = StreetClock()
DAY = 24 * 60 * MINUTE


def street_held() -> Held:
    return Held(members=dict(MEMBERS), devices=dict(DEVICES), status=status(), linked=True, complete=True)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (MINUTE, "18:41"),
        (DAY, "Wed 18:42"),
        (6 * DAY, "Fri 18:42"),
        (7 * DAY, "19 Nov 18:42"),
        (400 * DAY, "22 Oct 2025 18:42"),
        (-DAY, "27 Nov 18:42"),
    ],
)
def test_moments(ago: int, said: str) -> None:
    assert moment(CLOCK, NOW_MS - ago) == said


def test_a_moment_that_no_calendar_has() -> None:
    assert Clock().local(2**60).year == 1970


def test_a_time_that_cannot_be_is_doubted() -> None:
    assert moment_or_doubt(CLOCK, NOW_MS, NOW_MS) == "18:42"
    assert moment_or_doubt(CLOCK, NOW_MS + DAY, NOW_MS) == "says 27 Nov 18:42, received 18:42"
    assert moment_or_doubt(CLOCK, 0, NOW_MS).startswith("says 1 Jan 1970"), "year 0"
    assert moment_or_doubt(CLOCK, NOW_MS - 300 * DAY, NOW_MS) == moment(CLOCK, NOW_MS - 300 * DAY), "a long way round"
    assert moment_or_doubt(CLOCK, NOW_MS + DAY) == "says 27 Nov 18:42", "in a view, which knows no time of arrival"
    assert moment_or_doubt(CLOCK, NOW_MS - 1) == "18:42"


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2026-11-26", "today"),
        ("2026-11-27", "tomorrow"),
        ("2026-11-30", "Mon"),
        ("2026-12-03", "3 Dec"),
        ("2026-11-20", "20 Nov"),
        ("2027-01-02", "2 Jan 2027"),
        ("soon", "soon"),
    ],
)
def test_days(due: str, said: str) -> None:
    assert day(CLOCK, due) == said


def test_the_clock_in_the_bar() -> None:
    assert minute_line(CLOCK.now()) == "Thu 18:42"


def change(field: str, before: Any, after: Any) -> dict[str, Any]:
    return {"field": field, "key": field, "before": before, "after": after}


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("add", [change("title", "", "x")], "wrote this card"),
        ("claim", [], "claimed it"),
        ("edit", [change("place", "shed", "garden")], "changed the place: shed → garden"),
        ("edit", [change("place", "", "garden")], "changed the place: garden"),
        ("edit", [change("due", "2026-11-27", "")], "changed the day: tomorrow (2026-11-27) → (empty)"),
        ("edit", [change("details", "a", "b")], "changed the details"),
        ("edit", [], "settled which version holds"),
        ("comment", [change("comment", {}, {"text": "Hm\x1b.", "on": 1})], "commented: Hm."),
        ("from the future", [change("x", 1, 2)], "changed it"),
    ],
)
def test_changes(what: str, fields: list[dict[str, Any]], said: str) -> None:
    assert history_text(street_held(), CLOCK, UNICODE, {"what": what, "fields": fields}) == said


def test_values() -> None:
    held = street_held()
    assert value_text(held, CLOCK, "status", "doing") == "DOING"
    assert value_text(held, CLOCK, "people_needed", 3) == "3"
    assert value_text(held, CLOCK, "details", None) == ""


def said_by(held: Held, width: int = 76) -> str:
    lines = NeighbourLines(held, CLOCK, UNICODE, DARK.paint).build(width)
    return "\n".join("".join(text for text, _ in line.pieces) for line in lines)


def test_neighbours_are_told_of_truthfully() -> None:
    held = street_held()
    text = said_by(held)
    assert "All you wrote is on 3 other nodes." in text
    assert "Elm hub lacks 4 of the changes held here." in text
    assert "heard 18:16" in text
    assert text.count("heard") == 1, "when a personal device was last heard is nobody's business"
    rows = [line for line in text.splitlines() if "(" in line][:4]
    assert [row.split()[0] for row in rows] == ["Bo", "Chidi", "Elm", "Kai"]


@pytest.mark.parametrize(
    ("mine", "peers", "said"),
    [
        ({"changes": 0, "on_nodes": 0}, True, "You have written nothing yet."),
        ({"changes": 5, "on_nodes": 1}, True, "All you wrote is on 1 other node."),
        ({"changes": 5, "on_nodes": 0}, True, "No other node is known to hold all you wrote yet."),
        ({"changes": 5, "on_nodes": 0}, False, "All you wrote is on this node only."),
    ],
)
def test_what_is_where(mine: dict[str, int], peers: bool, said: str) -> None:
    held = street_held()
    held.status = held.status | {"mine": mine} | ({} if peers else {"peers": []})
    assert said in said_by(held)


def test_trouble_stands_first() -> None:
    held = street_held()
    held.status = held.status | {"trouble": ["The disk is full.\x07"], "clock": "unsure"}
    assert said_by(held).splitlines()[0] == "▲ The disk is full."
    assert "clock may be wrong" in said_by(held)
