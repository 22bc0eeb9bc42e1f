"""The roster, alarms, roll calls and drills by command: what is told, to whom, and how to go on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from crdt.boards.rollcalls import tally
from meshnode.cli.alarm_reach import reach_lines
from meshnode.cli.rollcall_lines import tally_lines
from meshnode.cli.roster_lines import RosterLines
from meshnode.cli.sheets import CONTACT_HEAD, sheet
from meshnode.errors import NotPossible, UnknownRecord
from tests.cli.homes import Home
from tests.cli.test_words import ANA, BO, KNOWN

HOUR_MS = 3_600_000


def mark(word: str, member: str, at_ms: int, how: str = "") -> dict[str, Any]:
    return {"word": word, "how": how, "note": "", "call": "", "at_ms": at_ms, "member": member, "device": "", "id": "x"}


def household(number: int, title: str, *marks: dict[str, Any], **more: Any) -> dict[str, Any]:
    view = {"id": f"01{number:030x}", "kind": "household", "title": title, "kept": "here", "marks": list(marks)}
    return view | {"drill_marks": [], "outs": [], "primary": "radio 3"} | more


def test_old_words_contradictions_and_clocks_are_told_as_they_are() -> None:
    printed = RosterLines(KNOWN, 200)
    now = printed.now_ms
    assert printed.how_it_is([]) == []
    assert printed.mark(mark("safe", ANA, now, "at the door")) == "safe, said Ana just now (at the door)"
    assert printed.mark(mark("help", BO, now - 7 * HOUR_MS)).endswith("7 h ago, ask again")
    told = printed.how_it_is([mark("help", BO, now), mark("safe", ANA, now)])
    assert [line.split(",")[0] for line in told] == ["NEEDS HELP", "but safe", "(a new mark settles it)"]
    unsure = RosterLines(replace(KNOWN, status={"clock": "unsure"}), 200)
    assert "this clock is not sure" in unsure.mark(mark("safe", ANA, now))
    trip = {"id": "a", "who": "Jon\x1b[2J", "where": "", "back_ms": now - HOUR_MS}
    assert printed.late([household(1, "Ana", outs=[trip])])[0].startswith("OVERDUE: Ana: Jon[2J, back by ")


def test_a_tally_counts_households_and_names_the_next_signal() -> None:
    now = RosterLines(KNOWN, 200).now_ms
    call = {"id": "03" + "0" * 30, "state": "open", "drill": False, "opened_ms": now - HOUR_MS}
    call |= {"tried": {f"01{3:030x}": ["primary"]}}
    homes = [
        household(1, "Zoe", mark("help", BO, now)),
        household(2, "Abe"),
        household(3, "Eve", alternate="bell"),
        household(4, "Kim", mark("safe", ANA, now)),
        household(5, "Lou", primary=""),
    ]
    numbers = {view["id"]: view["id"][-3:] for view in homes}
    lines = tally_lines(tally(call, homes, [call]), KNOWN, numbers, 200)
    assert [line for line in lines if not line.startswith(" ") and line] == ["NEED HELP: 1", "NOT YET: 3", "REACHED: 1"]
    not_yet = lines[lines.index("NOT YET: 3") + 1 :][:3]
    assert [line.split()[1] for line in not_yet] == ["Abe", "Eve", "Lou"]
    assert "try primary: radio 3" in not_yet[0]
    assert "try alternate: bell" in not_yet[1]
    assert "ask a buddy" in not_yet[2]


def test_reach_claims_nothing_unproved() -> None:
    def node(name: str) -> dict[str, Any]:
        return {"name": name, "device": "", "words": "", "kind": "personal", "linked": True}

    nothing = {"on": [], "not_proved": [node("Bo")], "seen": [], "going": []}
    text = "\n".join(reach_lines(nothing, KNOWN, 100))
    assert "on this node only, as far as is proved" in text
    assert "Not known yet of: Bo." in text
    assert "Seen by: nobody has said so yet." in text
    some = {"on": [node("Bo"), node("Elm hub")], "not_proved": [], "seen": [{"member": ANA}], "going": [{"member": BO}]}
    text = "\n".join(reach_lines(some, KNOWN, 100))
    assert "on this node and on 2 other nodes: Bo and Elm hub." in text
    assert "Seen by: Ana." in text
    assert "Going: Bo[2J." in text


def test_nothing_is_cut_off_on_paper() -> None:
    long = "ring the bell, then knock at the back window " * 4
    lines = sheet(CONTACT_HEAD, [("3fa", "Ana " * 12, "", long)], 80)
    words = " ".join(lines[2:]).split()
    assert words.count("Ana") == 12
    assert words.count("window") == 4
    assert all(len(line) <= 80 for line in lines)


@pytest.fixture(scope="module")
def ana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("ana"))
    home.run("init", "Maple", "Street", "--me", "Ana")
    process = home.start("run", "--quiet")
    yield home
    process.terminate()
    assert process.wait(20) == 0


def test_an_evening_without_power(ana: Home) -> None:
    """From the first household to the end of the drill."""
    assert "Nobody is on the roster yet" in ana.run("roster", "list")
    ana.run("roster", "add", "Ana", "--primary", "radio 3", "--skills", "first aid")
    ana.run("roster", "add", "Mill", "--lives", "no")
    assert "primary: radio 3" in ana.run("roster", "who", "first", "aid")
    ana.run("roster", "seal", "Ana", "key", "Under", "the", "pot")
    assert "Under the pot" in ana.run("roster", "unseal", "Ana", "key")
    ana.run("roster", "buddy", "mill", "Ana")
    ana.run("roster", "out", "Ana", "in 2 hours", "--who", "Jon")
    shown = ana.run("roster", "show", "mill")
    assert "Buddies: Ana" in shown
    assert "Nobody who lives there has agreed yet" in shown
    assert "Out: Jon, back by" in ana.run("roster", "show", "Ana")
    ana.run("rollcall", "show", expect=UnknownRecord.exit_code)
    ana.run("rollcall", "open", "storm")
    ana.run("rollcall", "tried", "storm", "Ana", "primary")
    assert "all were tried, begin again with primary" in ana.run("rollcall", "show")
    assert "Ana: safe, said Ana just now (at the door)" in ana.run(
        "rollcall", "mark", "Ana", "safe", "--how", "at the door"
    )
    found = json.loads(ana.run("rollcall", "show", "--json"))
    assert [row["title"] for row in found["reached"]] == ["Ana"]
    assert "1. radio 3" in ana.run("roster", "sheet")
    on_paper = ana.run("rollcall", "sheet")
    assert "safe, today" in on_paper
    assert "[ ]  [ ]  [ ]" in on_paper, "the mill has not answered"
    assert "Under the pot" not in on_paper
    assert "DRILL" in ana.run("drill")
    ana.run("drill", expect=NotPossible.exit_code)
    ana.run("rollcall", "mark", "mill", "help", "--call", "drill")
    report = ana.run("drill", "report")
    assert "on this node only" in report
    assert "NEED HELP: 1" in report
    assert "no word yet" in ana.run("roster", "list", "mill"), "the drill touched nothing"
    ana.run("alarm", "stand-down", "drill", "--with", "everybody")
    assert "No alarm is on." in ana.run("alarm", "reach")
