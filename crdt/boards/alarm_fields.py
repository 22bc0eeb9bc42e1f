"""The fields of an alarm.

Rules of this module:
1. Every field is declared `at_hub`: who has no device raises the alarm at the shared screen.
"""

from __future__ import annotations

from crdt.fields import Choice, Field, Line, MemberEntry, Prose
from crdt.marks import Mark

CODE = 0x02
VERSION = 1
STATES = ("active", "drill", "stood_down")

WHAT_WORDS = {
    "other": "Alarm",
    "fire": "Fire",
    "medical": "Medical help needed",
    "water": "Flood or storm",
    "danger": "Danger",
    "missing": "Somebody is missing",
}
"""What an alarm is called that has no words of its own."""

TITLE = Line("title", "In a few words", "What is wrong, for example: smoke at number 7.", longest=120, at_hub=True)
WHAT = Choice("what", "What", "fire, medical, water, danger, missing or other.", options=tuple(WHAT_WORDS), at_hub=True)
PLACE = Line("place", "Place", "Where, in words people here understand.", longest=200, at_hub=True)
NEEDS = Line("needs", "Needed", "What would help, for example: two people and a ladder.", longest=200, at_hub=True)
DRILL = Choice("drill", "Drill", "yes: a rehearsal, and every node says so.", options=("no", "yes"), at_hub=True)
STATE = Mark("state", "State", words=("on", "down"), at_hub=True)
NOTE = Line("note", "Note", "What you want to add.", longest=300)
WITH = Line("with", "With", "Who agreed that it is over, for example: Jon and the fire brigade.", longest=200)
COMMENT = Prose("text", "Comment", "What you know: everyone can read it.", longest=1000)

FIELDS: tuple[Field, ...] = (
    TITLE,
    WHAT,
    PLACE,
    NEEDS,
    DRILL,
    STATE,
    MemberEntry("seen", "Seen by", at_hub=True),
    MemberEntry("going", "Going", at_hub=True),
    MemberEntry("comment", "Comments", at_hub=True),
)
