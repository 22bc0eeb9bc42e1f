"""Themes: what each role looks like, for terminals from truecolor down to none at all.

Rules of this module:
1. A role's colour never carries its meaning alone; `tests/tui` measures the contrast of every pair here.
2. With 16 colours only the base names are used, and never plain red on black: it cannot be read.
3. Without colours, bold and reverse remain; the selection has a sign of its own besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from rich.style import Style
from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Paint:
    """A style for every role."""

    text: Style
    dim: Style
    strong: Style
    bar: Style
    low: Style
    away: Style
    key: Style
    frame: Style
    frame_focus: Style
    title_focus: Style
    selected: Style
    selected_away: Style
    good: Style
    pending: Style
    conflict: Style
    error: Style
    drill: Style
    qr: Style

    def over(self, role: Style, selected: bool) -> Style:
        """`role`, or the selection's look where the line is selected."""
        return self.selected if selected else role


@dataclass(frozen=True, slots=True)
class Look:
    """One theme: Textual's own variables and our roles."""

    theme: Theme
    paint: Paint
    ansi: bool


def _paint(ground: str, colours: Mapping[str, str]) -> Paint:
    """Styles on `ground` unless a role names its own."""
    return Paint(
        **{
            each.name: Style.parse(look if " on " in look or not ground else f"{look} on {ground}")
            for each in fields(Paint)
            for look in (colours[each.name],)
        }
    )


def _theme(name: str, dark: bool, *, ground: str, text: str, accent: str, panel: str, **variables: str) -> Theme:
    return Theme(
        name=name,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=variables.pop("warning"),
        error=variables.pop("error"),
        success=accent,
        foreground=text,
        background=ground,
        surface=ground,
        panel=panel,
        dark=dark,
        ansi=variables.pop("ansi", "") == "yes",
        variables=variables,
    )


DARK = Look(
    _theme(
        "mesh-dark",
        True,
        ground="#0D1117",
        text="#E6EDF3",
        accent="#56B4E9",
        panel="#1B2430",
        warning="#F0E442",
        error="#FF8A4C",
        **{
            "input-cursor-background": "#E6EDF3",
            "input-cursor-foreground": "#0D1117",
            "input-selection-background": "#1F4E6B",
        },
    ),
    _paint(
        "#0D1117",
        {
            "text": "#E6EDF3",
            "dim": "#9DA7B3",
            "strong": "bold #FFFFFF",
            "bar": "bold #FFFFFF on #1B2430",
            "low": "bold #FFFFFF on #1B2430",
            "away": "bold #000000 on #F0E442",
            "key": "bold #F0E442 on #1B2430",
            "frame": "#6E7A88",
            "frame_focus": "#56B4E9",
            "title_focus": "bold #56B4E9",
            "selected": "bold #000000 on #FFFFFF",
            "selected_away": "#FFFFFF on #3A4756",
            "good": "#56B4E9",
            "pending": "#F0E442",
            "conflict": "bold #FF8A4C",
            "error": "bold #FFFFFF on #B84A00",
            "drill": "bold #000000 on #F0E442",
            "qr": "#000000 on #FFFFFF",
        },
    ),
    False,
)
LIGHT = Look(
    _theme(
        "mesh-light",
        False,
        ground="#FFFFFF",
        text="#1B1F24",
        accent="#00588A",
        panel="#E4E8ED",
        warning="#7A5200",
        error="#A33B00",
        **{
            "input-cursor-background": "#1B1F24",
            "input-cursor-foreground": "#FFFFFF",
            "input-selection-background": "#B9D7EA",
        },
    ),
    _paint(
        "#FFFFFF",
        {
            "text": "#1B1F24",
            "dim": "#57606A",
            "strong": "bold #000000",
            "bar": "bold #000000 on #E4E8ED",
            "low": "bold #000000 on #E4E8ED",
            "away": "bold #000000 on #F0E442",
            "key": "bold #7A3300 on #E4E8ED",
            "frame": "#6E7781",
            "frame_focus": "#00588A",
            "title_focus": "bold #00588A",
            "selected": "bold #FFFFFF on #1B1F24",
            "selected_away": "#000000 on #D5DBE2",
            "good": "#00588A",
            "pending": "#7A5200",
            "conflict": "bold #A33B00",
            "error": "bold #FFFFFF on #A33B00",
            "drill": "bold #000000 on #F0E442",
            "qr": "#000000 on #FFFFFF",
        },
    ),
    False,
)
CONTRAST = Look(
    _theme(
        "mesh-contrast",
        True,
        ground="#000000",
        text="#FFFFFF",
        accent="#7FD4FF",
        panel="#000000",
        warning="#FFFF00",
        error="#FFB000",
        **{
            "input-cursor-background": "#FFFFFF",
            "input-cursor-foreground": "#000000",
            "input-selection-background": "#005A8C",
        },
    ),
    _paint(
        "#000000",
        {
            "text": "#FFFFFF",
            "dim": "#FFFFFF",
            "strong": "bold #FFFFFF",
            "bar": "bold #000000 on #FFFFFF",
            "low": "bold #000000 on #FFFFFF",
            "away": "bold #000000 on #FFFF00",
            "key": "bold #000000 on #FFFFFF",
            "frame": "#FFFFFF",
            "frame_focus": "#FFFF00",
            "title_focus": "bold #FFFF00",
            "selected": "bold #000000 on #FFFF00",
            "selected_away": "bold #000000 on #FFFFFF",
            "good": "#7FD4FF",
            "pending": "#FFFF00",
            "conflict": "bold #FFB000",
            "error": "bold #000000 on #FFB000",
            "drill": "bold #000000 on #FFFF00",
            "qr": "#000000 on #FFFFFF",
        },
    ),
    False,
)
ANSI = Look(
    _theme(
        "mesh-ansi",
        True,
        ground="ansi_default",
        text="ansi_default",
        accent="ansi_cyan",
        panel="ansi_default",
        warning="ansi_yellow",
        error="ansi_bright_red",
        ansi="yes",
        **{
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "border-blurred": "ansi_default",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_white",
            "input-cursor-background": "ansi_white",
            "input-cursor-foreground": "ansi_black",
            "input-cursor-text-style": "none",
            "input-selection-background": "ansi_cyan",
            "input-selection-foreground": "ansi_black",
            "screen-selection-background": "ansi_cyan",
            "screen-selection-foreground": "ansi_black",
        },
    ),
    _paint(
        "",
        {
            "text": "default",
            "dim": "default",
            "strong": "bold",
            "bar": "black on white",
            "low": "default",
            "away": "bold white on red",
            "key": "bold yellow",
            "frame": "default",
            "frame_focus": "cyan",
            "title_focus": "bold cyan",
            "selected": "black on white",
            "selected_away": "reverse",
            "good": "cyan",
            "pending": "bold yellow",
            "conflict": "bold red",
            "error": "bold white on red",
            "drill": "black on cyan",
            "qr": "black on white",
        },
    ),
    True,
)
NONE = Look(
    ANSI.theme,
    _paint(
        "",
        dict.fromkeys((each.name for each in fields(Paint)), "none")
        | {"strong": "bold", "bar": "reverse", "low": "none", "away": "reverse", "key": "bold", "title_focus": "bold"}
        | {
            "selected": "reverse",
            "selected_away": "underline",
            "conflict": "bold",
            "error": "reverse",
            "drill": "reverse",
        },
    ),
    True,
)
LOOKS: Mapping[str, Look] = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST, "ansi": ANSI}
FEW_COLOURS = frozenset({"linux", "vt100", "vt220", "ansi", "xterm", "screen", "xterm-16color"})
"""Terminals of which no more than 16 colours can be expected when COLORTERM says nothing."""


def choose(wanted: str, environ: Mapping[str, str]) -> Look:
    """The look for this terminal: no colour where asked, 16 where more cannot be expected, else the chosen one."""
    if environ.get("NO_COLOR"):
        return NONE
    if wanted in LOOKS:
        return LOOKS[wanted]
    if not environ.get("COLORTERM") and environ.get("TERM", "") in FEW_COLOURS:
        return ANSI
    return DARK
