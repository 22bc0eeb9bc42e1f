"""Texts of leaving with a copy, of one's invites, and of not following a removal."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GOING: Mapping[str, str] = MappingProxyType(
    {
        "leave.folder": "A copy of everything to take along",
        "leave.folder-hint": "a folder; empty: no copy",
        "leave.given-back": "What you have claimed goes back to the board for others: {titles}.",
        "leave.copied": "Your copy is in {folder}.",
        "leave.no-copy": "No copy is taken along.",
        "key.my-invites": "My invites",
        "key.void-invite": "Take back",
        "key.go-on": "Go on linking",
        "invites.title": "My invites",
        "invites.line": "{uses}, until {until}. Came in: {names}",
        "invites.uses.one": "{count} person",
        "invites.uses.many": "{count} people",
        "invites.nobody": "nobody yet",
        "invites.none": "You have no open invites. i makes one.",
        "invites.keys": "x takes the selected one back. Esc closes.",
        "invites.void-title": "Take this invite back?",
        "invites.void-nobody": "It lets nobody in any more, on every node that hears of it.",
        "invites.void-came": "It lets nobody in any more, on every node that hears of it. Who came in with it stays: "
        "{names}.",
        "invites.voided": "The invite is taken back.",
        "members.go-on-title": "Go on linking with them?",
        "members.go-on-text": "This node goes on linking with {names}, and asks no more. Others may have parted with "
        "them. You can follow later.",
        "members.went-on": "This node goes on linking with them.",
    }
)
