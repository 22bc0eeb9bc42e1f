"""Texts, glyphs and colours: what the terminal can draw, what can be read, and that nothing foreign slips through."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style

from tui import glyphs, themes
from tui.plain_text import clean, clean_lines, clip, fit, wrap
from tui.texts import TEXTS
from tui.texts_acting import ACTING
from tui.texts_notes import NOTES
from tui.texts_welcome import WELCOME

LEAST_CONTRAST = 4.5
VGA = [
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
    (255, 255, 255),
]  # fmt: skip
FRAMES = {"frame"}
"""A frame is no text: 3 to 1 is enough for it."""
Rgb = tuple[int, int, int]


@given(st.text())
def test_nothing_foreign_moves_the_cursor(text: str) -> None:
    for shown in (clean(text), *clean_lines(text)):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", shown)


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_widths_are_kept_to_the_cell(text: str, width: int) -> None:
    shown = clean(text)
    assert cell_len(fit(shown, width)) == width
    assert cell_len(clip(shown, width)) <= width
    if width > 1:
        assert all(cell_len(line) <= width for line in wrap(shown, width))


@given(st.lists(st.text(string.ascii_letters, min_size=1, max_size=30)), st.integers(min_value=8, max_value=60))
def test_wrapping_loses_no_word(words: list[str], width: int) -> None:
    assert "".join(wrap(" ".join(words), width)).replace(" ", "") == "".join(words)


def test_wrapping_says_what_is_cut() -> None:
    assert wrap("one two three four", 8, 2) == ["one two", "three f…"]


@pytest.mark.parametrize("text", [*TEXTS.values(), *WELCOME.values(), *NOTES.values(), *ACTING.values()])
def test_texts_are_drawn_everywhere(text: str) -> None:
    assert set(text) <= glyphs.CONSOLE_SAFE


def test_names_of_places_fit_their_row() -> None:
    assert all(len(text) <= 9 for key, text in TEXTS.items() if key.startswith("place."))


@pytest.mark.parametrize(
    ("name", "safe"), [("console", glyphs.CONSOLE_SAFE), ("plain", frozenset(map(chr, range(128))))]
)
def test_a_set_holds_only_what_its_terminals_draw(name: str, safe: frozenset[str]) -> None:
    chosen = glyphs.SETS[name]
    signs = [getattr(chosen, field) for field in ("ellipsis", "dash", "selected", "conflict", "pending", "done")]
    signs += [chosen.bullet, chosen.arrow, chosen.warning, chosen.rule]
    for box in (chosen.frame, chosen.frame_focus):
        signs += [box.top_left, box.top, box.top_right, box.side, box.bottom_left, box.bottom_right]
    assert set("".join(signs)) <= safe


@pytest.mark.parametrize(
    ("environ", "encoding", "name"),
    [
        ({"TERM": "linux"}, "UTF-8", "console"),
        ({"TERM": "xterm-256color"}, "utf8", "unicode"),
        ({"TERM": "xterm-256color"}, "ANSI_X3.4-1968", "plain"),
        ({"TERM": "linux", "MESH_GLYPHS": "unicode"}, "UTF-8", "unicode"),
    ],
)
def test_the_terminal_decides_which_signs(environ: dict[str, str], encoding: str, name: str) -> None:
    assert glyphs.choose("auto", environ, encoding).name == name


@pytest.mark.parametrize(
    ("environ", "look"),
    [
        ({"TERM": "linux"}, themes.ANSI),
        ({"TERM": "xterm-256color"}, themes.DARK),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, themes.DARK),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, themes.NONE),
    ],
)
def test_the_terminal_decides_which_colours(environ: dict[str, str], look: themes.Look) -> None:
    assert themes.choose("auto", environ) is look


def contrast(one: Rgb, other: Rgb) -> float:
    def light(colour: Rgb) -> float:
        parts = [part / 255 for part in colour]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def rgb(colour: Color | None, default: Rgb, bold: bool) -> Rgb:
    if colour is None or colour.is_default:
        return default
    if colour.number is not None:
        return VGA[colour.number + 8 if bold and colour.number < 8 else colour.number]
    triplet = colour.triplet
    assert triplet is not None
    return (triplet.red, triplet.green, triplet.blue)


@pytest.mark.parametrize("name", ["dark", "light", "contrast", "ansi"])
@pytest.mark.parametrize("role", list(themes.Paint.__slots__))
def test_every_role_can_be_read(name: str, role: str) -> None:
    style: Style = getattr(themes.LOOKS[name].paint, role)
    bold = bool(style.bold) and name == "ansi"
    fore, ground = rgb(style.color, VGA[7], bold), rgb(style.bgcolor, VGA[0], False)
    assert contrast(fore, ground) >= (3.0 if role in FRAMES else LEAST_CONTRAST)


def test_no_key_of_a_text_is_unused() -> None:
    root = Path(__file__).parents[2] / "tui"
    code = "\n".join(path.read_text() for path in root.rglob("*.py") if not path.name.startswith("texts"))
    built = re.compile(
        r"^(column|status|field|history|did|key|place|welcome|promise|net\.(node|since|address|they|we|state)|card\.(comments|thanks))(\.|$)"
    )
    unused = [
        key for key in (*TEXTS, *WELCOME, *NOTES, *ACTING)
        if f'"{key}"' not in code and not built.match(key) and f'"{key.rpartition(".")[0]}"' not in code
        and not key.startswith("net.discovery-")
    ]  # fmt: skip
    assert not unused
