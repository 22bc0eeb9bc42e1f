"""Wording: every sentence of the screen, by key, in one place.

Rules of this module:
1. Plain, short, kind. No guilt, no figures about persons. British spelling.
2. A sentence is whole: nothing is glued together from pieces, so that it can be translated.
3. `say` fills in; what is filled in has been cleaned by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.language import translated, translated_count
from tui.texts import TEXTS
from tui.texts_acting import ACTING
from tui.texts_anew import ANEW
from tui.texts_card_paper import CARD_PAPER
from tui.texts_devices import DEVICES
from tui.texts_emergency import EMERGENCY
from tui.texts_going import GOING
from tui.texts_home import HOME
from tui.texts_inviting import INVITING
from tui.texts_listings import LISTINGS
from tui.texts_members import MEMBERS
from tui.texts_notes import NOTES
from tui.texts_plain import PLAIN
from tui.texts_roll import ROLL
from tui.texts_sticks import STICKS
from tui.texts_welcome import WELCOME

_TABLES = (
    TEXTS,
    WELCOME,
    MEMBERS,
    DEVICES,
    NOTES,
    ACTING,
    INVITING,
    STICKS,
    HOME,
    PLAIN,
    CARD_PAPER,
    LISTINGS,
    ANEW,
    EMERGENCY,
    ROLL,
    GOING,
)
ALL: Mapping[str, str] = {key: text for table in _TABLES for key, text in table.items()}


def say(key: str, /, **values: object) -> str:
    """The text for `key` with its places filled."""
    text = translated(ALL[key], key)
    return text.format(**values) if values else text


def knows(key: str) -> bool:
    """Whether there is a text for `key`."""
    return key in ALL


def counted(key: str, count: int, /, **values: object) -> str:
    """The text for one or for several: `key.one` or `key.many`, as the language counts."""
    return translated_count(ALL[f"{key}.one"], ALL[f"{key}.many"], count).format(count=count, **values)
