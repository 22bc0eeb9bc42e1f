"""Texts of inviting: spoken words, a meeting's code, and coming in with either.

Rules of this module:
1. As in `texts`. Who shows words or a code is told how long it is good, and who has come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

INVITING: Mapping[str, str] = MappingProxyType(
    {
        "invite.ways": "w = three words to say aloud, e = for a meeting, s = on a USB stick, l = let in from a stick.",
        "key.words": "Three words to say aloud",
        "key.event": "A code for a meeting",
        "key.new-words": "New words",
        "key.met": "I have met this person",
        # spoken words
        "words.title": "Three words to say aloud",
        "words.say": "Say these three words to your neighbour:",
        "words.how": "On the new node they choose 'Join with a code' and type them. It must be on the "
        "same Wi-Fi or cable.",
        "words.address": "If it finds nobody, it may need this address: {address}",
        "words.left": "Good for {minutes}:{seconds:02} minutes more, for one person.",
        "words.tries.one": "{count} try is left.",
        "words.tries.many": "{count} tries are left.",
        "words.wrong": "Somebody typed other words. Say them once more, slowly.",
        "words.matched": "The words matched. Your neighbour is reading what joining means, and then says yes or no.",
        "words.matched-esc": "Esc = back; they can still say yes.",
        "words.came": "{names} has come in. Welcome your new neighbour.",
        "words.back": "{name} is back, on a new device, with their key card.",
        "words.guessed": "Three tries with other words: these are not good any more. If it was not your neighbour who "
        "mistyped them, somebody else on this network tried to guess.",
        "words.over": "The ten minutes are over.",
        "words.closed": "These words are not good any more.",
        "words.new": "n = new words",
        "words.esc": "Esc = back; the words are good only while they stand here.",
        "words.away": "The node is away. These words are not good while it is.",
        # a meeting
        "event.title": "For a meeting: scan to come in",
        "event.scan": "Scan, or type this code on the new node:",
        "event.good": "Lets up to {uses} people in until {time}.",
        "event.nobody": "Nobody has come in yet.",
        "event.came.one": "{count} has come in:",
        "event.came.many": "{count} have come in:",
        "event.met": "{name} {tick}",
        "event.keys": "v = I have met this person. Two neighbours' word makes it complete.",
        "event.esc": "Esc = back; the code stays good.",
        # choosing among several windows
        "windows.title": "Which neighbourhood?",
        "windows.text": "Several neighbours near by show words just now. Whose did you hear?",
        "windows.line": "{network} ({address})",
        "windows.keys": "Arrows and Enter, Esc = back",
        # a reply on a stick
        "waiting.text": "You are waiting to be let in to {network}, as {name}. Carry the stick with your reply to "
        "one of its members (there: i and then l). Leave meshnode running: the board opens by itself once this "
        "machine and one of theirs are on the same Wi-Fi or cable.",
        "waiting.said": "The last node that was asked said: {said}",
    }
)
