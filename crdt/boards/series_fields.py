"""The fields of a series: what comes back, in which rhythm, and who is willing.

Rules of this module:
1. Every field is declared `at_hub`: neighbours without a device of their own plan the week at a shared screen.
2. Whether it rotates and who is willing is read, and no action of this version writes it: nothing draws a name yet.
3. A series ends: without a day given it runs for half a year, and renewing it is a choice.
"""

from __future__ import annotations

from crdt.boards.task_fields import PLACE, WINDOW, WORK
from crdt.dates import Day
from crdt.fields import Choice, Field, Line, MemberEntry, Number, Prose
from crdt.rhythm import Rhythm

CODE = 0x25
VERSION = 1
TERM_DAYS = 182

TITLE = Line("title", "Title", "What comes back, in a few words.", longest=200, required=True, at_hub=True)
RHYTHM = Rhythm(
    "rhythm", "Rhythm", "How often: every friday, every 2 weeks, 2nd sat, monthly 15, new moon.", at_hub=True
)
DETAILS = Prose("details", "Details", "Anything helpful for every time; several people can write here.", at_hub=True)
PEOPLE = Number("people_needed", "People needed", "How many hands each time.", least=1, most=99, default=1, at_hub=True)
STARTS = Day("starts", "Starts", "The first day it may be: 2026-11-27, or fri, tomorrow.", at_hub=True)
ENDS = Day("ends", "Ends", "The last day it may be; half a year if you say nothing.", at_hub=True)
ROTATES = Choice(
    "rotates",
    "Rotates",
    "Whether a public lottery proposes a name: no, for each chore, or for a role until the next turn.",
    options=("no", "chore", "role"),
    at_hub=True,
)
STATUS = Choice("status", "Status", "Whether it is on the board.", options=("running", "aside"), at_hub=True)
WILLING = MemberEntry("willing", "Willing", "Who would take a turn.", at_hub=True)

ARGUMENTS = (TITLE, RHYTHM, DETAILS, PLACE, WINDOW, WORK, PEOPLE, STARTS, ENDS)
FIELDS: tuple[Field, ...] = (*ARGUMENTS, ROTATES, STATUS, WILLING)
