"""Any board on the command line: its list, one entry, its history and taking back, from its declaration alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crdt.boards.shelf import BOARDS
from meshnode.cli import board_list, board_show
from meshnode.cli.asking import Snapshot
from meshnode.cli.board_lines import BoardLines
from meshnode.cli.registry import GROUPS, board_entries
from tests.cli.test_words import ANA, BO, KNOWN, NOW, VIEWS, ms

TASK = BOARDS["task"]


def test_every_board_has_the_same_four_verbs() -> None:
    for word in BOARDS:
        made = {entry.name for entry in board_entries(word)}
        assert {f"{word} history", f"{word} undo"} <= made
        assert word in GROUPS["The boards"]


def test_a_list_goes_by_state_and_day_never_by_person() -> None:
    later = VIEWS[0] | {"id": "20" + "e" * 30, "title": "Zinc", "due": "2026-12-24", "status": "done"}
    sooner = VIEWS[0] | {"id": "20" + "d" * 30, "title": "Apples", "due": "2026-12-01", "status": "done"}
    printed = BoardLines(TASK, KNOWN, 100, NOW)
    views = sorted([later, sooner, *VIEWS], key=lambda view: TASK.order(view, printed.today))
    lines = printed.listed(views, {view["id"]: view["id"][2:5] for view in views})
    heads = [line for line in lines if line.isupper()]
    assert heads == [each for each in ("OPEN", "CLAIMED", "DOING", "DONE", "SET ASIDE") if each in heads]
    done = lines[lines.index("DONE") :]
    assert next(at for at, line in enumerate(done) if "Apples" in line) < next(
        at for at, line in enumerate(done) if "Zinc" in line
    )


def test_one_entry_says_its_facts_and_what_people_said() -> None:
    view = VIEWS[0] | {
        "place": "Elm 7",
        "comments": [{"id": "a1", "member": BO, "at_ms": ms(2026, 11, 23, 9, 0), "text": "I bring a drill"}],
        "sealed": {"address": {"for": [ANA, BO], "member": ANA}},
    }
    text = "\n".join(BoardLines(TASK, KNOWN, 100, NOW).entry(view, "3f3"))
    assert "Elm 7" in text
    assert "I bring a drill" in text
    assert "address, for " in text


def test_what_a_list_shows_of_nothing_is_nothing() -> None:
    empty = VIEWS[0] | {"title": "", "claims": [], "due": "", "place": "", "people_needed": 1}
    number, title, remarks = BoardLines(replace(TASK, row=("due", "place")), KNOWN, 80, NOW).row(empty, "3f3")
    assert (number, title, remarks) == ("3f3", "(no title)", "")


@pytest.mark.parametrize("made", [board_list.command_of(TASK), board_show.command_of(TASK)])
def test_the_commands_name_their_board(made: object) -> None:
    examples = getattr(made, "examples", ())
    assert all(example.startswith("meshnode task ") for example in examples)


def test_today_is_the_neighbourhoods() -> None:
    settings = {"kind": "settings", "id": "21" + "0" * 30, "zone": "Pacific/Kiritimati"}
    known = Snapshot([settings], {}, {}, {})
    assert known.now().utcoffset() is not None
    assert str(known.now().tzinfo) == "Pacific/Kiritimati"
