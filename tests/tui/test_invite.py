"""The square code on the screen is the code: read back from the cells and their colours, dot by dot."""

from __future__ import annotations

import pytest
import segno
from rich.style import Style

from tests.tui.stage import Stage, stage
from tests.tui.street import INVITE, Street
from tui.dialogs.invite import dots, grouped, reachable

SCANNED = f"{INVITE['short']}/192.168.1.5:40001"
WHITE = "#ffffff"
HALVES = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1)}


def cells(shown: Stage) -> list[list[tuple[str, Style]]]:
    """Every cell of the screen with its style."""
    return [
        [(character, segment.style or Style()) for segment in strip for character in segment.text]
        for strip in shown.app.screen._compositor.render_strips()
    ]


def colour(style: Style, ground: bool) -> str:
    found = style.bgcolor if ground else style.color
    return found.name if found else ""


@pytest.mark.parametrize("glyph_set", ["unicode", "console"])
async def test_what_is_drawn_is_the_code_dark_on_light(street: Street, glyph_set: str) -> None:
    wanted = [[int(bool(dot)) for dot in row] for row in segno.make(SCANNED, error="l", boost_error=False).matrix]
    size = len(wanted)
    async with stage(street.socket, (120, 40), glyph_set=glyph_set) as shown:
        await shown.press("i")
        await shown.sees("Scan, or type")
        grid = cells(shown)
    drawn: list[list[int]] = []
    for row in grid:
        if glyph_set == "unicode":
            inside = [(sign, style) for sign, style in row if colour(style, True) == WHITE and sign in HALVES]
            if len(inside) == size + 4:
                assert all(colour(style, False) == "#000000" for _, style in inside)
                halves = [HALVES[sign] for sign, _ in inside]
                drawn += [[upper for upper, _ in halves], [lower for _, lower in halves]]
        else:
            inside = [(sign, style) for sign, style in row if colour(style, True) in {WHITE, "#000000"}]
            if len(inside) == 2 * (size + 4):
                drawn.append([int(colour(style, True) != WHITE) for _, style in inside[::2]])
    lit = [row[2:-2] for row in drawn if any(row)]
    assert lit == wanted


@pytest.mark.parametrize(
    ("environ", "size"), [({"TERM": "linux"}, (80, 24)), ({"TERM": "xterm", "NO_COLOR": "1"}, (120, 40))]
)
async def test_where_it_cannot_be_drawn_the_code_stands_as_text(
    street: Street, environ: dict[str, str], size: tuple[int, int]
) -> None:
    async with stage(street.socket, size, environ=environ) as shown:
        await shown.press("i")
        await shown.sees("Type this code", "MESH1: ABCDE FGHIJ", "Good for 29 h 0 min, for 1 person.")
        await shown.press("t")
        await shown.sees("MESH1:ABCDEFGHABCDEFGH")


def test_groups_hold_the_whole_code() -> None:
    for width in range(8, 80):
        lines = grouped(INVITE["short"], width)
        assert "".join(lines).replace(" ", "") == INVITE["short"]


def test_only_an_address_that_others_reach_is_offered() -> None:
    assert reachable(INVITE) == "192.168.1.5:40001"
    assert reachable({"address": ["127.0.0.1:1", "[::1]:1"]}) == ""
    assert dots("") == []
    assert len(dots(SCANNED)) % 2 == 0
