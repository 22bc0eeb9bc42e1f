"""Texts of sealed notes.

Rules of this module:
1. As in `texts`. What sealing is worth stands beside every opened note, in the words of `meshnode.wording`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "note.head": "Sealed notes  (Enter = read)",
        "note.line": "{title}: sealed note by {author} for {readers}",
        "note.line-elsewhere": "{title}: sealed note by {author} for {readers} (not on this device yet)",
        "note.newer": "{title}: sealed note, needs a newer version",
        "note.you": "you",
        "note.written": "{name}, {when}:",
        "note.two": "Two devices wrote this apart. Write it anew to settle what it should say.",
        "note.back": "Back",
        "note.edit": "Write anew",
        "note.share": "Who can read it",
        "note.wipe": "Wipe for good",
        "note.open-first": "Open a sealed note first: it stands on the card of its task.",
        "did.note.add": "Sealed: {title}",
        "did.note.edit": "Sealed anew: {title}",
        "did.note.share": "Sealed anew: {title}",
        "key.note": "Sealed note",
        "history.seal": "sealed text changed",
        "history.share": "changed who can read the sealed text",
        "help.notes": "Sealed notes",
    }
)
