"""QR codes in a terminal: dark on light, with colours of their own, so that every camera reads them.

Rules of this module:
1. Only characters of the QR alphanumeric set: an invite then fits 37 x 19 cells.
2. Half blocks where the font has them; else two spaces a dot, which every terminal can draw.
"""

from __future__ import annotations

from typing import Final

from meshnode.cli.terminal import Terminal

MARGIN: Final = 2
"""Two dots of light around: half of what the standard asks for, enough for every reader tried."""
SEPARATOR: Final = "/"
"""Between code and address in a QR code: the usual @ is not in its alphanumeric set."""
_DARK_ON_LIGHT: Final = "\x1b[30;107m"
_LIGHT: Final = "\x1b[107m"
_DARK: Final = "\x1b[40m"
_USUAL: Final = "\x1b[0m"
_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(text: str, terminal: Terminal) -> list[str]:
    """The code as lines for this terminal; none where it cannot be drawn or does not fit."""
    if not terminal.colours:
        return []
    dots = _dots(text)
    if terminal.half_blocks:
        lines = [
            _DARK_ON_LIGHT + "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)) + _USUAL
            for upper, lower in zip(dots[::2], dots[1::2], strict=True)
        ]
        width = len(dots[0])
    else:
        lines = ["".join((_DARK if dark else _LIGHT) + "  " for dark in row) + _USUAL for row in dots]
        width = 2 * len(dots[0])
    return lines if width <= terminal.width and len(lines) < terminal.height else []


def paper_qr(text: str) -> list[str]:
    """The code as plain lines, for dark letters on light paper."""
    dots = _dots(text)
    return [
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)).rstrip()
        for upper, lower in zip(dots[::2], dots[1::2], strict=True)
    ]


def _dots(text: str) -> list[list[bool]]:
    """Rows of dots, True for dark, with a margin, and even in number."""
    import segno

    matrix = segno.make(text.upper(), error="l", boost_error=False, micro=False).matrix
    width = len(matrix) + 2 * MARGIN
    light = [False] * width
    rows = [[False] * MARGIN + [bool(dot) for dot in row] + [False] * MARGIN for row in matrix]
    rows = [light] * MARGIN + rows + [light] * MARGIN
    return rows if len(rows) % 2 == 0 else [*rows, light]
