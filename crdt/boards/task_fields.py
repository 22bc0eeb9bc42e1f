"""The fields of a task record."""

from __future__ import annotations

from crdt.fields import Choice, Day, Entry, Field, Line, Link, MemberEntry, Number, Prose

CODE = 0x20
VERSION = 1

TITLE = Line("title", "Title", "What is to be done, in a few words.", longest=200, required=True)
DETAILS = Prose("details", "Details", "Anything helpful; several people can write here at once.")
PLACE = Line("place", "Place", "Where, in words people here understand.", longest=200)
DUE = Day("due", "Due", "The day it should be done: 2026-11-27, or fri, tomorrow.")
STATUS = Choice("status", "Status", "Where it stands.", options=("open", "doing", "done", "aside"))
PEOPLE = Number("people_needed", "People needed", "How many hands it takes.", least=1, most=99, default=1)

FIELDS: tuple[Field, ...] = (
    TITLE,
    DETAILS,
    PLACE,
    DUE,
    STATUS,
    PEOPLE,
    MemberEntry("claim", "Claim"),
    MemberEntry("comment", "Comment"),
    MemberEntry("check", "Checklist"),
    Entry("tick", "Checklist"),
    MemberEntry("thanks", "Thanks"),
    Link("link", "Link"),
)
