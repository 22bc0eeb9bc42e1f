"""Every screen at every size: nothing is cut that says where one is or what the keys do."""

from __future__ import annotations

import pytest

from tests.tui.stage import TERMINAL, stage
from tests.tui.street import Street
from tests.tui.test_snapshots import KEYS, SIGNS
from tui.glyphs import CONSOLE_SAFE
from tui.widgets.bars import KeyBar, NavRow

SIZES = [(50, 15), (64, 24), (80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", KEYS)
async def test_it_fits(street: Street, name: str, size: tuple[int, int]) -> None:
    async with stage(street.socket, size) as shown:
        await shown.press(*KEYS[name])
        first = "CLAIMED" if name == "board" else SIGNS[name]
        if (name, size) not in {("invite", (50, 15)), ("form", (50, 15)), ("card", (50, 15))}:
            await shown.sees(first)
        lines = shown.lines()
        assert len(lines) == size[1]
        place = next(screen for screen in reversed(shown.app.screen_stack) if screen.query(NavRow))
        keys = place.query_one(KeyBar)
        assert sum(len(key) + 1 + len(text) + 2 for key, text in keys.shown_keys(size[0])) - 1 <= size[0]
        assert keys.shown_keys(size[0])[-1] == ("?", "Help")
        assert sum(len(text) for text, _ in place.query_one(NavRow).pieces(size[0])) <= size[0]
        if place is shown.app.screen:
            assert lines[-1].rstrip().endswith("? Help")
            assert "18:42" in lines[0]


@pytest.mark.parametrize("size", [(49, 15), (80, 14), (20, 5)], ids=str)
async def test_too_small_a_window_says_so(street: Street, size: tuple[int, int]) -> None:
    async with stage(street.socket, size) as shown:
        await shown.sees("Make the window")
        assert "OPEN" not in shown.text()
        await shown.pilot.resize_terminal(80, 24)
        await shown.sees("OPEN 6")


@pytest.mark.parametrize("name", [*KEYS])
async def test_the_console_can_draw_all_of_it(street: Street, name: str) -> None:
    async with stage(street.socket, (80, 24), environ={"TERM": "linux"}, glyph_set="console") as shown:
        await shown.press(*KEYS[name])
        await shown.sees("Claim" if name == "help" else SIGNS[name].replace("Good for", "Type this code"))
        assert set(shown.text()) <= CONSOLE_SAFE | {"\n"}


@pytest.mark.parametrize("size", [(50, 15), (80, 24)], ids=str)
@pytest.mark.parametrize("name", [*KEYS])
async def test_plain_is_plain(street: Street, name: str, size: tuple[int, int]) -> None:
    async with stage(street.socket, size, environ=TERMINAL, glyph_set="plain") as shown:
        await shown.press(*KEYS[name])
        await shown.pilot.pause()
        assert shown.text().isascii()
