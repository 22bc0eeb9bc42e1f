"""Texts of a shared screen: asking who acts, and telling who stood there.

Rules of this module:
1. As in `texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ACTING: Mapping[str, str] = MappingProxyType(
    {
        "acting.at-hub": "{name}, at {hub}",
        "acting.title": "{what}: who are you?",
        "acting.about": "{what}: {title}",
        "acting.undo": "Undo",
        "acting.redo": "Redo",
        "acting.settle": "Settle {field}",
        "acting.not-here": "Not here at a hub, where anybody may stand. Do it on a device of your own.",
        "acting.search": "type your name; Enter = that is me, Esc = nobody",
        "acting.alike": "{name} ({key})",
        "acting.other": "{name} (here without a key of their own)",
        "acting.type": "Not in the list? Type your name.",
        "acting.each-time": "Asked every time.",
        "acting.once": "Only this once. Ctrl+R = remember until this screen closes.",
        "acting.until-quit": "Remembered until this screen closes. Ctrl+R = only this once.",
        "acting.bar": "{title} ({name})",
        "acting.forgotten": "The next one who does something is asked who they are.",
        "key.remember": "Remember or not",
        "key.somebody-else": "Somebody else acts now",
        "key.somebody-else-short": "Somebody else",
    }
)
