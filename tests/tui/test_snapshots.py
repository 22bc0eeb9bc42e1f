"""Pictures of every screen, compared letter by letter and colour by colour with the committed ones.

`UPDATE_SNAPSHOTS=1 pytest tests/tui/test_snapshots.py` writes them anew; look at them before committing.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.tui.stage import stage
from tests.tui.street import NOTE, TASKS, WATER, Street
from tui.note_opening import open_note

FOLDER = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (120, 40)]
KEYS = {
    "home": ("2",),
    "week": ("2", "w"),
    "quick": ("a",),
    "raise": ("exclamation_mark",),
    "board": ("right", "right"),
    "card": ("right", "enter"),
    "conflict": ("right", "right", "enter"),
    "neighbours": ("8",),
    "members": ("8", "m"),
    "anew": ("8", "m", "A"),
    "help": ("question_mark",),
    "invite": ("i",),
    "form": ("n",),
}
SIGNS = {
    "home": "JOBS FREE",
    "week": "nothing due",
    "quick": "the kind of work",
    "raise": "Raise an alarm",
    "board": "≠ two",
    "card": "History",
    "conflict": "TWO VERSIONS",
    "neighbours": "IN STEP",
    "members": "What is asked",
    "anew": "mark or unmark",
    "help": "Claim",
    "invite": "Good for",
    "form": "People needed",
}


def normal(svg: str) -> str:
    """The picture without what differs from run to run: Textual numbers its styles at random."""
    return re.sub(r"terminal-\d+", "terminal-0", svg)


def compare(name: str, size: tuple[int, int], svg: str) -> None:
    path = FOLDER / f"{name}-{size[0]}x{size[1]}.svg"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(normal(svg))
    assert path.exists(), f"no picture {path.name} yet: run with UPDATE_SNAPSHOTS=1 and look at it"
    seen, wanted = normal(svg).splitlines(), path.read_text().splitlines()
    differing = [(was, now) for was, now in zip(wanted, seen, strict=False) if was != now]
    assert seen == wanted, f"{path.name} looks different now; first difference:\n{differing[:1]}"


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", KEYS)
async def test_a_screen_looks_as_it_did(street: Street, name: str, size: tuple[int, int]) -> None:
    async with stage(street.socket, size) as shown:
        await shown.press(*KEYS[name])
        await shown.sees(SIGNS[name])
        compare(name, size, shown.app.export_screenshot())


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_sealed_note_looks_as_it_did(short_path: Path, size: tuple[int, int]) -> None:
    async with Street(short_path / "s", [*TASKS, NOTE]).open() as street, stage(street.socket, size) as shown:
        shown.app.open_card(WATER["id"])
        await shown.sees("Sealed notes", "History")
        compare("card-with-note", size, shown.app.export_screenshot())
        open_note(shown.app, NOTE["id"])
        await shown.sees("4711")
        compare("note", size, shown.app.export_screenshot())


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_welcome_looks_as_it_did(short_path: Path, size: tuple[int, int]) -> None:
    async with Street(short_path / "s", inside=False).open() as street, stage(street.socket, size) as shown:
        await shown.sees("Start a neighbourhood")
        compare("welcome", size, shown.app.export_screenshot())
        await shown.press("2")
        await shown.type("MESH1")
        await shown.press("tab")
        await shown.type("Ana")
        await shown.press("enter")
        await shown.sees("Before you join Maple Street")
        compare("promise", size, shown.app.export_screenshot())


async def test_a_changed_picture_is_noticed(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPDATE_SNAPSHOTS", raising=False)
    async with stage(street.socket) as shown:
        await shown.press("right")
        with pytest.raises(AssertionError, match="looks different"):
            compare("board", (80, 24), shown.app.export_screenshot())
