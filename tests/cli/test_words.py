"""Times, columns, task numbers: what people read, without a node."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.cli.asking import Snapshot
from meshnode.cli.board_history import history_lines
from meshnode.cli.board_lines import conflict_lines
from meshnode.cli.entries import SeveralFit, find_entry, short_numbers
from meshnode.cli.join import split_scanned
from meshnode.cli.layout import cells, clip, columns, paragraph
from meshnode.cli.moments import civil_day, moment, span
from meshnode.cli.status import _who, inside_lines, outside_lines, sent_lines
from meshnode.cli.task_list import board_lines
from meshnode.cli.task_show import task_lines
from meshnode.cli.tasks import urgency
from meshnode.errors import BadInput, UnknownRecord

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
MINUTE = 60_000
ANA, BO = "aa" * 32, "bb" * 32
KNOWN = Snapshot([], {ANA: {"name": "Ana", "mine": True}, BO: {"name": "Bo\x1b[2J"}}, {}, {})


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (ms(2026, 11, 24, 14, 5), "today 14:05"),
        (ms(2026, 11, 23, 9, 5), "yesterday 09:05"),
        (ms(2026, 11, 25, 9, 5), "tomorrow 09:05"),
        (ms(2026, 11, 19, 9, 5), "Thu 09:05"),
        (ms(2026, 3, 12, 9, 5), "12 Mar 09:05"),
        (ms(2025, 3, 12, 9, 5), "12 Mar 2025 09:05"),
        (2**53, "at an impossible time"),
        (-(2**62), "at an impossible time"),
    ],
)
def test_moments(at: int, said: str) -> None:
    assert moment(at, NOW) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-24", "today"),
        ("2026-11-25", "tomorrow"),
        ("2026-11-28", "Sat"),
        ("2026-11-23", "23 Nov"),
        ("2026-12-01", "1 Dec"),
        ("2027-01-01", "1 Jan 2027"),
        ("someday", "someday"),
    ],
)
def test_days(day: str, said: str) -> None:
    assert civil_day(day, date(2026, 11, 24)) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (-5, "0 min"),
        (5 * MINUTE, "5 min"),
        (61 * MINUTE, "1 h 1 min"),
        (48 * 60 * MINUTE - 1, "47 h 59 min"),
        (74 * 60 * MINUTE, "3 days 2 h"),
        (96 * 60 * MINUTE, "4 days"),
    ],
)
def test_spans(left: int, said: str) -> None:
    assert span(left) == said


@given(rows=st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), max_size=6), width=st.integers(60, 200))
def test_columns_hold_no_controls_and_line_up(rows: list[list[str]], width: int) -> None:
    rows = [["x", "y" + row[1], row[2]] for row in rows]
    lines = columns(rows, width)
    assert len(lines) == len(rows)
    for line in lines:
        assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in line)
        assert line.index("y") == 5


@given(text=st.text(max_size=80), width=st.integers(4, 40))
def test_clipping_keeps_the_width(text: str, width: int) -> None:
    assert cells(clip(text, width)) <= width


def test_wide_letters_take_two_cells() -> None:
    assert cells("漢字") == 4
    assert cells("e\u0301") == 1
    assert clip("漢字漢字漢字", 9) == "漢字漢..."
    assert columns([["漢", "a"], ["xx", "b"]], 40) == ["  漢  a", "  xx  b"]
    assert columns([["a\x1b\u202e", "b"], ["c", "d"]], 40) == ["  a  b", "  c  d"]


def test_paragraphs_keep_paths_whole() -> None:
    path = "/home/ana/" + "x" * 60
    assert path in paragraph(f"See {path} for it.", 40)


def task(record: str, title: str, **more: Any) -> dict[str, Any]:
    usual = {"id": record, "kind": "task", "newer": False, "title": title, "details": "", "place": "", "due": ""}
    stamp = {"member": ANA, "device": "", "at_ms": ms(2026, 11, 24, 9, 0)}
    return {
        **usual,
        **{
            "status": "open",
            "window": "",
            "work": "",
            "people_needed": 1,
            "claims": [],
            "checklist": [],
            "comments": [],
            "links": [],
        },
        **{"copied": "", "thanks": [], "conflicts": [], "created": stamp, "changed": stamp, "changes": 1},
        **more,
    }


def test_short_numbers_are_unique_and_mean_their_task() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    ids = {"20" + source.randbytes(15).hex() for _ in range(2_000)}
    ids |= {"20" + "ab" * 14 + f"{last:02x}" for last in range(20)}
    views = [task(record, f"task {record}") for record in ids]
    numbers = short_numbers(views)
    assert len(set(numbers.values())) == len(ids)
    assert all(len(number) >= 3 and record[2:].startswith(number) for record, number in numbers.items())
    for record in source.sample(sorted(ids), 50):
        assert find_entry(views, [numbers[record]])["id"] == record
        assert find_entry(views, [record])["id"] == record


VIEWS = [
    task("20" + "3f" * 15, "Rake the leaves"),
    task("20" + "3e" * 15, "Rake leaves at school"),
    task("20" + "9a" * 15, "Bad soup"),
    task("20" + "ba" * 15, "Soup"),
]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("the leaves", "Rake the leaves"),
        ("SCHOOL rake", "Rake leaves at school"),
        ("3f3", "Rake the leaves"),
        ("#3e3e", "Rake leaves at school"),
        ("3F3F3", "Rake the leaves"),
        ("soup", "Soup"),
        ("bad", "Bad soup"),
    ],
)
def test_a_task_is_meant_by_number_or_words(words: str, title: str) -> None:
    assert find_entry(VIEWS, words.split())["title"] == title


def test_ambiguous_words_are_never_guessed_at() -> None:
    with pytest.raises(SeveralFit) as refused:
        find_entry(VIEWS, ["rake"])
    assert "3f3 (Rake the leaves)" in str(refused.value)
    assert "3e3 (Rake leaves at school)" in str(refused.value)


def test_what_means_no_task_is_refused() -> None:
    with pytest.raises(UnknownRecord):
        find_entry(VIEWS, ["mow"])
    with pytest.raises(UnknownRecord):
        find_entry([], ["123"])
    with pytest.raises(BadInput):
        find_entry(VIEWS, [" "])


def test_the_board_is_in_columns_and_finished_ones_are_counted() -> None:
    tasks = [
        *VIEWS,
        task("20" + "11" * 15, "Gate\x1b]0;x\x07", status="claimed", claims=[{"member": BO}], due="2026-11-28"),
        task("20" + "22" * 15, "Over", status="done"),
        task("20" + "33" * 15, "Two", status="doing", claims=[{"member": ANA}], people_needed=3, conflicts=["due"]),
    ]
    tasks.sort(key=urgency)
    lines = board_lines(tasks, short_numbers(tasks), KNOWN, 100, NOW, finished=False)
    text = "\n".join(lines)
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "OPEN",
        "CLAIMED",
        "DOING",
        "DONE: 1 (`meshnode task list --all` shows them)",
    ]
    assert "Bo[2J; due Sat" in text
    assert "Ana (1 of 3); two versions of due" in text
    assert "\x1b" not in text
    every = board_lines(tasks, short_numbers(tasks), KNOWN, 100, NOW, finished=True)
    assert any(line.endswith("Over") for line in every)


def test_a_task_shows_everything_by_name() -> None:
    shown = task(
        "20" + "11" * 15,
        "Gate",
        details="One\nTwo",
        claims=[{"member": ANA}],
        checklist=[{"id": "k1", "text": "Hinges", "done": True, "member": BO}],
        comments=[{"id": "c", "member": BO, "at_ms": ms(2026, 11, 23, 9, 5), "text": "I bring\nthe drill"}],
        links=[{"record": VIEWS[3]["id"], "relation": "needs"}],
        changes=2,
    )
    known = Snapshot([shown, *VIEWS], KNOWN.members, {}, {})
    text = "\n".join(task_lines(shown, short_numbers(known.records), known, 80, NOW))
    for part in (
        "Who      Ana",
        "  One\n  Two",
        "1  [x]  Hinges",
        "Bo[2J, yesterday 09:05:\n    I bring\n    the drill",
    ):
        assert part in text
    assert "needs  bab  Soup" in text
    assert "Changed  today 09:00 by Ana" in text


def test_a_conflict_shows_both_values_who_when_and_how_to_settle_it() -> None:
    values = [
        {"value": "2026-11-27", "member": ANA, "device": "", "at_ms": ms(2026, 11, 24, 9, 0), "change": "c" * 64},
        {"value": "", "member": BO, "device": "", "at_ms": ms(2026, 11, 23, 9, 0), "change": "d" * 64},
    ]
    text = "\n".join(conflict_lines("task", [{"field": "people_needed", "values": values}], "3f3", KNOWN, NOW))
    assert "Two versions of people needed" in text
    assert "2026-11-27  Ana, today 09:00" in text
    assert "(empty)     Bo[2J, yesterday 09:00" in text
    assert "meshnode task edit 3f3 --people-needed VALUE" in text


def test_history_says_who_when_and_what_it_was() -> None:
    entry = {
        "change": "9c1e44b0" + "0" * 56,
        "device": "",
        "member": ANA,
        "at_ms": ms(2026, 11, 24, 9, 0),
        "received_ms": ms(2026, 11, 24, 9, 0),
        "what": "edit",
        "fields": [{"field": "title", "before": "Gate", "after": "Garden gate\x1b[2J"}],
        "undoable": True,
    }
    lines = history_lines([entry], KNOWN, NOW, 80)
    assert lines == ["  9c1e44b0  today 09:00  Ana changed it", "            title: Gate -> Garden gate[2J"]
    ticked = {"field": "tick", "before": {}, "after": {"done": True}}
    claimed = {"field": "claim", "before": {}, "after": {"on": True}}
    emptied = {"field": "place", "before": "Hall", "after": ""}
    assert history_lines([{**entry, "fields": [ticked, claimed, emptied]}], KNOWN, NOW, 80)[1:] == [
        "            checklist: ticked",
        "            place: Hall -> (nothing)",
    ]
    late = {**entry, "at_ms": ms(2027, 1, 1, 9, 0)}
    assert "says 1 Jan 2027 09:00, came today 09:00" in history_lines([late], KNOWN, NOW, 120)[0]


def status(**more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        **{"version": "0.1.0", "state": "inside", "profile": "home", "listening": ["10.0.0.2:7766"], "peers": []},
        **{"discovery": "open", "clock": "ok", "trouble": [], "network": {"id": "00", "name": "Maple Street"}},
        "me": {"member": ANA, "name": "Ana", "device": "", "words": "otter lamp moss fern", "established": True},
        "mine": {"changes": 4, "held_by_all": True, "on_nodes": 3},
        "counts": {"records": 2, "changes": 4, "statements": 3},
    }
    return usual | more


def peer(name: str, **more: Any) -> dict[str, Any]:
    usual = {"device": "", "member": BO, "name": name, "words": "a b c d", "kind": "personal", "linked": False}
    usual |= {"since_ms": None, "address": None, "they_lack": None, "i_lack": None, "last_heard_ms": None}
    return usual | more


def test_status_says_what_is_proved_and_no_more() -> None:
    peers = [
        peer("Bo", linked=True, since_ms=ms(2026, 11, 24, 9, 0), they_lack=0, i_lack=0, address="10.0.0.3:1"),
        peer("Chidi", they_lack=0),
        peer("Dora"),
        peer("Elm hub", kind="hub", they_lack=4, last_heard_ms=ms(2026, 11, 23, 9, 0)),
        peer("Eva", linked=True, they_lack=1, i_lack=2),
    ]
    text = "\n".join(inside_lines(status(peers=peers), 120, NOW))
    for part in (
        "Linked with 2 of 5 other nodes:",
        "linked since today 09:00",
        "had everything when last linked",
        "not known what it holds",
        "Elm hub (hub)",
        "away, heard yesterday 09:00",
        "lacks 1 change, we lack 2 of its changes",
        "All you wrote is on all 3 other nodes.",
        "Elm hub lacks 4 changes.",
        "10.0.0.2:7766",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        ({"changes": 0, "held_by_all": True, "on_nodes": 0}, "You have written nothing yet."),
        ({"changes": 1, "held_by_all": False, "on_nodes": 0}, "No other node is known to hold all you wrote yet"),
        ({"changes": 1, "held_by_all": False, "on_nodes": 1}, "All you wrote is on 1 other node."),
        ({"changes": 1, "held_by_all": True, "on_nodes": 1}, "All you wrote is on 1 other node."),
        ({"changes": 1, "held_by_all": False, "on_nodes": 3}, "All you wrote is on 3 other nodes."),
    ],
)
def test_what_was_written_is_said_to_be_where_it_is(mine: dict[str, Any], said: str) -> None:
    assert sent_lines(status(mine=mine))[0].startswith(said)


def test_one_is_not_several() -> None:
    one = status(counts={"records": 1, "changes": 1, "statements": 1})
    assert "It holds 1 change of 1 entry." in inside_lines(one, 120, NOW)
    assert "It holds 4 changes of 2 entries." in inside_lines(status(), 120, NOW)


def test_who_has_left_reads_that() -> None:
    left = status()
    left["me"]["left"] = True
    text = "\n".join(inside_lines(left, 100, NOW))
    assert text.startswith("You have left Maple Street.")
    assert "You are Ana" not in text


def test_outside_the_next_step_is_said() -> None:
    assert any("meshnode init" in line for line in outside_lines(status(state="outside")))


@pytest.mark.parametrize(
    ("text", "code", "address"),
    [
        ("MESH1:ABC", "MESH1:ABC", None),
        ("MESH1:ABC/192.168.1.20:7766", "MESH1:ABC", "192.168.1.20:7766"),
        ("mesh1:abc @ elm.lan:7766", "mesh1:abc", "elm.lan:7766"),
        ("MESH1:A\nBC/[fe80::1%eth0]:7766", "MESH1:ABC", "[fe80::1%eth0]:7766"),
        ("MESH1:AB CD", "MESH1:AB CD", None),
    ],
)
def test_a_scanned_text_is_code_and_address(text: str, code: str, address: str | None) -> None:
    assert split_scanned(text) == (code, address)


@pytest.mark.parametrize(
    ("me", "said"),
    [
        ({"established": False, "removed": True}, "You are Bo, with whom the neighbourhood has parted."),
        ({"established": False, "left": True}, "You are Bo, who has left."),
        ({"established": False}, "You are Bo, a newcomer until two neighbours have vouched for you."),
        ({"established": True}, "You are Bo."),
    ],
)
def test_who_one_is_now(me: dict[str, bool], said: str) -> None:
    assert _who({"name": "Bo", "kind": "personal"} | me) == said
