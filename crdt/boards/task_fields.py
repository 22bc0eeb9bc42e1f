"""The fields of a task record.

Rules of this module:
1. Every field is declared `at_hub`: neighbours without a device of their own work with the board at a shared screen.
"""

from __future__ import annotations

from crdt.dates import Day
from crdt.fields import Choice, Entry, Field, Line, Link, MemberEntry, Number, Prose

CODE = 0x20
VERSION = 1

TITLE = Line("title", "Title", "What is to be done, in a few words.", longest=200, required=True, at_hub=True)
DETAILS = Prose("details", "Details", "Anything helpful; several people can write here at once.", at_hub=True)
PLACE = Line("place", "Place", "Where, in words people here understand.", longest=200, at_hub=True)
WORK = Line(
    "work",
    "Kind of work",
    "One word: repair, care, kitchen, transport, media, outreach, learning, or your own.",
    longest=40,
    at_hub=True,
)
WORKS = ("repair", "care", "kitchen", "transport", "media", "outreach", "learning")
"""What screens propose; anybody may write another word."""
WINDOW = Line(
    "window", "Time of day", "When on that day: 9 to 11, after school, before the rain.", longest=60, at_hub=True
)
DUE = Day("due", "Due", "The day it should be done: 2026-11-27, or fri, tomorrow.", at_hub=True)
STATUS = Choice("status", "Status", "Where it stands.", options=("open", "doing", "done", "aside"), at_hub=True)
PEOPLE = Number("people_needed", "People needed", "How many hands it takes.", least=1, most=99, default=1, at_hub=True)
COPIED = Line("copied", "Copied from", "Who wrote it in which neighbourhood, where it was copied.", longest=200)

DONE_BY_PEOPLE: tuple[Field, ...] = (
    MemberEntry("claim", "Claim", at_hub=True),
    MemberEntry("comment", "Comment", at_hub=True),
    MemberEntry("check", "Checklist", at_hub=True),
    Entry("tick", "Checklist", at_hub=True),
    MemberEntry("thanks", "Thanks", at_hub=True),
    Link("link", "Link", at_hub=True),
)
"""What people do with a task; one day of a series has the same."""
FIELDS: tuple[Field, ...] = (
    TITLE,
    DETAILS,
    PLACE,
    DUE,
    WINDOW,
    WORK,
    STATUS,
    PEOPLE,
    COPIED,
    *DONE_BY_PEOPLE,
)
