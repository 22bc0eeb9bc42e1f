"""Texts of what the terminal does and the screen only explains: paper, and a new start.

Rules of this module:
1. As in `texts`. Each says what it does, for whom, and what to type.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BY_COMMAND = ("anew",)

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "anew.short": "Anew",
        "anew.title": "Start anew with people you name",
        "anew.text": "You found another neighbourhood and ask people along; what is on the board is copied. This one "
        "stays as it is, and sees that you started anew, whom you asked, and your reason. In a terminal: meshnode "
        "refound NAME --with NAMES.",
    }
)
