"""Texts of what the terminal does and the screen only explains: paper, and a new start.

Rules of this module:
1. As in `texts`. Each says what it does, for whom, and what to type.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BY_COMMAND = ("card-paper", "anew")

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "card-paper.short": "Key card",
        "card-paper.title": "My member key on paper",
        "card-paper.text": "It brings you back when every device of yours is lost. Whoever has it can act as you. In "
        "a terminal on your main device: meshnode card print. To try what you wrote down: meshnode card check. On "
        "a new machine, with any neighbour's invite: meshnode card restore CODE.",
        "anew.short": "Anew",
        "anew.title": "Start anew with people you name",
        "anew.text": "You found another neighbourhood and ask people along; what is on the board is copied. This one "
        "stays as it is, and sees that you started anew, whom you asked, and your reason. In a terminal: meshnode "
        "refound NAME --with NAMES.",
    }
)
