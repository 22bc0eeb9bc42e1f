"""Texts of the welcome: the words a person reads before belonging anywhere.

Rules of this module:
1. As in `texts`. What neighbours see, what a thief could read and what cannot be taken back is said before the yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WELCOME: Mapping[str, str] = MappingProxyType(
    {
        "welcome.title": "Welcome to meshnode",
        "welcome.language": "This screen speaks English for now; what you and your neighbours write may be in any "
        "language.",
        "welcome.found": "Start a neighbourhood",
        "welcome.found-why": "You are the first one here. You invite the others.",
        "welcome.join": "Join with a code",
        "welcome.join-why": "A neighbour presses i on their screen and gives you a code, or says three words.",
        "welcome.demo": "Look around first",
        "welcome.demo-why": "An invented neighbourhood on this machine alone. Nothing of it is kept.",
        "welcome.stick": "Join with a USB stick",
        "welcome.stick-why": "A neighbour gave you a stick with an invite. It need not be near, nor online.",
        "welcome.line": "{number}  {choice}",
        "welcome.keys": "Arrows and Enter, or the number.",
        "found.title": "Start a neighbourhood",
        "found.network": "What shall the neighbourhood be called?",
        "found.network-hint": "for example: Maple Street",
        "found.name": "What do your neighbours call you?",
        "found.name-hint": "a name they know you by",
        "join.title": "Join with a code",
        "join.code": "The code, or three words (spaces and lower case do not matter)",
        "join.address": "An address, only if your neighbour gave you one",
        "join.address-hint": "host:port, may stay empty",
        "join.name": "What do your neighbours call you?",
        "join.looking": "Looking for a node that knows this. Esc stops.",
        "join.joining": "Knocking at {network}. This can take a minute.",
        "promise.found-title": "Before you start {network}",
        "promise.join-title": "Before you join {network}",
        "promise.invited": "{inviter} invites you to {network}.",
        "promise.yes-found": "Yes, start {network}",
        "promise.yes-join": "Yes, join {network}",
        "promise.no": "No, go back",
        "promise.working": "One moment ...",
        "promise.later": "To read this again: meshnode help privacy",
        "founded": "{network} is there. n = write down a first task, i = invite a neighbour.",
        "joined": "Welcome to {network}.",
        "welcome.next": "Next",
        "welcome.missing": "Please fill in: {what}",
    }
)
