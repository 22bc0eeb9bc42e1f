"""Home, the week, and a task in one line."""

from __future__ import annotations

from datetime import date

import pytest

from tests.support.nodes import RunningNode
from tests.tui.stage import stage
from tests.tui.street import Street
from tui import glyphs, language
from tui.day_words import day_of
from tui.moments import Clock
from tui.quick_entry import understand
from tui.screens.board import BoardScreen
from tui.screens.card import CardScreen
from tui.widgets.big_numbers import ROWS, digits

TODAY = date(2026, 11, 26)
"""A Thursday."""


async def test_home_says_how_things_stand_and_what_is_at_hand(street: Street) -> None:
    async with stage(street.socket, place="home") as shown:
        await shown.sees("Maple Street — Home", "[2 Home]", "All quiet", "JOBS FREE", "OF 5 NODES HERE", "██")
        await shown.sees("Soup for the Lindqvists", "Drive Mr. Okafor to the clinic")
        await shown.press("down", "enter")
        assert isinstance(shown.app.screen, CardScreen)
        await shown.press("escape", "3")
        assert isinstance(shown.app.screen, BoardScreen)
        await shown.press("escape")
        await shown.sees("All quiet")


@pytest.mark.parametrize("size", [(50, 15), (64, 24), (80, 24), (120, 40), (200, 60)])
async def test_home_fits_every_size(street: Street, size: tuple[int, int]) -> None:
    async with stage(street.socket, size, place="home") as shown:
        await shown.sees("JOBS FREE", "Soup for")
        assert all(len(line) <= size[0] for line in shown.lines())


async def test_the_board_keeps_its_search_while_one_is_away(street: Street) -> None:
    async with stage(street.socket) as shown:
        await shown.press("slash")
        await shown.type("compost")
        await shown.press("enter")
        await shown.sees("OPEN 1")
        await shown.press("2")
        await shown.sees("All quiet")
        await shown.press("3")
        await shown.sees("OPEN 1", "Turn the compost")


async def test_a_number_is_clicked(street: Street) -> None:
    async with stage(street.socket, place="home") as shown:
        await shown.pilot.click("BigNumbers", offset=(5, 4))
        await shown.sees("Maple Street — Board")


async def test_the_week_shows_what_is_due_when(street: Street) -> None:
    async with stage(street.socket, place="home") as shown:
        await shown.press("w")
        await shown.sees(
            "26 Nov to 2 Dec 2026", "today  26 Nov", "Soup for the Lindqvists", "Fri  27 Nov", "nothing due"
        )
        await shown.press("right_square_bracket")
        await shown.sees("3 Dec to 9 Dec 2026", "Test the radios")
        await shown.press("t")
        await shown.sees("26 Nov to 2 Dec 2026")
        await shown.press("enter")
        await shown.sees("Add a task", "2026-11-26")


async def test_tasks_are_written_in_one_line_each(node: RunningNode) -> None:
    async with stage(node.socket, clock=Clock(), place="home") as shown:
        await shown.press("a")
        await shown.sees("What needs doing, in one line", "The rest is the title.")
        await shown.pilot.press(*"rake", "space", "at", *"tomorrow", "space", *"2p")
        await shown.sees("Title: rake", "Due: tomorrow", "People needed: 2")
        await shown.press("enter")
        await shown.until(lambda: any(view.get("title") == "rake" for view in shown.app.held.records.values()), "rake")
        await shown.type("mow")
        await shown.press("enter")
        await shown.until(lambda: any(view.get("title") == "mow" for view in shown.app.held.records.values()), "mow")
        await shown.press("escape")
        view = next(view for view in shown.app.held.records.values() if view.get("title") == "rake")
        assert view["people_needed"] == 2
        assert view["due"]


async def test_what_was_typed_in_one_line_is_kept(street: Street) -> None:
    async with stage(street.socket, place="home") as shown:
        await shown.press("a")
        await shown.type("half a thou")
        await shown.press("escape")
        await shown.press("a")
        await shown.sees("half a thou")


@pytest.mark.parametrize(
    ("typed", "values", "unclear"),
    [
        (
            "rake leaves @fri #garden 2p",
            {"title": "rake leaves", "due": "2026-11-27", "work": "garden", "people_needed": "2"},
            (),
        ),
        ("@Ana brings soup", {"title": "@Ana brings soup"}, ("@Ana",)),
        ("  ", {"title": ""}, ()),
        ("2p 3p", {"title": "", "people_needed": "3"}, ()),
        ("100p # @", {"title": "100p # @"}, ()),
        ("meet @in_3_days", {"title": "meet", "due": "2026-11-29"}, ()),
        ("#odd_jobs x", {"title": "x", "work": "odd jobs"}, ()),
    ],
)  # fmt: skip
def test_what_one_line_means(typed: str, values: dict[str, str], unclear: tuple[str, ...]) -> None:
    understood = understand(typed, TODAY)
    assert dict(understood.values) == values
    assert understood.unclear == unclear


@pytest.mark.parametrize(
    ("code", "typed", "day"),
    [
        ("en", "fri", "2026-11-27"),
        ("en", "thu", "2026-12-03"),
        ("de", "fr", "2026-11-27"),
        ("de", "samstag", "2026-11-28"),
        ("de", "fri", "2026-11-27"),
        ("es", "vie", "2026-11-27"),
        ("es", "m", None),
        ("de", "in 3 days", "2026-11-29"),
        ("en", "soon", None),
    ],
)
def test_days_as_people_type_them(code: str, typed: str, day: str | None) -> None:
    language.use(code)
    try:
        assert day_of(typed, TODAY) == day
    finally:
        language.use("en")


@pytest.mark.parametrize("block", [each.block for each in glyphs.SETS.values()])
@pytest.mark.parametrize("number", [0, 7, 42, 99, 100, 12345, -1])
def test_big_digits_are_all_of_one_size(number: int, block: str) -> None:
    rows = digits(number, block)
    assert len(rows) == ROWS
    assert len({len(row) for row in rows}) == 1
    assert set("".join(rows)) <= {" ", block}
