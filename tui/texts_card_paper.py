"""Texts of the key card: showing, printing and checking it, and coming back with it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CARD_PAPER: Mapping[str, str] = MappingProxyType(
    {
        "key.card-paper": "Key card",
        "key.card-check": "Check a key card",
        "key.card-back": "Come back with a key card",
        "key.paper-print": "Print",
        "key.paper-file": "Into a file",
        "key.paper-check": "Check what I wrote",
        "welcome.card": "I have a key card",
        "welcome.card-why": "All your devices are lost: be yourself again, with any neighbour's invite.",
        "paper.title": "My key card",
        "paper.ask": "{text} Look around: is anybody looking over your shoulder? Show it now?",
        "paper.of": "Key card of {name}",
        "paper.write-down": "Write these eight lines down, with their numbers. Nobody can give you another card.",
        "paper.keys": "p prints it, f puts it into a file, c checks what you wrote down. Esc closes it.",
        "paper.printed": "It went to the printer. Check the paper: 8, d, c",
        "paper.path": "File",
        "paper.path-hint": "a new file; only you can read it",
        "paper.file-title": "The key card into a file",
        "paper.written": "Written: {path}. Print it, then delete the file.",
        "paper.not-here": "The key card is shown on the machine that holds the key. There: meshnode card print",
        "paper.check-title": "Check a key card",
        "paper.right": "The card is right: it is yours, and every word of it was read.",
        "paper.others": "Every line of it is right, but it is not your card. Is it of another neighbourhood, or of "
        "somebody else?",
        "paper.line": "Four words",
        "paper.line-hint": "without the number, if you like",
        "paper.so-far": "Line {number} of {lines}",
        "paper.typing-keys": "Enter takes the line. Esc stops; nothing of what you typed is kept.",
        "paper.invite": "An invite of any neighbour (code, or three words); it is not used up",
        "paper.back-title": "Be yourself again",
        "paper.back-to": "Back to {network}",
        "paper.several-windows": "Several neighbours say words just now. Ask yours for a code instead: i on their "
        "screen.",
        "paper.effect": "You are again the member of {network} whose card this is, with all that is yours there.",
        "paper.effect-main": "This becomes your main device. The invite is not used up.",
        "paper.effect-lost": "What you lost stays a device of yours until you give it up: press 8, d and x once "
        "you are in.",
        "paper.yes": "Yes, it is me",
        "paper.back": "Welcome back. Is a device of yours lost? 8, d, x gives it up.",
    }
)
