"""Texts of the line-by-line mode."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PLAIN: Mapping[str, str] = MappingProxyType(
    {
        "plain.here": "You are in {network}.",
        "plain.entries.one": "{count} entry",
        "plain.entries.many": "{count} entries",
        "plain.menu": "n  Nodes: who is linked.   q  Quit.",
        "plain.choose": "Number or letter, then Enter:",
        "plain.not-understood": "{typed} is none of these.",
        "plain.linked": "linked",
        "plain.not-linked": "not linked",
        "plain.alarm": "ALARM. {alarm}.",
        "plain.board": "{board}, {count}:",
        "plain.board-menu": "n  New.   /words  Search.   m  More.   b  Back.   Or the number of an entry.",
        "plain.entry-menu": "d  Do something.   h  History.   u  Undo my last change.   b  Back.",
        "plain.choose-action": "Number of what to do; Enter for nothing:",
        "plain.not-now": "Not now: {action}. {reason}",
        "plain.not-done": "Nothing was changed.",
        "plain.undone": "Taken back: {title}",
        "plain.settle": "Editing the field settles it.",
        "plain.arguments": "Enter leaves something as it is. A single dot goes back.",
        "plain.argument": "{title}. {help}",
        "plain.with-options": "{prompt} One of: {options}.",
        "plain.stands": "{prompt} Now: {value}.",
        "plain.who": "Who are you? Your name:",
        "plain.fact": "{label}: {value}",
        "plain.head": "{label}:",
        "plain.said": "{name}, {when}: {text}",
        "plain.ticked": "done",
        "plain.not-ticked": "not done",
        "plain.away": "The node is away. Nothing is lost; this goes on when it answers.",
        "plain.outside": "This profile belongs to no neighbourhood yet. Use: meshnode init, or meshnode join",
        "plain.bye": "Until next time.",
    }
)
