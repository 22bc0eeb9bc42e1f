"""Glyphs: the three sets of signs that a terminal may be able to draw, in one table.

Rules of this module:
1. A sign is never the only carrier of a meaning: a word stands beside it.
2. `console` holds only what the fonts of the Linux console draw correctly; `plain` is ASCII.
3. Nothing outside this table and the texts draws a character that is not ASCII.
"""

from __future__ import annotations

import locale
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """The pieces of a frame."""

    top_left: str
    top: str
    top_right: str
    side: str
    bottom_left: str
    bottom_right: str


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of signs."""

    name: str
    frame: Box
    frame_focus: Box
    ellipsis: str
    dash: str
    selected: str
    conflict: str
    pending: str
    done: str
    bullet: str
    arrow: str
    warning: str
    half_blocks: bool
    rule: str
    block: str
    """What big numbers are drawn from."""


UNICODE = Glyphs(
    name="unicode",
    frame=Box("╭", "─", "╮", "│", "╰", "╯"),
    frame_focus=Box("┏", "━", "┓", "┃", "┗", "┛"),
    ellipsis="…",
    dash="—",
    selected="▌",
    conflict="≠",
    pending="·",
    done="✓",
    bullet="•",
    arrow="→",
    warning="▲",
    half_blocks=True,
    rule="─",
    block="█",
)
CONSOLE = Glyphs(
    name="console",
    frame=Box("┌", "─", "┐", "│", "└", "┘"),
    frame_focus=Box("┏", "━", "┓", "┃", "┗", "┛"),
    ellipsis="…",
    dash="—",
    selected=">",
    conflict="≠",
    pending="·",
    done="√",
    bullet="•",
    arrow="→",
    warning="!",
    half_blocks=False,
    rule="─",
    block="█",
)
PLAIN = Glyphs(
    name="plain",
    frame=Box("+", "-", "+", "|", "+", "+"),
    frame_focus=Box("#", "=", "#", "#", "#", "#"),
    ellipsis="..",
    dash="-",
    selected=">",
    conflict="!=",
    pending="*",
    done="x",
    bullet="*",
    arrow="->",
    warning="!",
    half_blocks=False,
    rule="-",
    block="#",
)
SETS: Mapping[str, Glyphs] = {each.name: each for each in (UNICODE, CONSOLE, PLAIN)}
CONSOLE_SAFE = frozenset("─│┌┐└┘├┤┬┴┼━┃┏┓┗┛█░▒■•·√≠×→…—°") | frozenset(map(chr, range(0x20, 0x7F)))
"""What every stock font of the Linux console draws as meant, letters of other alphabets apart."""


def choose(wanted: str, environ: Mapping[str, str], encoding: str | None = None) -> Glyphs:
    """The set for this terminal: what was asked for, else what TERM and the locale allow."""
    asked = environ.get("MESH_GLYPHS") or wanted
    if asked in SETS:
        return SETS[asked]
    spoken = (encoding or locale.getpreferredencoding(False)).lower().replace("-", "")
    if spoken != "utf8":
        return PLAIN
    return CONSOLE if environ.get("TERM", "") in {"linux", "vt100", "vt220"} else UNICODE
