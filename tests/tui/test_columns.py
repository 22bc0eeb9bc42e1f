"""The order of the board: selection follows the card, columns do not jump, keys stop at the ends."""

from __future__ import annotations

import random
from typing import Any

from tests.tui.street import TASKS, record, task
from tui.columns import Columns

Json = dict[str, Any]


def board(views: list[Json]) -> Columns:
    columns = Columns()
    columns.arrange(views)
    return columns


def test_soonest_due_first_and_the_first_card_is_selected() -> None:
    columns = board(TASKS)
    assert columns.column.cards[:2] == [
        record("Drive Mr. Okafor to the clinic"),
        record("Fix the gutter at the tool shed"),
    ]
    assert columns.selected == columns.column.cards[0]
    assert [len(column.cards) for column in columns.columns] == [6, 2, 2, 2]


def test_the_selection_follows_its_card_into_another_column() -> None:
    columns = board(TASKS)
    columns.select(record("Turn the compost"))
    columns.arrange([view | ({"status": "doing"} if view["title"] == "Turn the compost" else {}) for view in TASKS])
    assert columns.selected == record("Turn the compost")
    assert columns.column.key == "doing"


def test_a_vanished_card_hands_the_selection_to_its_neighbour() -> None:
    columns = board(TASKS)
    second, third = columns.column.cards[1:3]
    columns.select(second)
    columns.arrange([view for view in TASKS if view["id"] != second])
    assert columns.selected == third


def test_a_card_that_comes_above_does_not_move_the_selected_line() -> None:
    views = [task(f"Job {number:02}", due=f"2026-12-{number + 1:02}") for number in range(20)]
    columns = board(views)
    columns.select(record("Job 10"))
    columns.scroll(0, 5)
    line = columns.column.cards.index(record("Job 10")) - columns.column.above
    columns.arrange([*views, task("Sooner", due="2026-11-30")])
    assert columns.column.cards.index(record("Job 10")) - columns.column.above == line


def test_moving_stops_at_the_ends_and_skips_nothing() -> None:
    columns = board(TASKS)
    seen = [columns.selected]
    for _ in range(20):
        columns.move_row(1)
        seen.append(columns.selected)
    assert list(dict.fromkeys(seen)) == columns.column.cards
    for step, ends in ((-1, "open"), (1, "done")):
        for _ in range(9):
            columns.move_column(step)
        assert columns.column.key == ends


def test_an_empty_column_selects_nothing_and_can_be_left() -> None:
    columns = board([task("Only one", "done")])
    for step, selected in ((0, record("Only one")), (-1, None), (1, record("Only one"))):
        columns.move_column(step)
        columns.move_row(1)
        assert columns.selected == selected


def test_whatever_comes_the_selection_is_on_the_board_and_in_sight() -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    columns, views = Columns(), list(TASKS)
    for step in range(500):
        match chance.randrange(5):
            case 0:
                views.append(task(f"New {step}", chance.choice(["open", "claimed", "doing", "done", "aside"])))
            case 1 if views:
                at = chance.randrange(len(views))
                views[at] = views[at] | {"status": chance.choice(["open", "doing", "done", "aside"])}
            case 2 if views:
                views.pop(chance.randrange(len(views)))
            case 3:
                columns.move_row(chance.choice([-9, -1, 1, 9]))
            case _:
                columns.move_column(chance.choice([-1, 1]))
        columns.arrange(views)
        for number in range(len(columns.columns)):
            columns.scroll(number, 5)
        place = columns.place_of(columns.selected)
        shown = sum(len(column.cards) for column in columns.columns)
        assert shown == sum(view["status"] != "aside" for view in views)
        assert (place is None) == (not columns.column.cards)
        if place is not None:
            assert place[0] == columns.current
            assert 0 <= place[1] - columns.column.above < 5
