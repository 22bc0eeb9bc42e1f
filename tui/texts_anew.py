"""Texts of a new start: whom to take along, what it is called, and what came of it.

Rules of this module:
1. As in `texts`. What it does stands in `meshnode.wording`, which the command says, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ANEW: Mapping[str, str] = MappingProxyType(
    {
        "anew.short": "Anew",
        "anew.title": "Start anew with people you name",
        "anew.whom": "Whom do you ask along?",
        "anew.whom-text": "You start another neighbourhood and ask people along. {network} stays as it is. Nothing "
        "happens, and nobody is told, before you have read what it does and said yes.",
        "anew.nobody": "There is nobody here whom you could ask along. To start another neighbourhood for yourself: "
        "meshnode --profile NAME init",
        "anew.at-hub": "A hub starts nothing anew. Do it on a device of your own.",
        "anew.form-title": "Start anew with {names}",
        "anew.name": "What is the new neighbourhood called?",
        "anew.reason": "Why? (those whom you ask read it; others can)",
        "anew.reason-hint": "may stay empty",
        "anew.on": "Go on",
        "anew.promise-title": "Before you start {name}",
        "anew.yes": "Yes, start {name}",
        "anew.then": "This screen then goes over to {name}. You come back here with: meshnode --profile {profile}",
        "anew.begun": "{name} is there",
        "anew.copied.one": "{count} task is copied.",
        "anew.copied.many": "{count} tasks are copied.",
        "anew.told": "Asked along: {names}. They hear of it when a node of yours in {old} meets theirs; the one here "
        "stays on while this screen is open.",
        "anew.by-hand": "Give these codes by hand, each to one person, because nobody links with them in {old}:",
        "anew.keep": "They come in when this node is near and on. Without a screen: meshnode --profile {profile} run",
        "choose.keys": "Space = mark or unmark, Enter = go on, Esc = back",
        "choose.nobody": "Nobody is marked yet: Space marks the line you are on.",
        "key.anew": "Start anew",
        "key.mark": "Mark",
        "key.go-on": "Go on",
    }
)
