"""Texts of Home, of the week and of the one-line entry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HOME: Mapping[str, str] = MappingProxyType(
    {
        "place.home": "Home",
        "bar.week": "Week",
        "key.home": "Home",
        "key.week": "Week",
        "key.quick": "Quick entry",
        "key.turn-on": "next week",
        "key.turn-back": "week before",
        "key.this-week": "this week",
        "home.quiet": "All quiet",
        "home.today": "At hand   3 = board",
        "home.asking": "Can you help?",
        "home.jobs.one": "JOB FREE",
        "home.jobs.many": "JOBS FREE",
        "home.jobs-key": "3 = take one",
        "home.asks.one": "NEIGHBOUR ASKING",
        "home.asks.many": "NEIGHBOURS ASKING",
        "home.asks-key": "4 = help out",
        "home.due": "DUE THIS WEEK",
        "home.due-key": "w = the week",
        "home.nodes.one": "NODE: THIS ONE",
        "home.nodes.many": "OF {count} NODES HERE",
        "home.nodes-key": "8 = network",
        "home.nothing-today": "Nothing is at hand. n = write down what needs doing.",
        "home.nobody-asks": "Nobody is asking right now.",
        "week.title": "{first} to {last}",
        "week.day": "{day}  {date}",
        "week.nothing": "nothing due",
        "quick.label": "What needs doing, in one line",
        "quick.example": "rake leaves @fri #garden 2p",
        "quick.line": "{label}: {value}",
        "quick.unclear": "{word} is no day: it stays in the title. A day is @fri, @tomorrow, @3d or @2026-11-27.",
        "quick.nothing": "@ a day, # the kind of work, 2p two people. The rest is the title.",
        "quick.keys": "Enter writes it down, and the next one can be typed. Esc closes; what was typed is kept.",
    }
)
