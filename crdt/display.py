"""Text as it may be shown: what a neighbour wrote, without what would move the cursor or turn the line around.

Rules of this module:
1. What is stored and relayed stays as it was written; only what goes to a screen, a printer or a log is cleaned.
2. Cleaning never makes two different lines look like one longer line: what is dropped leaves no gap to fill.
"""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""C0 (but tab and line feed), DEL and C1: escape sequences begin here."""
_INVISIBLE = "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff"
"""Bidirectional marks and overrides, zero-width spaces, interlinear and tag characters, lone surrogates.

The zero-width joiners stay: emoji and several scripts need them."""
_HIDDEN = re.compile(f"[{_CONTROLS}{_INVISIBLE}]")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\u0085]")


def display_text(text: str) -> str:
    """Several lines that are safe to show: line breaks and tabs stay, hidden characters go."""
    return _HIDDEN.sub("", _BREAKS.sub("\n", text))


def display_line(text: str) -> str:
    """One line that is safe to show: breaks and tabs become single spaces."""
    return " ".join(display_text(text).split())


def has_hidden(text: str) -> bool:
    """Whether the text holds characters that `display_text` would drop; a screen may want to say so."""
    return bool(_HIDDEN.search(_BREAKS.sub("\n", text)))
