"""Texts of offers and requests, and of the card of any entry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LISTINGS: Mapping[str, str] = MappingProxyType(
    {
        "place.asks": "Asks",
        "bar.entry": "Card",
        "key.asks": "Offers and requests",
        "key.offer-or-ask": "Offer or ask",
        "key.respond": "I can help",
        "key.accept": "Accept",
        "key.given": "Given",
        "key.thank": "Thank",
        "key.renew": "Still true",
        "key.do": "Do",
        "asks.title": "Offers and requests",
        "asks.requests": "ASKED FOR {count}",
        "asks.offers": "OFFERED {count}",
        "asks.other": "MATCHED, GIVEN, ENDED {count}",
        "asks.nobody": "Nobody is asking right now. n = ask or offer something.",
        "asks.nothing": "Nothing is offered right now.",
        "asks.fits": "fits: {title} ({name}): {reasons}",
        "asks.still": "Still true?  {title}, until {day}.  r = yes",
        "asks.answers.one": "{count} answer",
        "asks.answers.many": "{count} answers",
        "match.word": "both say '{said}'",
        "match.kind": "both are of the kind {said}",
        "match.time": "both name '{said}' as a time",
        "match.place": "both name '{said}' as a place",
        "state.open": "open",
        "state.claimed": "claimed",
        "state.doing": "doing",
        "state.done": "done",
        "state.aside": "set aside",
        "state.matched": "matched",
        "state.given": "given",
        "state.thanked": "given, with thanks",
        "state.expired": "ended",
        "state.withdrawn": "withdrawn",
        "entry.sealed": "sealed for {people}",
        "entry.history": "History",
        "do.title": "What do you want to do?",
        "do.line": "{title}: {help}",
        "do.not": "{title}: not now. {reason}",
        "did.respond": "Answered: {title}",
        "did.accept": "Accepted: {title}",
        "did.given": "Given: {title}",
        "did.thank": "Thanked: {title}",
        "did.withdraw": "Withdrawn: {title}",
        "did.renew": "Still true: {title}",
    }
)
